/** What is known of a request besides its input: for conditions, for the audit record. */
export interface RequestInfo {
  /** As it is answered in x-amz-request-id or x-amzn-requestid. */
  readonly requestId: string;
  /** S3's x-amz-id-2. */
  readonly extendedId: string;
  /** UUID of the audit event, taken when the request starts. */
  readonly eventId: string;
  readonly startedAt: Date;
  /** That of the signature; S3: the bucket's; IAM: us-east-1. */
  readonly region: string;
  /** Normalised; the client's behind trusted proxies. */
  readonly sourceIp: string;
  readonly userAgent: string;
  readonly host: string;
  readonly secure: boolean;
  readonly tls?: { readonly version: string; readonly cipherSuite: string };
  readonly referer?: string;
  /** Of the body as sent, where its length was announced. */
  readonly bodyBytes?: number;
  readonly signature?: SignatureInfo;
}

/** How the request was signed; absent for an anonymous one. */
export interface SignatureInfo {
  readonly version: "AWS4-HMAC-SHA256" | "AWS";
  readonly authType: "REST-HEADER" | "REST-QUERY-STRING" | "POST";
  readonly ageMs: number;
  readonly contentSha256?: string;
}
