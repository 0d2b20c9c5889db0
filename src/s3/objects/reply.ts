/** The members that replies about an object share. */
import type { EncryptionRecord, ObjectRecord } from "../../records/index.ts";

/** The encryption headers of a reply. AWS: the key's full ARN, and the bucket key only when used. */
export function encryptionMembers(encryption: EncryptionRecord) {
  if (encryption.mode === "AES256") return { ServerSideEncryption: "AES256" as const };
  return {
    ServerSideEncryption: "aws:kms" as const,
    SSEKMSKeyId: encryption.keyArn,
    ...(encryption.bucketKey && { BucketKeyEnabled: true }),
  };
}

/** AWS: a write answers the whole encryption context when the client gave one, a read never does. */
export function contextMember(encryption: EncryptionRecord, asked: string | undefined) {
  if (encryption.mode === "AES256" || asked === undefined) return {};
  const text = JSON.stringify(Object.fromEntries(encryption.context));
  return { SSEKMSEncryptionContext: Buffer.from(text).toString("base64") };
}

/**
 * What GET and HEAD say of an object, whatever part of it is asked for. AWS: the storage class is
 * left out when it is STANDARD.
 */
export function objectMembers(object: ObjectRecord) {
  const { system, metadata, etag, modifiedAt, encryption } = object;
  return {
    AcceptRanges: "bytes",
    LastModified: new Date(Math.floor(modifiedAt / 1000) * 1000),
    ETag: `"${etag}"`,
    ContentType: system.contentType ?? "binary/octet-stream",
    Metadata: Object.fromEntries(metadata),
    ...(system.cacheControl !== undefined && { CacheControl: system.cacheControl }),
    ...(system.contentDisposition !== undefined && {
      ContentDisposition: system.contentDisposition,
    }),
    ...(system.contentEncoding !== undefined && { ContentEncoding: system.contentEncoding }),
    ...(system.contentLanguage !== undefined && { ContentLanguage: system.contentLanguage }),
    ...(system.expires !== undefined && { ExpiresString: system.expires, Expires: system.expires }),
    ...(system.websiteRedirect !== undefined && {
      WebsiteRedirectLocation: system.websiteRedirect,
    }),
    ...encryptionMembers(encryption),
  };
}
