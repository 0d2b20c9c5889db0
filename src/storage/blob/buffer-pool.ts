import { assert } from "../../base/index.ts";
import { IDLE_BUFFERS_MAX, PIECE_BYTES } from "./limits.ts";

/** I/O buffers of PIECE_BYTES, reused: making and collecting them costs more than filling them. */
export class BufferPool {
  readonly #idle: Buffer[] = [];

  /** Its content is whatever its last user left. */
  take(): Buffer {
    return this.#idle.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES);
  }

  /** The caller keeps no part of it. */
  give(buffer: Buffer): void {
    assert(buffer.length === PIECE_BYTES, "a pool takes back its own buffers");
    if (this.#idle.length < IDLE_BUFFERS_MAX) this.#idle.push(buffer);
  }
}
