/** A root of trust that lives and dies with its process: for tests. */
import { AuthenticationError, Secret, unwrapSecret, wrapSecret } from "../../crypto/index.ts";
import type { RootOfTrust } from "../../root/index.ts";

export function memoryRoot(): RootOfTrust {
  const keys = new Map<string, Secret>([["1", Secret.random(32)]]);
  const current = () => [...keys.keys()].at(-1) ?? "";
  const keyOf = (version: string) => {
    const key = keys.get(version);
    if (!key) throw new AuthenticationError();
    return key;
  };
  return {
    kind: "file",
    versions: async () => [...keys.keys()],
    current: async () => current(),
    async add() {
      const version = String(Number(current()) + 1);
      keys.set(version, Secret.random(32));
      return version;
    },
    async wrap(secret, aad) {
      const version = current();
      return { version, bytes: wrapSecret(keyOf(version), "root-wrap", [version, aad], secret) };
    },
    unwrap: async (version, bytes, aad) =>
      unwrapSecret(keyOf(version), "root-wrap", [version, aad], bytes),
    async destroy(version) {
      keys.get(version)?.[Symbol.dispose]();
      keys.delete(version);
      return { goneAt: new Date(0) };
    },
    [Symbol.dispose]() {
      for (const key of keys.values()) key[Symbol.dispose]();
      keys.clear();
    },
  };
}
