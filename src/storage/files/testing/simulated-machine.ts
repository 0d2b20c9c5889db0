/**
 * The machine under a simulated file system: in which order operations take effect, which of them
 * fail, and when the power goes.
 *
 * Operations under way at the same time take effect in an order drawn from the seed, one per turn of
 * the event loop, so that one run explores one interleaving and its seed repeats it.
 */
import type { Files } from "../files.ts";
import type { Random } from "./random.ts";

export type Operation = Exclude<keyof Files, "space"> | "write" | "read" | "syncData" | "close";

/** What goes wrong with the nth operation of a kind, counted from 1 and from the injection on. */
export interface Fault {
  readonly operation: Operation | "any";
  readonly nth: number;
  /** An error code, or a write or read that moves fewer bytes than it was given. */
  readonly effect: "EIO" | "ENOSPC" | "EDQUOT" | "EMFILE" | "short";
}

export interface Work<T> {
  readonly operation: Operation;
  readonly path: string;
  readonly act: (circumstances: { short: boolean }) => T;
  /** What a failure leaves behind besides its error. */
  readonly fail?: () => void;
}

interface Waiting {
  readonly operation: Operation;
  readonly takeEffect: (fault: Fault["effect"] | undefined) => void;
  readonly reject: (error: Error) => void;
}

export class SimulatedMachine {
  /** What was done so far, as `operation path`, in the order in which it took effect. */
  readonly trace: string[] = [];
  readonly #random: Random;
  readonly #crashAt: number;
  #faults: { readonly fault: Fault; left: number }[] = [];
  #waiting: Waiting[] = [];
  #turning = false;
  #off = false;

  /** The power goes with operation `crashAt`; whether that one still takes effect is drawn. */
  constructor(random: Random, crashAt: number) {
    this.#random = random;
    this.#crashAt = crashAt;
  }

  get off(): boolean {
    return this.#off;
  }

  inject(fault: Fault): void {
    this.#faults.push({ fault, left: fault.nth });
  }

  powerOff(): void {
    this.#off = true;
    for (const { reject } of this.#waiting.splice(0)) reject(powerCut());
  }

  perform<T>({ operation, path, act, fail }: Work<T>): Promise<T> {
    if (this.#off) return Promise.reject(powerCut());
    return new Promise((resolve, reject) => {
      const takeEffect = (fault: Fault["effect"] | undefined) => {
        this.trace.push(`${operation} ${path}`);
        try {
          if (fault !== undefined && fault !== "short") {
            fail?.();
            throw systemError(fault, path);
          }
          resolve(act({ short: fault === "short" }));
        } catch (error) {
          reject(error);
        }
      };
      this.#waiting.push({ operation, takeEffect, reject });
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#turning || this.#waiting.length === 0) return;
    this.#turning = true;
    setImmediate(() => {
      this.#turning = false;
      const [next] = this.#waiting.splice(this.#random(this.#waiting.length), 1);
      if (next === undefined) return;
      const last = this.trace.length + 1 >= this.#crashAt;
      if (!last || this.#random(2) === 0) next.takeEffect(this.#faultOf(next.operation));
      if (last) {
        next.reject(powerCut());
        this.powerOff();
      }
      this.#turn();
    });
  }

  #faultOf(operation: Operation): Fault["effect"] | undefined {
    let effect: Fault["effect"] | undefined;
    for (const injected of this.#faults) {
      if (injected.fault.operation !== "any" && injected.fault.operation !== operation) continue;
      injected.left--;
      if (injected.left === 0) effect ??= injected.fault.effect;
    }
    this.#faults = this.#faults.filter(({ left }) => left > 0);
    return effect;
  }
}

export function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code });
}

function powerCut(): Error {
  return Object.assign(new Error("the power is off"), { code: "EPOWER" });
}
