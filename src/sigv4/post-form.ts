/**
 * The signature of a browser's upload form: over the form's policy, in base64 as it was sent.
 * "Authenticating requests: browser-based uploads using POST", Amazon S3 API Reference.
 */
import { ALGORITHM } from "./canonical-request.ts";
import { parseCredential } from "./credential.ts";
import { SigningError } from "./failure.ts";
import type { SignatureV4 } from "./signature.ts";
import type { Credential } from "./signing-keys.ts";
import { parseTimestamp } from "./timestamp.ts";
import { checkScope, type Verification, type Verified, verifyText } from "./verify.ts";

/** The fields before the file, names in lower case, with `${filename}` already replaced in `key`. */
export type FormFields = ReadonlyMap<string, string>;

/** As AWS spells them where one is missing. */
const VERSION_4 = ["X-Amz-Signature", "X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date"];
const VERSION_2 = ["AWSAccessKeyId", "Signature"];

/**
 * The signature among a form's fields; undefined for a form with neither policy nor signature,
 * which is anonymous. Throws SigningError.
 */
export function parseFormSignature(fields: FormFields): SignatureV4 | undefined {
  const has = (name: string) => fields.has(name.toLowerCase());
  if (!VERSION_4.some(has) && VERSION_2.some(has)) throw versionTwo(fields);
  if (!VERSION_4.some(has)) {
    if (fields.has("policy")) throw new SigningError({ kind: "form-unsigned" });
    return undefined;
  }
  const missing = [...VERSION_4, "policy"].find((name) => !has(name));
  if (missing !== undefined) throw new SigningError({ kind: "form-field-missing", field: missing });

  const field = (name: string) => fields.get(name) ?? "";
  const algorithm = field("x-amz-algorithm");
  if (algorithm !== ALGORITHM) throw new SigningError({ kind: "algorithm-unsupported", algorithm });
  const { accessKeyId, scope } = parseCredential(field("x-amz-credential"), "query");
  const timestamp = field("x-amz-date");
  const signedAtMs = parseTimestamp(timestamp);
  if (signedAtMs === undefined) {
    throw new SigningError({ kind: "date-malformed", place: "query", date: timestamp });
  }
  if (!timestamp.startsWith(scope.date)) {
    const { date } = scope;
    throw new SigningError({ kind: "credential-date-wrong", place: "query", date, timestamp });
  }
  return {
    version: ALGORITHM,
    authType: "POST",
    accessKeyId,
    scope,
    timestamp,
    signedAtMs,
    signedHeaders: "",
    signature: field("x-amz-signature"),
    securityToken: fields.get("x-amz-security-token"),
    lifetimeSeconds: undefined,
  };
}

/**
 * Proves that whoever has the secret signed this form's policy. What the policy permits, and until
 * when, is for `parsePolicy` and `checkPolicy` to say. Throws SigningError.
 */
export function verifyFormSignature(
  signature: SignatureV4,
  fields: FormFields,
  credential: Credential,
  verification: Pick<Verification, "region" | "now" | "signingKeys">,
): Verified {
  checkScope(signature.scope, "query", { service: "s3", region: verification.region });
  const policy = fields.get("policy") ?? "";
  verifyText(signature, policy, credential, verification.signingKeys);
  return {
    accessKeyId: signature.accessKeyId,
    signatureVersion: signature.version,
    authType: signature.authType,
    signatureAgeMs: Math.max(0, verification.now.getTime() - signature.signedAtMs),
    signedHeaders: [],
    payloadHash: "UNSIGNED-PAYLOAD",
    scope: signature.scope,
    securityToken: signature.securityToken,
    chunkSeed: undefined,
  };
}

function versionTwo(fields: FormFields): SigningError {
  const missing = VERSION_2.find((name) => !fields.has(name.toLowerCase()));
  return missing === undefined
    ? new SigningError({ kind: "mechanism-unsupported", place: "query" })
    : new SigningError({ kind: "form-field-missing", field: missing });
}
