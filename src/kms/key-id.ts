/** The texts by which requests name a key: id, ARN, alias name, alias ARN. */
import type { KmsKeyRecord } from "../records/index.ts";
import { invalidKeyId, noAliasesHere, otherRegion } from "./errors.ts";

/** Where a request is: a bare id or alias name is of its caller's account and its region. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
}

export type KeyName =
  | (Place & { readonly kind: "key"; readonly id: string })
  /** `name` with `alias/` before it. */
  | (Place & { readonly kind: "alias"; readonly name: string });

const KEY_ID = /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/;
const ALIAS = /^alias\/[a-zA-Z0-9:/_-]{1,250}$/;
const ARN = /^arn:aws:kms:([a-z0-9-]{1,32}):(\d{12}):(key\/|)(.+)$/s;

/** Throws NotFoundException with AWS's text for what names no key and for another region's. */
export function parseKeyName(text: string, place: Place): KeyName {
  const arn = ARN.exec(text);
  if (!arn) return parseLocal(text, text, place);
  const [, region = "", accountId = "", key, rest = ""] = arn;
  if (region !== place.region) throw otherRegion(region);
  if (key === "" && !rest.startsWith("alias/")) throw invalidKeyId(text);
  if (key !== "" && !KEY_ID.test(rest)) throw invalidKeyId(text);
  return parseLocal(rest, text, { accountId, region });
}

/** Like `parseKeyName`, where AWS takes no alias. */
export function parseKeyNameOnly(text: string, place: Place): KeyName & { readonly kind: "key" } {
  const name = parseKeyName(text, place);
  if (name.kind === "alias") throw noAliasesHere();
  return name;
}

export function keyArn({
  region,
  accountId,
  id,
}: Pick<KmsKeyRecord, "region" | "accountId" | "id">) {
  return `arn:aws:kms:${region}:${accountId}:key/${id}`;
}

/** `name` with `alias/` before it. */
export function aliasArn({ region, accountId }: Place, name: string): string {
  return `arn:aws:kms:${region}:${accountId}:${name}`;
}

function parseLocal(text: string, whole: string, { accountId, region }: Place): KeyName {
  if (KEY_ID.test(text)) return { kind: "key", accountId, region, id: text };
  if (ALIAS.test(text)) return { kind: "alias", accountId, region, name: text };
  throw invalidKeyId(whole);
}
