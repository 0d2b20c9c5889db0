import { type SignaturePlace, SigningError } from "./failure.ts";
import { ACCESS_KEY_ID_MAX, CREDENTIAL_MAX } from "./limits.ts";
import type { Scope } from "./signature.ts";

const TERMINATOR = "aws4_request";

/**
 * Parses `AKID/20130524/us-east-1/s3/aws4_request`. Throws SigningError.
 */
export function parseCredential(
  credential: string,
  place: SignaturePlace,
): { accessKeyId: string; scope: Scope } {
  const [accessKeyId = "", date = "", region = "", service = "", terminator = "", ...rest] =
    credential.length <= CREDENTIAL_MAX ? credential.split("/", 6) : [];
  if (accessKeyId === "" || region === "" || service === "" || rest.length > 0) {
    throw new SigningError({ kind: "credential-malformed", place, credential });
  }
  if (terminator === "" || accessKeyId.length > ACCESS_KEY_ID_MAX) {
    throw new SigningError({ kind: "credential-malformed", place, credential });
  }
  if (terminator !== TERMINATOR) {
    throw new SigningError({ kind: "terminator-wrong", place, terminator });
  }
  if (!/^\d{8}$/.test(date)) {
    throw new SigningError({ kind: "credential-date-malformed", place, date });
  }
  return { accessKeyId, scope: scopeOf(date, region, service) };
}

export function scopeOf(date: string, region: string, service: string): Scope {
  return { date, region, service, text: `${date}/${region}/${service}/${TERMINATOR}` };
}
