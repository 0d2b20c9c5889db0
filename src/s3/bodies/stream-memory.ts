/**
 * What streams on their way out read into. Whoever reads slowly holds it for as long as it likes:
 * the first streams read in large pieces, which is quickest, all others in small ones, so that
 * thousands of slow readers take little.
 */
import { BufferPool } from "../../storage/index.ts";

export const LARGE_PIECE_BYTES = 1024 * 1024;
/** A segment: nothing is released before one is whole. */
export const SMALL_PIECE_BYTES = 64 * 1024;
export const LARGE_STREAMS_MAX = 32;

export interface PieceMemory {
  readonly pieceBytes: number;
  readonly buffers: Pick<BufferPool, "take" | "give">;
  /** Called once, when the stream has ended. */
  readonly release: () => void;
}

const SMALL: PieceMemory = {
  pieceBytes: SMALL_PIECE_BYTES,
  buffers: { take: () => Buffer.allocUnsafeSlow(SMALL_PIECE_BYTES), give: () => {} },
  release: () => {},
};

export class StreamMemory {
  readonly #pool = new BufferPool();
  #large = 0;

  /** For a stream of so many bytes. */
  take(bytes: number): PieceMemory {
    if (bytes <= SMALL_PIECE_BYTES || this.#large >= LARGE_STREAMS_MAX) return SMALL;
    this.#large += 1;
    return {
      pieceBytes: LARGE_PIECE_BYTES,
      buffers: this.#pool,
      release: () => {
        this.#large -= 1;
      },
    };
  }
}
