/** What clients say about their objects: system headers and user metadata, kept as they were sent. */
import type { Pairs, SystemMetadata } from "../../records/index.ts";
import { ServiceError, storedContentEncoding } from "../../wire/index.ts";
import { invalidArgument, keyTooLong } from "../errors.ts";
import { KEY_BYTES_MAX, STORED_KEY_BYTES_MAX, USER_METADATA_BYTES_MAX } from "../limits.ts";

/** The members of a write's input that describe the object. */
export interface MetadataInput {
  readonly CacheControl?: string;
  readonly ContentDisposition?: string;
  readonly ContentEncoding?: string;
  readonly ContentLanguage?: string;
  readonly ContentType?: string;
  readonly Expires?: string;
  readonly WebsiteRedirectLocation?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

export function systemMetadata(input: MetadataInput): SystemMetadata {
  const contentEncoding = storedContentEncoding(input.ContentEncoding);
  return {
    ...(input.ContentType !== undefined && { contentType: input.ContentType }),
    ...(contentEncoding !== undefined && { contentEncoding }),
    ...(input.ContentDisposition !== undefined && { contentDisposition: input.ContentDisposition }),
    ...(input.ContentLanguage !== undefined && { contentLanguage: input.ContentLanguage }),
    ...(input.CacheControl !== undefined && { cacheControl: input.CacheControl }),
    ...(input.Expires !== undefined && { expires: input.Expires }),
    ...(input.WebsiteRedirectLocation !== undefined && {
      websiteRedirect: input.WebsiteRedirectLocation,
    }),
  };
}

/** What can be a header's name: others could be written, by a form or a URL, and never read. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Throws MetadataTooLarge, and InvalidArgument for a name that no reply could carry. */
export function userMetadata({ Metadata = {} }: MetadataInput): Pairs {
  const pairs = Object.entries(Metadata).map(
    ([name, value]) => [name.toLowerCase(), value] as const,
  );
  const unfit = pairs.find(([name]) => !NAME.test(name));
  if (unfit) throw invalidArgument("The name of user metadata is not a header's.", "x-amz-meta-");
  const bytes = pairs.reduce((sum, pair) => sum + Buffer.byteLength(pair.join("")), 0);
  if (bytes > USER_METADATA_BYTES_MAX) {
    throw new ServiceError(
      "MetadataTooLarge",
      400,
      "Your metadata headers exceed the maximum allowed metadata size",
      { Size: String(bytes), MaxSizeAllowed: String(USER_METADATA_BYTES_MAX) },
    );
  }
  return pairs;
}

/** Throws KeyTooLongError. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > KEY_BYTES_MAX) throw keyTooLong(bytes, KEY_BYTES_MAX);
  if (!key.includes("\0")) return;
  const stored = bytes + key.split("\0").length - 1;
  if (stored > STORED_KEY_BYTES_MAX) throw keyTooLong(stored, STORED_KEY_BYTES_MAX);
}
