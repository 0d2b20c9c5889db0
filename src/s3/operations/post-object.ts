import type { ObjectChecksum } from "../../crypto/index.ts";
import type { ObjectRecord } from "../../records/index.ts";
import type { AnyOperation, BodySource, Scope, Target } from "../../service/index.ts";
import { POST_OBJECT } from "../../wire/index.ts";
import { findBucket } from "../bucket.ts";
import { type FormFields, keyOf, writeInputOf } from "../objects/form-fields.ts";
import { encryptionMembers } from "../objects/reply.ts";
import { writeConditions } from "../objects/write-conditions.ts";
import { type ReceivedObject, receiveObject, writeObject } from "../objects/write-object.ts";
import type { S3Services } from "../operation.ts";
import { type BucketTarget, objectTarget } from "../target.ts";
import { locationOf } from "../uploads/location.ts";

/** A browser's upload form, its signature and policy already checked. */
export interface PostInput {
  readonly Bucket: string;
  /** All that stand before the file, names in lower case. */
  readonly Fields: FormFields;
}

/** What the wire makes a reply of: see its shape of PostObject. */
interface PostOutput {
  readonly Status: number;
  readonly LocationHeader: string;
  readonly ETagHeader: string;
}

const STATUSES: ReadonlySet<string> = new Set(["200", "201", "204"]);

/** Stores the file of a form. No SDK knows it as an operation: its types are its own. */
export const postObject = (services: S3Services): AnyOperation => ({
  service: "s3",
  name: POST_OBJECT,
  event: { category: "data", readOnly: false },

  async targets(input: object, scope: Scope): Promise<readonly BucketTarget[]> {
    const { Bucket, Fields } = input as PostInput;
    const bucket = await findBucket(Bucket, scope);
    const place = { bucket, key: keyOf(Fields) };
    const conditions = writeConditions(writeInputOf(Fields), { creates: true });
    return [await objectTarget("s3:PutObject", place, scope, { conditions })];
  },

  queue: (input, [target]) => `${bucketOf(target).id}/${keyOf((input as PostInput).Fields)}`,

  receive(body: BodySource, input, [target], scope) {
    const { Fields } = input as PostInput;
    const place = { bucket: bucketOf(target), key: keyOf(Fields) };
    return receiveObject(body, writeInputOf(Fields), place, scope, services, "optional");
  },

  async handle(input, [target], scope, received) {
    const { Fields } = input as PostInput;
    const bucket = bucketOf(target);
    const place = { bucket, key: keyOf(Fields) };
    const written = await writeObject(
      writeInputOf(Fields),
      place,
      scope,
      services.keys,
      received as ReceivedObject,
    );
    const { object, checksum, change } = written;
    return { output: { ...outputOf(place, object, Fields, scope), ...sums(checksum) }, change };
  },
});

function outputOf(
  { bucket, key }: { readonly bucket: { readonly name: string }; readonly key: string },
  { etag, encryption }: ObjectRecord,
  fields: FormFields,
  { request }: Scope,
): PostOutput {
  const ETag = `"${etag}"`;
  const members = { ETagHeader: ETag, ...encryptionMembers(encryption) };
  const redirect = redirectOf(fields, { bucket: bucket.name, key, etag: ETag });
  if (redirect !== undefined) return { Status: 303, LocationHeader: redirect, ...members };
  // AWS: in the address of a reply to a form the whole name is escaped.
  const address = `${locationOf(request, bucket.name, "")}${encodeURIComponent(key)}`;
  const asked = fields.get("success_action_status") ?? "";
  const status = STATUSES.has(asked) ? Number(asked) : 204;
  if (status !== 201) return { Status: status, LocationHeader: address, ...members };
  const document = { Location: address, Bucket: bucket.name, Key: key, ETag };
  return { Status: status, LocationHeader: address, ...members, ...document };
}

/** AWS: an address that is none is as if it were not there. */
function redirectOf(
  fields: FormFields,
  written: { readonly bucket: string; readonly key: string; readonly etag: string },
): string | undefined {
  const asked = fields.get("success_action_redirect") ?? fields.get("redirect");
  const url = asked === undefined ? null : URL.parse(asked);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  for (const [name, value] of Object.entries(written)) url.searchParams.append(name, value);
  return url.href;
}

function sums(checksum: ObjectChecksum | undefined): object {
  if (!checksum) return {};
  const value = Buffer.from(checksum.bytes).toString("base64");
  return { Checksums: { [checksum.algorithm.toLowerCase()]: value, type: checksum.type } };
}

function bucketOf(target: Target | undefined): BucketTarget["bucket"] {
  if (!target || !("bucket" in target)) throw new Error("a form has its target");
  return (target as BucketTarget).bucket;
}
