/** Conditional requests: Amazon S3 User Guide, "Conditional requests". */
import type { ObjectRecord } from "../../records/index.ts";
import { ServiceError } from "../../wire/index.ts";
import { headerNotImplemented, noSuchKey, preconditionFailed } from "../errors.ts";

export interface ReadConditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
  readonly IfModifiedSince?: Date;
  readonly IfUnmodifiedSince?: Date;
}

/** Throws 412, or 304 where the client has it already. AWS: the first that fails answers. */
export function checkRead(conditions: ReadConditions, object: ObjectRecord, now: Date): void {
  const failed = failedCondition(conditions, object, now);
  if (failed === "If-None-Match" || failed === "If-Modified-Since") throw notModified(object);
  if (failed !== undefined) throw preconditionFailed(failed);
}

/** Throws 412: AWS has no "not modified" for the source of a copy. */
export function checkSource(conditions: ReadConditions, object: ObjectRecord, now: Date): void {
  const failed = failedCondition(conditions, object, now);
  if (failed !== undefined) throw preconditionFailed(`x-amz-copy-source-${failed}`);
}

type ConditionName = "If-Match" | "If-Unmodified-Since" | "If-None-Match" | "If-Modified-Since";

/** AWS: whole seconds; an If-Match that holds is stronger than If-Unmodified-Since. */
function failedCondition(
  { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince }: ReadConditions,
  { etag, modifiedAt }: ObjectRecord,
  now: Date,
): ConditionName | undefined {
  const modified = Math.floor(modifiedAt / 1000);
  if (IfMatch !== undefined && !matches(IfMatch, etag)) return "If-Match";
  const changedSince = IfUnmodifiedSince && modified > seconds(IfUnmodifiedSince);
  if (IfMatch === undefined && changedSince) return "If-Unmodified-Since";
  if (IfNoneMatch !== undefined && matches(IfNoneMatch, etag)) return "If-None-Match";
  const past = IfModifiedSince && IfModifiedSince <= now;
  return past && modified <= seconds(IfModifiedSince) ? "If-Modified-Since" : undefined;
}

export interface WriteConditions {
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

/** Throws for conditions that S3 does not take, before anything is read. */
export function checkWriteHeaders({ IfMatch, IfNoneMatch }: WriteConditions): void {
  if (IfMatch !== undefined && IfNoneMatch !== undefined) {
    throw headerNotImplemented(
      "If-Match,If-None-Match",
      "Multiple conditional request headers present in the request",
    );
  }
  const refuse = (header: string) =>
    headerNotImplemented(
      header,
      `We don't accept the provided value of ${header} header for this API`,
    );
  if (IfMatch === "*") throw refuse("If-Match");
  if (IfNoneMatch !== undefined && IfNoneMatch !== "*") throw refuse("If-None-Match");
}

/** Throws when the object that is to be replaced is not as the writer expects. */
export function checkWrite(
  { IfMatch, IfNoneMatch }: WriteConditions,
  object: ObjectRecord | undefined,
  key: string,
): void {
  if (IfNoneMatch !== undefined && object) throw preconditionFailed("If-None-Match");
  if (IfMatch === undefined) return;
  if (!object) throw noSuchKey(key);
  if (!matches(IfMatch, object.etag)) throw preconditionFailed("If-Match");
}

/** A list of entity tags, quoted or not, or `*`. */
export function matches(condition: string, etag: string): boolean {
  return condition
    .split(",")
    .map((tag) => tag.trim().replace(/^W\//, "").replaceAll('"', ""))
    .some((tag) => tag === "*" || tag === etag);
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function notModified({ etag, modifiedAt }: ObjectRecord): ServiceError {
  const headers = { etag: `"${etag}"`, "last-modified": new Date(modifiedAt).toUTCString() };
  return new ServiceError("NotModified", 304, "Not Modified", {}, headers);
}
