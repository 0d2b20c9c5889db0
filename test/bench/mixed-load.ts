/**
 * Reads and writes of single objects at random, with heads and now and then a listing, for as long
 * as it takes. A connection that ends is opened anew: what was under way counts as failed.
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Connection, type Prepared } from "./connection.ts";
import { filledName } from "./fill.ts";
import { Latencies } from "./latencies.ts";
import type { Ledger } from "./ledger.ts";
import { Signer, type Target, type Wanted } from "./requests.ts";
import { getWanted, headWanted, listWanted, putWanted } from "./wanted.ts";

export type Kind = "put" | "get" | "head" | "list";

/** In per mille of the requests of connections that mix. */
const SHARES: readonly (readonly [Kind, number])[] = [
  ["get", 550],
  ["put", 350],
  ["head", 98],
  ["list", 2],
];
const REOPEN_MS = 100;
/**
 * The first of each group of connections only read: neighbours, as the program hands connections
 * to its workers in turn, and each worker is to have some of either kind. A worker that stands
 * still with the write lock stops the writers of all workers, and with them every connection that
 * mixes; readers of the others go on.
 */
const READERS = { of: 16, first: 4 } as const;

export interface MixedLoadOptions {
  readonly target: Target;
  readonly keyArn: string;
  readonly connections: number;
  readonly ledger: Ledger;
}

/** What was done since the figures were last taken. */
export class Tally {
  readonly latencies: Readonly<Record<Kind, Latencies>> = {
    put: new Latencies(),
    get: new Latencies(),
    head: new Latencies(),
    list: new Latencies(),
  };
  /** Replies other than success, by status. */
  readonly refused: Record<string, number> = {};
  /** Requests whose connection ended before the reply. */
  cut = 0;
  maxMs = 0;
  /** The longest time during which no reply came to anyone. */
  silenceMs = 0;
  /** The same for the connections that only read. */
  readSilenceMs = 0;

  get requests(): number {
    return Object.values(this.latencies).reduce((sum, { count }) => sum + count, 0);
  }
}

export class MixedLoad {
  readonly #options: MixedLoadOptions;
  readonly #signer: Signer;
  readonly #done: Promise<unknown>;
  #tally = new Tally();
  #running = true;
  #lastReplyMs = performance.now();
  #lastReadMs = performance.now();

  constructor(options: MixedLoadOptions) {
    this.#options = options;
    this.#signer = new Signer(options.target);
    const lanes = Array.from({ length: options.connections }, (_, at) => this.#lane(at));
    this.#done = Promise.all(lanes);
  }

  /** The figures since the last call; the next ones begin anew. */
  take(): Tally {
    const tally = this.#tally;
    this.#tally = new Tally();
    return tally;
  }

  /** Requests under way are ended. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #lane(lane: number): Promise<void> {
    let connection: Connection | undefined;
    while (this.#running) {
      try {
        connection ??= await Connection.open(this.#options.target.url);
      } catch {
        await sleep(REOPEN_MS);
        continue;
      }
      const open = await this.#one(connection, lane);
      if (!open) {
        connection.close();
        connection = undefined;
      }
    }
    connection?.close();
  }

  /** Whether the connection is still of use. */
  async #one(connection: Connection, lane: number): Promise<boolean> {
    const { ledger } = this.#options;
    const reader = lane % READERS.of < READERS.first;
    const drawn = drawKind();
    const kind = reader && drawn === "put" ? "get" : drawn;
    const index = kind === "put" ? this.#ownIndex(lane) : randomInt(ledger.objects);
    const { prepared, mark } = this.#request(kind, index);
    const startedMs = performance.now();
    const status = await connection.send(prepared).then(
      (outcome) => outcome.status,
      () => undefined,
    );
    this.#count(kind, status, startedMs);
    if (reader && status !== undefined) this.#heard();
    if (kind === "put") {
      if (status === 200) ledger.wrote(index, mark);
      // Of a refusal below 500 nothing was written, and nothing of it will be.
      else if (status === undefined || status >= 500) ledger.doubt(index);
    }
    return status !== undefined;
  }

  #count(kind: Kind, status: number | undefined, startedMs: number): void {
    const tally = this.#tally;
    const nowMs = performance.now();
    tally.latencies[kind].add(nowMs - startedMs);
    tally.maxMs = Math.max(tally.maxMs, nowMs - startedMs);
    if (status === undefined) {
      tally.cut += 1;
      return;
    }
    tally.silenceMs = Math.max(tally.silenceMs, nowMs - this.#lastReplyMs);
    this.#lastReplyMs = nowMs;
    if (status !== 200) tally.refused[status] = (tally.refused[status] ?? 0) + 1;
  }

  /** A connection that only reads has its reply. */
  #heard(): void {
    const nowMs = performance.now();
    this.#tally.readSilenceMs = Math.max(this.#tally.readSilenceMs, nowMs - this.#lastReadMs);
    this.#lastReadMs = nowMs;
  }

  /** No two connections write one object: what was acknowledged last is what must be there. */
  #ownIndex(lane: number): number {
    const { ledger, connections } = this.#options;
    return lane + connections * randomInt(Math.floor(ledger.objects / connections));
  }

  #request(kind: Kind, index: number): { readonly prepared: Prepared; readonly mark: number } {
    const { ledger, keyArn } = this.#options;
    const sign = (wanted: Wanted) => ({ prepared: this.#signer.sign(wanted), mark: 0 });
    const name = filledName(index);
    switch (kind) {
      case "get":
        return sign(getWanted(name));
      case "head":
        return sign(headWanted(name));
      case "list":
        return sign(listWanted(name.slice(0, -3)));
      case "put": {
        const { body, mark } = ledger.draw();
        return { ...sign(putWanted(name, body, { keyArn, bucketKey: "on" })), mark };
      }
    }
  }
}

function drawKind(): Kind {
  let drawn = randomInt(1000);
  for (const [kind, share] of SHARES) {
    drawn -= share;
    if (drawn < 0) return kind;
  }
  return "get";
}
