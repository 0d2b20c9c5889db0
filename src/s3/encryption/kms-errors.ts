import { ServiceError } from "../../wire/index.ts";
import { invalidArgument } from "../errors.ts";

const KEY_GONE =
  "The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.";

/**
 * KMS's refusal in S3's words: a denial is S3's own AccessDenied, everything else is passed on as
 * `KMS.<exception>` with KMS's text. Amazon S3 API Reference, "Error responses".
 */
export function asS3Error(error: unknown, use: "read" | "write"): unknown {
  if (!(error instanceof ServiceError)) return error;
  if (error.code === "AccessDeniedException") {
    return new ServiceError("AccessDenied", 403, error.message);
  }
  if (error.code === "NotFoundException" && use === "read") {
    return new ServiceError("AccessDenied", 403, KEY_GONE);
  }
  if (error.status >= 500) return new ServiceError("ServiceUnavailable", 503, error.message);
  const [code] = error.code.split("Exception");
  return new ServiceError(`KMS.${code}Exception`, 400, error.message);
}

/** AWS: KMS keys need a signature of version 4. */
export function signatureTooOld(): ServiceError {
  return invalidArgument(
    "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
    "Authorization",
    "null",
  );
}
