/** What each protocol answers when the fault is ours or the moment's, not the caller's. */
import { ServiceError, type ServiceName } from "../wire/index.ts";

/** Too many writers of the same thing at once: try again. */
export function busy(service: ServiceName): ServiceError {
  switch (service) {
    case "s3":
      return new ServiceError("SlowDown", 503, "Please reduce your request rate.");
    case "kms":
      return new ServiceError(
        "ThrottlingException",
        400,
        "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.",
      );
    case "cloudtrail":
      return new ServiceError("ThrottlingException", 400, "Rate exceeded");
    case "iam":
    case "sts":
      return new ServiceError("Throttling", 400, "Rate exceeded");
  }
}

/** The disk is below its reserve, or the audit cannot be made durable: nothing was written. */
export function unavailable(service: ServiceName): ServiceError {
  const message = "The service cannot make this request durable at the moment. Please try again.";
  switch (service) {
    case "kms":
      return new ServiceError("KMSInternalException", 500, message);
    case "s3":
      return new ServiceError("ServiceUnavailable", 503, message);
    case "iam":
    case "sts":
      return new ServiceError("ServiceUnavailable", 503, message);
    case "cloudtrail":
      return new ServiceError("InternalFailure", 500, message);
  }
}

/** Stands in the audit record for an error that the caller is not shown. */
export function internalFailure(): ServiceError {
  return new ServiceError("InternalFailure", 500, "An internal error occurred.");
}
