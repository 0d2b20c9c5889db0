import { measure, type Result, type Subject } from "./measurement.ts";
import type { BenchOptions } from "./options.ts";
import { row } from "./report.ts";
import type { Scenario } from "./scenarios.ts";

/** Where scenarios write, and whether they may. */
export interface Disk {
  hasRoomFor(bytes: number): boolean;
}

/** One run of the bench: scenario after scenario, and what came of each. */
export class Run {
  readonly results: Record<string, Result> = {};
  /** What was not measured, and why. */
  readonly leftOut: string[] = [];
  readonly #options: BenchOptions;
  readonly #say: (text: string) => void;

  constructor(options: BenchOptions, say: (text: string) => void) {
    this.#options = options;
    this.#say = say;
  }

  async all(list: readonly Scenario[], subject: Subject, disk?: Disk): Promise<void> {
    const { only } = this.#options;
    for (const scenario of list) {
      const { name, diskBytes = 0 } = scenario;
      if (only.length > 0 && !only.some((text) => name.includes(text))) continue;
      if (disk && !disk.hasRoomFor(diskBytes)) {
        this.#leaveOut(`${name}: the disk has too little room`);
        continue;
      }
      await this.#one(scenario, subject);
    }
  }

  async #one(scenario: Scenario, subject: Subject): Promise<void> {
    const { connections: usual, seconds, warmUpSeconds } = this.#options;
    const { name, source, requestsMax, bodyBytes = 0, connections = usual } = scenario;
    const pace =
      requestsMax === undefined
        ? { warmUpSeconds, seconds }
        : { warmUpSeconds: 0, seconds: HOUR_SECONDS, requestsMax };
    try {
      const loop = { connections, source: await source() };
      const result = await measure(subject, loop, { ...pace, bodyBytes });
      this.results[name] = result;
      this.#say(row(name, result));
    } catch (error) {
      this.#leaveOut(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #leaveOut(sentence: string): void {
    this.leftOut.push(sentence);
    this.#say(`left out: ${sentence}\n`);
  }
}

const HOUR_SECONDS = 3600;
