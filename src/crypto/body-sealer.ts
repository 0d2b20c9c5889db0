import { createCipheriv } from "node:crypto";
import { assert } from "../base/index.ts";
import { GCM_OPTIONS } from "./gcm.ts";
import { keyObjectOf, type Secret } from "./secret.ts";
import { segmentNonce } from "./segment-nonce.ts";
import { checkShape, SEGMENT_BYTES_DEFAULT } from "./segments.ts";

/**
 * Seals one body, given in pieces of any size; the format is in body.ts.
 *
 * A segment is sealed when it is known whether another follows. Until then the pieces are kept,
 * not copied: the caller does not write into what it passed. Each call returns the ciphertext that
 * is ready, as pieces for a gathering write; pieces may be empty lists, never empty pieces.
 */
export class BodySealer {
  readonly segmentBytes: number;
  readonly #key: Secret;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #index = 0;
  #plaintextLength = 0;
  #ended = false;

  constructor(bodyKey: Secret, segmentBytes: number) {
    checkShape({ plaintextLength: 0, segmentBytes });
    this.#key = bodyKey;
    this.segmentBytes = segmentBytes;
  }

  /** The bytes given so far: the length of the body once it has ended. */
  get plaintextLength(): number {
    return this.#plaintextLength;
  }

  update(piece: Uint8Array): Buffer[] {
    assert(!this.#ended, "a body that has ended takes no more");
    if (piece.length === 0) return [];
    this.#plaintextLength += piece.length;
    const sealed: Buffer[] = [];
    let rest = piece;
    while (this.#pendingBytes + rest.length > this.segmentBytes) {
      const room = this.segmentBytes - this.#pendingBytes;
      this.#hold(rest.subarray(0, room));
      rest = rest.subarray(room);
      this.#sealPending(sealed, { last: false });
    }
    this.#hold(rest);
    return sealed;
  }

  final(): Buffer[] {
    assert(!this.#ended, "a body ends once");
    this.#ended = true;
    const sealed: Buffer[] = [];
    this.#sealPending(sealed, { last: true });
    return sealed;
  }

  #hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#pending.push(piece);
    this.#pendingBytes += piece.length;
  }

  #sealPending(sealed: Buffer[], position: { last: boolean }): void {
    const nonce = segmentNonce(this.#index, position);
    const cipher = createCipheriv("aes-256-gcm", keyObjectOf(this.#key), nonce, GCM_OPTIONS);
    for (const piece of this.#pending) sealed.push(cipher.update(piece));
    cipher.final();
    sealed.push(cipher.getAuthTag());
    this.#index += 1;
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

/** INVARIANT: a body key seals one body only; that is what makes a counter a safe nonce. */
export function createBodySealer(
  bodyKey: Secret,
  segmentBytes: number = SEGMENT_BYTES_DEFAULT,
): BodySealer {
  return new BodySealer(bodyKey, segmentBytes);
}
