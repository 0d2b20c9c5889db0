/** A child process that has the same store open and does what it is asked, as fast as it can. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Store } from "./store.ts";

export type Task = "create" | "skew" | "increment" | "add" | "see" | "put";

export interface Question {
  readonly task: Task;
  readonly rounds: number;
  /** Which of the two opponents this is. */
  readonly side: number;
}

export class Peer {
  readonly #child: ChildProcess;
  readonly #side: number;

  private constructor(child: ChildProcess, side: number) {
    this.#child = child;
    this.#side = side;
  }

  static start({ module, argument }: NonNullable<Store["peer"]>, side: number): Peer {
    const script = fileURLToPath(new URL("peer.ts", import.meta.url));
    return new Peer(fork(script, [module, argument], { execArgv: [], stdio: "inherit" }), side);
  }

  /** Both peers' tasks overlap: a child that starts later only makes the race shorter. */
  async ask(task: Task, rounds: number): Promise<number[]> {
    const question: Question = { task, rounds, side: this.#side };
    this.#child.send(question);
    const [answer]: unknown[] = await once(this.#child, "message");
    return Array.isArray(answer) ? answer.map(Number) : [];
  }

  async stop(): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, "exit");
  }
}
