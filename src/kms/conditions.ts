/**
 * KMS's condition keys: Service Authorization Reference, "Condition keys for AWS Key Management
 * Service". Names in lower case, as conditions look them up.
 */
import type { EncryptionContext } from "../crypto/index.ts";
import type { ContextValues } from "../policy/index.ts";
import type { KmsKeyRecord } from "../records/index.ts";
import { accountOf, type Scope } from "../service/index.ts";

/** Keys and values of one operation's own; what is undefined is absent. */
export type Conditions = readonly (readonly [
  key: string,
  value: string | readonly string[] | undefined,
])[];

/** Those of every request about a key. Values are made when a policy asks for them. */
export function conditionsOn(
  key: KmsKeyRecord | undefined,
  scope: Pick<Scope, "caller" | "via" | "request">,
  own: Conditions,
): ContextValues {
  return {
    get: (name) => ofOperation(name, own) ?? (key && ofKey(name, key)) ?? ofCaller(name, scope),
  };
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

/** Of a condition key that is given twice, the later. */
function ofOperation(name: string, own: Conditions): readonly string[] | undefined {
  const value = own.findLast(([key, given]) => key === name && given !== undefined)?.[1];
  return typeof value === "string" ? [value] : value;
}

function ofCaller(
  name: string,
  { caller, via, request }: Pick<Scope, "caller" | "via" | "request">,
): readonly string[] | undefined {
  const account = accountOf(caller);
  if (name === "kms:calleraccount") return account === undefined ? undefined : [account];
  if (name !== "kms:viaservice" || via === undefined) return undefined;
  return [`${via}.${request.region}.amazonaws.com`];
}

const TAG = "aws:resourcetag/";

function ofKey(name: string, key: KmsKeyRecord): readonly string[] | undefined {
  const { spec, usage, origin, multiRegion, aliases, tags } = key;
  switch (name) {
    case "kms:keyspec":
    case "kms:customermasterkeyspec":
      return [spec];
    case "kms:keyusage":
    case "kms:customermasterkeyusage":
      return [usage];
    case "kms:keyorigin":
      return [origin];
    case "kms:multiregion":
      return [String(multiRegion !== undefined)];
    case "kms:multiregionkeytype":
      return multiRegion && [multiRegion.type];
    case "kms:resourcealiases":
      return aliases.length > 0 ? aliases : undefined;
    default: {
      if (!name.startsWith(TAG)) return undefined;
      const tag = tags.findLast(([own]) => own.toLowerCase() === name.slice(TAG.length));
      return tag && [tag[1]];
    }
  }
}
