import { hkdfSync } from "node:crypto";
import { assert } from "../base/index.ts";
import { keyObjectOf, Secret } from "./secret.ts";

/**
 * A key of 32 bytes for one use, named by `use`, of a secret that is itself random:
 * HKDF-SHA256(secret, no salt, "strongroom/derive/1/" ‖ use). The same use gives the same key.
 */
export function deriveKey(secret: Secret, use: string): Secret {
  assert(use !== "", "a derived key has a use");
  const info = `strongroom/derive/1/${use}`;
  return Secret.adopt(Buffer.from(hkdfSync("sha256", keyObjectOf(secret), "", info, 32)));
}
