/**
 * KMS's condition keys: Service Authorization Reference, "Condition keys for AWS Key Management
 * Service". Names in lower case, as conditions look them up.
 */
import type { EncryptionContext } from "../crypto/index.ts";
import type { KmsKeyRecord } from "../records/index.ts";
import { accountOf, type Scope } from "../service/index.ts";

/** Keys and values of one operation's own; what is undefined is absent. */
export type Conditions = readonly (readonly [
  key: string,
  value: string | readonly string[] | undefined,
])[];

type Values = Map<string, readonly string[]>;

/** Those of every request about a key. */
export function conditionsOn(
  key: KmsKeyRecord | undefined,
  scope: Pick<Scope, "caller" | "via" | "request">,
  own: Conditions,
): ReadonlyMap<string, readonly string[]> {
  const values: Values = new Map();
  addCaller(values, scope);
  if (key) addKey(values, key);
  for (const [name, value] of own) {
    if (value === undefined) continue;
    values.set(name, typeof value === "string" ? [value] : value);
  }
  return values;
}

/** Of an encryption context. Names that differ in case only share a condition key. */
export function contextConditions(context: EncryptionContext): Conditions {
  const names = Object.keys(context);
  if (names.length === 0) return [];
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(context)) {
    const key = `kms:encryptioncontext:${name.toLowerCase()}`;
    values.set(key, [...(values.get(key) ?? []), value]);
  }
  return [...values, ["kms:encryptioncontextkeys", names]];
}

/** Of tags that a request adds. */
export function tagConditions(
  tags: readonly { readonly TagKey: string; readonly TagValue: string }[] | undefined,
): Conditions {
  if (!tags || tags.length === 0) return [];
  const values = tags.map(
    ({ TagKey, TagValue }) => [`aws:requesttag/${TagKey.toLowerCase()}`, TagValue] as const,
  );
  return [...values, ["aws:tagkeys", tags.map(({ TagKey }) => TagKey)]];
}

function addCaller(
  values: Values,
  { caller, via, request }: Pick<Scope, "caller" | "via" | "request">,
) {
  const account = accountOf(caller);
  if (account !== undefined) values.set("kms:calleraccount", [account]);
  if (via !== undefined) values.set("kms:viaservice", [`${via}.${request.region}.amazonaws.com`]);
}

function addKey(values: Values, key: KmsKeyRecord): void {
  const { spec, usage, origin, multiRegion, aliases, tags } = key;
  values.set("kms:keyspec", [spec]);
  values.set("kms:customermasterkeyspec", [spec]);
  values.set("kms:keyusage", [usage]);
  values.set("kms:customermasterkeyusage", [usage]);
  values.set("kms:keyorigin", [origin]);
  values.set("kms:multiregion", [String(multiRegion !== undefined)]);
  if (multiRegion) values.set("kms:multiregionkeytype", [multiRegion.type]);
  if (aliases.length > 0) values.set("kms:resourcealiases", aliases);
  for (const [name, value] of tags) values.set(`aws:resourcetag/${name.toLowerCase()}`, [value]);
}
