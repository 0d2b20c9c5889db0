/** Where a signature was given. */
export type SignaturePlace = "header" | "query";

/**
 * Why a request is not authenticated, with the facts that AWS's answers quote. The set is closed:
 * aws-error.ts gives each kind its code, status and text in every protocol.
 */
export type SigningFailure =
  | { readonly kind: "authentication-missing" }
  | { readonly kind: "access-key-unknown"; readonly accessKeyId: string }
  | { readonly kind: "token-expired"; readonly token: string }
  | { readonly kind: "token-invalid"; readonly token: string }
  /** Signatures of version 2 in a header, of version 2 outside S3, and of version 4a. */
  | { readonly kind: "mechanism-unsupported"; readonly place: SignaturePlace }
  | { readonly kind: "authorization-unknown"; readonly authorization: string }
  | { readonly kind: "several-mechanisms"; readonly authorization: string }
  | { readonly kind: "component-missing"; readonly components: readonly string[] }
  | { readonly kind: "component-malformed"; readonly component: string }
  | { readonly kind: "parameter-missing"; readonly parameters: readonly string[] }
  | { readonly kind: "algorithm-unsupported"; readonly algorithm: string }
  | {
      readonly kind: "credential-malformed";
      readonly place: SignaturePlace;
      readonly credential: string;
    }
  | {
      readonly kind: "credential-date-malformed";
      readonly place: SignaturePlace;
      readonly date: string;
    }
  | {
      readonly kind: "credential-date-wrong";
      readonly place: SignaturePlace;
      readonly date: string;
      readonly timestamp: string;
    }
  | {
      readonly kind: "region-wrong";
      readonly place: SignaturePlace;
      readonly region: string;
      readonly expected: string;
    }
  | {
      readonly kind: "service-wrong";
      readonly place: SignaturePlace;
      readonly service: string;
      readonly expected: string;
    }
  | {
      readonly kind: "terminator-wrong";
      readonly place: SignaturePlace;
      readonly terminator: string;
    }
  | { readonly kind: "date-missing" }
  | { readonly kind: "date-malformed"; readonly place: SignaturePlace; readonly date: string }
  | {
      readonly kind: "expires-malformed";
      readonly problem: "not-a-number" | "negative" | "too-long";
    }
  | { readonly kind: "clock-skewed"; readonly requestTime: Date; readonly serverTime: Date }
  | { readonly kind: "not-yet-valid"; readonly requestTime: Date; readonly serverTime: Date }
  | {
      readonly kind: "expired";
      readonly expires: Date;
      readonly serverTime: Date;
      /** As sent; undefined for version 2, which gives an instant. */
      readonly lifetimeSeconds: number | undefined;
    }
  | { readonly kind: "version-2-parameter-missing" }
  | { readonly kind: "headers-not-signed"; readonly names: readonly string[] }
  | { readonly kind: "payload-hash-missing" }
  | { readonly kind: "payload-hash-malformed"; readonly value: string }
  | {
      readonly kind: "signature-mismatch";
      readonly accessKeyId: string;
      readonly stringToSign: string;
      readonly signatureProvided: string;
      /** Absent for version 2, form policies and chunks, as AWS leaves it out. */
      readonly canonicalRequest?: string;
    }
  | { readonly kind: "form-field-missing"; readonly field: string }
  | { readonly kind: "form-unsigned" }
  | { readonly kind: "policy-malformed"; readonly problem: string }
  | { readonly kind: "policy-refused"; readonly problem: string }
  | { readonly kind: "form-too-large"; readonly bytes: number; readonly bytesMax: number }
  | { readonly kind: "form-too-small"; readonly bytes: number; readonly bytesMin: number };

export type SigningFailureKind = SigningFailure["kind"];

/** A request that is not authenticated. `awsError` says what its sender is told. */
export class SigningError extends Error {
  override readonly name = "SigningError";
  readonly failure: SigningFailure;

  constructor(failure: SigningFailure) {
    super(failure.kind);
    this.failure = failure;
  }
}
