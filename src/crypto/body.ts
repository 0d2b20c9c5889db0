/**
 * Encrypts one object body as a run of independently authenticated segments, so that a ranged
 * read decrypts only what it returns, and a truncated, reordered or spliced body never decrypts.
 *
 *     body    = segment(0) ‖ segment(1) ‖ … ‖ segment(n − 1)
 *     segment = ciphertext (segment size; the last one 1 … segment size, 0 in an empty body)
 *               ‖ tag (16 bytes)
 *     nonce   = zero (3 bytes) ‖ index (8 bytes, big-endian) ‖ last (1 byte: 1 or 0)
 *
 * AES-256-GCM under the body key, without further authenticated data: the body key is random, of
 * this body alone, and its envelope binds the segment size, the length and the place.
 *
 * This layout is on disk and in backups: it can be replaced by a new version, never changed.
 * docs/formats/object-body.md is its specification, testdata/object-body.json its vectors.
 */
import { assert } from "../base/index.ts";
import { AuthenticationError } from "./authentication-error.ts";
import { createBodyOpener } from "./body-opener.ts";
import { createBodySealer } from "./body-sealer.ts";
import { openGcm, sealGcm } from "./gcm.ts";
import { keyObjectOf, type Secret } from "./secret.ts";
import { segmentNonce } from "./segment-nonce.ts";
import {
  type BodyShape,
  checkShape,
  ciphertextLength,
  SEGMENT_BYTES_DEFAULT,
  wholeBody,
} from "./segments.ts";

/** Bodies that are held in memory whole are not meant to be large. */
const WHOLE_BYTES_MAX = 16 * 1024 * 1024;

const ONLY_SEGMENT = segmentNonce(0, { last: true });

/** A body that is in memory whole. INVARIANT: a body key seals one body only. */
export function sealBody(
  bodyKey: Secret,
  plaintext: Uint8Array,
  segmentBytes: number = SEGMENT_BYTES_DEFAULT,
): Buffer {
  assert(plaintext.length <= WHOLE_BYTES_MAX, "a body sealed whole is at most 16 MiB");
  checkShape({ plaintextLength: plaintext.length, segmentBytes });
  if (plaintext.length <= segmentBytes) {
    return sealGcm(keyObjectOf(bodyKey), ONLY_SEGMENT, undefined, plaintext, 0);
  }
  const sealer = createBodySealer(bodyKey, segmentBytes);
  return Buffer.concat([...sealer.update(plaintext), ...sealer.final()]);
}

/** Throws AuthenticationError, also where the length is not the one that the shape foretells. */
export function openBody(bodyKey: Secret, body: Uint8Array, shape: BodyShape): Buffer {
  assert(shape.plaintextLength <= WHOLE_BYTES_MAX, "a body opened whole is at most 16 MiB");
  if (body.length !== ciphertextLength(shape)) throw new AuthenticationError();
  if (shape.plaintextLength <= shape.segmentBytes) {
    return openGcm(keyObjectOf(bodyKey), ONLY_SEGMENT, undefined, body);
  }
  const opener = createBodyOpener(bodyKey, wholeBody(shape));
  const opened = opener.update(body);
  opener.final();
  return Buffer.concat(opened, shape.plaintextLength);
}
