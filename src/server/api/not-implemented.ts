import { type Route, ServiceError } from "../../wire/index.ts";

/** AWS's refusal of an operation that is not built: by name, in each service's own way. */
export function notImplemented({ service, operation }: Route): ServiceError {
  switch (service) {
    case "s3":
      return new ServiceError(
        "NotImplemented",
        501,
        "A header you provided implies functionality that is not implemented",
        { Header: operation },
      );
    case "kms":
    case "cloudtrail":
      return new ServiceError(
        "UnsupportedOperationException",
        400,
        `The operation ${operation} is not supported by this service.`,
      );
    case "iam":
    case "sts":
    default:
      return new ServiceError(
        "InvalidAction",
        400,
        `The action ${operation} is not supported by this service.`,
      );
  }
}
