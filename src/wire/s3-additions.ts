/**
 * Two S3 requests that the service's model leaves out because no SDK sends them as an operation: a
 * browser's form upload and its preflight. Written in the model's own form, so that they are
 * decoded and rendered like the others.
 */
import type { ModelDocument } from "./model-document.ts";

/** POST of a multipart/form-data body to a bucket. Its fields are in the body, its handler's to read. */
export const POST_OBJECT = "PostObject";
/** OPTIONS on a bucket or an object. */
export const PREFLIGHT = "Preflight";

export const S3_ADDITIONS: Pick<ModelDocument, "operations" | "structures"> = {
  operations: {
    [POST_OBJECT]: { input: "PostObjectRequest", output: "PostObjectOutput", status: 204 },
    [PREFLIGHT]: { input: "PreflightRequest", output: "PreflightOutput", status: 200 },
  },
  structures: {
    PostObjectRequest: {
      members: {
        Bucket: { type: "string", required: true, at: "label" },
        ContentType: { type: "string", at: { header: "content-type" } },
        Body: { type: "blob", at: "stream" },
      },
    },
    PostObjectOutput: {
      xmlName: "PostResponse",
      members: {
        Status: { type: "integer", at: "status" },
        LocationHeader: { type: "string", at: { header: "location" } },
        ETagHeader: { type: "string", at: { header: "etag" } },
        VersionId: { type: "string", at: { header: "x-amz-version-id" } },
        Expiration: { type: "string", at: { header: "x-amz-expiration" } },
        ServerSideEncryption: { type: "string", at: { header: "x-amz-server-side-encryption" } },
        SSEKMSKeyId: {
          type: "string",
          sensitive: true,
          at: { header: "x-amz-server-side-encryption-aws-kms-key-id" },
        },
        BucketKeyEnabled: {
          type: "boolean",
          at: { header: "x-amz-server-side-encryption-bucket-key-enabled" },
        },
        Checksums: { type: "map", item: "string", at: { headers: "x-amz-checksum-" } },
        Location: "string",
        Bucket: "string",
        Key: "string",
        ETag: "string",
      },
    },
    PreflightRequest: {
      members: {
        Bucket: { type: "string", required: true, at: "label" },
        Key: { type: "string", at: "label" },
        Origin: { type: "string", at: { header: "origin" } },
        RequestMethod: { type: "string", at: { header: "access-control-request-method" } },
        RequestHeaders: {
          type: "list",
          item: "string",
          at: { header: "access-control-request-headers" },
        },
      },
    },
    PreflightOutput: {
      members: {
        AllowOrigin: { type: "string", at: { header: "access-control-allow-origin" } },
        AllowMethods: {
          type: "list",
          item: "string",
          at: { header: "access-control-allow-methods" },
        },
        AllowHeaders: {
          type: "list",
          item: "string",
          at: { header: "access-control-allow-headers" },
        },
        ExposeHeaders: {
          type: "list",
          item: "string",
          at: { header: "access-control-expose-headers" },
        },
        AllowCredentials: { type: "boolean", at: { header: "access-control-allow-credentials" } },
        MaxAge: { type: "integer", at: { header: "access-control-max-age" } },
        Vary: { type: "string", at: { header: "vary" } },
      },
    },
  },
};
