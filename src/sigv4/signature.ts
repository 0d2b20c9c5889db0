import { parseAuthorization } from "./authorization-header.ts";
import { SigningError } from "./failure.ts";
import { authenticationParameters, parsePresigned } from "./presigned-query.ts";
import { parsePresignedV2 } from "./presigned-v2.ts";
import { headerOf, type SignedRequest } from "./request.ts";

/** The values of the condition key s3:authType. */
export type AuthType = "REST-HEADER" | "REST-QUERY-STRING" | "POST";

/** What a signing key is good for. */
export interface Scope {
  /** yyyymmdd */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** `date/region/service/aws4_request` */
  readonly text: string;
}

/** A signature of version 4 as a request claims it; nothing about it is proven yet. */
export interface SignatureV4 {
  /** The value of the condition key s3:signatureversion. */
  readonly version: "AWS4-HMAC-SHA256";
  readonly authType: AuthType;
  readonly accessKeyId: string;
  readonly scope: Scope;
  /** `20130524T000000Z`, as it is signed. */
  readonly timestamp: string;
  /** The same, in milliseconds since 1970. */
  readonly signedAtMs: number;
  /** As listed: lower case, joined by ";". */
  readonly signedHeaders: string;
  readonly signature: string;
  readonly securityToken: string | undefined;
  /** Of a presigned URL. */
  readonly lifetimeSeconds: number | undefined;
}

/** A presigned URL of version 2, as a request claims it. S3 only. */
export interface SignatureV2 {
  readonly version: "AWS";
  readonly authType: "REST-QUERY-STRING";
  readonly accessKeyId: string;
  /** The instant at which it ends, in seconds since 1970, as sent. */
  readonly expires: string;
  readonly expiresAtMs: number;
  /** base64 */
  readonly signature: string;
  readonly securityToken: string | undefined;
}

export type Signature = SignatureV4 | SignatureV2;

/**
 * Reads the signature that a request carries, by header or in its query; undefined when it has
 * none and so is anonymous. Throws SigningError when it is malformed, of an unsupported mechanism,
 * or when there are two. (A browser form's signature is among its fields: see post-form.ts.)
 */
export function parseSignature(request: SignedRequest): Signature | undefined {
  const authorization = headerOf(request, "authorization");
  const parameters = authenticationParameters(request.query);
  if (authorization === undefined) {
    if (parameters === undefined) return undefined;
    return parameters.version === 4
      ? parsePresigned(parameters.values)
      : parsePresignedV2(parameters.values);
  }
  if (parameters !== undefined) {
    throw new SigningError({ kind: "several-mechanisms", authorization });
  }
  return parseAuthorization(authorization, request);
}
