/**
 * An error the caller is meant to see. Handlers throw it, the dispatcher alone catches it, and each
 * protocol renders it (see error-document.ts). Anything else that is thrown becomes an internal
 * failure without text.
 */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  /** AWS's code, as SDKs match on it: "NoSuchKey", "AccessDenied". */
  readonly code: string;
  /** The HTTP status AWS documents; protocols that know only 400 and 500 reduce it. */
  readonly status: number;
  /** Extra elements of an S3 error document, in order: { BucketName: "photos" }. */
  readonly members: Readonly<Record<string, string>>;
  /** Extra response headers, in lower case: { "x-amz-delete-marker": "true" }. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: string,
    status: number,
    message: string,
    members: Record<string, string> = {},
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.members = members;
    this.headers = headers;
  }
}
