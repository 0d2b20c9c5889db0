/** The only source of time, so that tests and the simulator can own it. */
export interface Clock {
  /** The wall clock: for dates that people and signatures see. */
  now(): Date;
  /** Milliseconds that only ever grow: for durations, ages and time-outs. */
  monotonicMs(): number;
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
};

export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

export function daysAfter(start: Date, days: number): Date {
  return new Date(start.getTime() + days * DAY_MS);
}

/** A clock that stands still until told otherwise: for tests. */
export class StoppedClock implements Clock {
  #ms: number;

  constructor(start: Date = new Date("2026-01-01T00:00:00Z")) {
    this.#ms = start.getTime();
  }

  now(): Date {
    return new Date(this.#ms);
  }

  monotonicMs(): number {
    return this.#ms;
  }

  advance(ms: number): void {
    this.#ms += ms;
  }
}
