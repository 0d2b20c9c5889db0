/**
 * Cuts transfers that crawl: whoever moves less than the least rate on average over the window.
 *
 * One timer for all transfers of a process looks at each a few times per window, so a transfer
 * costs a set's insertion and removal. A transfer that waits for us and not for its client is not
 * judged: its window starts anew.
 */

/** One body on its way in, or one reply on its way out. */
export interface Transfer {
  /** Bytes moved since it began, as far as the kernel tells. */
  moved(): number;
  /** Whether it is the client's turn: to send, or to take what we offered. */
  waitsForClient(): boolean;
  /** Ends it. Called once; the transfer is no longer watched. */
  cut(): void;
}

const LOOKS_PER_WINDOW = 6;

export class PaceWatch {
  readonly #bytesMin: number;
  readonly #timer: NodeJS.Timeout;
  /** What each had moved at the latest looks, oldest first. */
  readonly #transfers = new Map<Transfer, number[]>();

  constructor(limits: { paceBytesPerSecondMin: number; paceWindowMs: number }) {
    this.#bytesMin = (limits.paceBytesPerSecondMin * limits.paceWindowMs) / 1000;
    this.#timer = setInterval(() => this.#look(), limits.paceWindowMs / LOOKS_PER_WINDOW);
    this.#timer.unref();
  }

  get watched(): number {
    return this.#transfers.size;
  }

  watch(transfer: Transfer): void {
    this.#transfers.set(transfer, []);
  }

  unwatch(transfer: Transfer): void {
    this.#transfers.delete(transfer);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#transfers.clear();
  }

  #look(): void {
    for (const [transfer, looks] of this.#transfers) {
      if (!transfer.waitsForClient()) {
        looks.length = 0;
        continue;
      }
      const moved = transfer.moved();
      looks.push(moved);
      if (looks.length <= LOOKS_PER_WINDOW) continue;
      const before = looks.shift() ?? 0;
      if (moved - before >= this.#bytesMin) continue;
      this.#transfers.delete(transfer);
      transfer.cut();
    }
  }
}
