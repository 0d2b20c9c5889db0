/**
 * Ids as AWS forms them: IAM User Guide, "Unique identifiers". None is ever drawn twice, so what
 * is kept by id belongs to one principal for ever.
 */
import { randomId, Secret } from "../crypto/index.ts";

export type IdPrefix = "AIDA" | "AROA" | "ANPA";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ACCOUNT_CHARS = 8;

/** 21 characters, 85 bits of them random. */
export function newUniqueId(prefix: IdPrefix): string {
  return prefix + randomId(11, "base32").slice(0, 17);
}

/** 20 characters: the prefix, the account in base 32 as AWS has it there too, 40 random bits. */
export function newAccessKeyId(prefix: "AKIA" | "ASIA", accountId: string): string {
  return prefix + base32Of(BigInt(accountId)) + randomId(5, "base32");
}

/** The account within the id of a temporary key; undefined when it cannot be one. */
export function accountInKeyId(accessKeyId: string): string | undefined {
  const digits = /^A[KS]IA([A-Z2-7]{8})[A-Z2-7]{8}$/.exec(accessKeyId)?.[1];
  if (digits === undefined) return undefined;
  let account = 0n;
  for (const digit of digits) account = account * 32n + BigInt(ALPHABET.indexOf(digit));
  const text = account.toString().padStart(12, "0");
  return text.length === 12 ? text : undefined;
}

/** The 40 characters of a new secret access key: 240 random bits in base 64. */
export function newSecretAccessKey(): Secret {
  using random = Secret.random(30);
  const bytes = Buffer.alloc(40);
  bytes.write(random.expose().toString("base64"), "latin1");
  return Secret.adopt(bytes);
}

function base32Of(account: bigint): string {
  let text = "";
  for (let rest = account; text.length < ACCOUNT_CHARS; rest /= 32n) {
    text = (ALPHABET[Number(rest % 32n)] ?? "") + text;
  }
  return text;
}
