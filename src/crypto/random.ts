/** Randomness, all of it from the operating system's generator by way of OpenSSL's. */
import { randomInt as nodeRandomInt, randomUUID } from "node:crypto";
import { assert } from "../base/index.ts";
import { fillRandom } from "./random-pool.ts";
import { Secret } from "./secret.ts";

/** A Buffer of its own, never a slice of a shared pool. */
export function randomBytes(length: number): Buffer {
  return fillRandom(Buffer.alloc(length));
}

export function randomSecret(length: number): Secret {
  return Secret.random(length);
}

/**
 * An identifier of `bytes` random bytes: lower-case hex, or the upper-case base32 of RFC 4648
 * without padding, in which AWS writes access key ids and unique ids.
 */
export function randomId(bytes: number, alphabet: "hex" | "base32" = "hex"): string {
  const random = randomBytes(bytes);
  return alphabet === "hex" ? random.toString("hex") : base32(random);
}

/** Version 4, lower case. */
export function randomUuid(): string {
  return randomUUID();
}

/** A whole number from 0 up to, not including, `limit`: for jitter and sampling. */
export function randomInt(limit: number): number {
  assert(limit >= 1, "a random number is drawn below a limit of at least 1");
  return nodeRandomInt(limit);
}

function base32(bytes: Uint8Array): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += alphabet[(held >>> (bits - 5)) & 31];
    held &= 31;
  }
  return bits > 0 ? text + alphabet[(held << (5 - bits)) & 31] : text;
}
