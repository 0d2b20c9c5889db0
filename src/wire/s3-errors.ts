/** The errors that S3 answers with before any handler runs, in S3's own words. */
import { ServiceError } from "./service-error.ts";

export function malformedXml(): ServiceError {
  const message =
    "The XML you provided was not well-formed or did not validate against our published schema";
  return new ServiceError("MalformedXML", 400, message);
}

export function missingRequestBody(): ServiceError {
  return new ServiceError("MissingRequestBodyError", 400, "Request Body is empty");
}

export function missingHeader(name: string): ServiceError {
  return new ServiceError(
    "MissingSecurityHeader",
    400,
    "Your request was missing a required header",
    { MissingHeaderName: name },
  );
}

export function invalidArgument(message: string, name: string, value: string): ServiceError {
  return new ServiceError("InvalidArgument", 400, message, {
    ArgumentName: name,
    ArgumentValue: value,
  });
}

export function invalidUri(uri: string): ServiceError {
  const shown = uri.length > 1024 ? uri.slice(0, 1024) : uri;
  return new ServiceError("InvalidURI", 400, "Couldn't parse the specified URI.", { URI: shown });
}

export function invalidBucketName(name: string): ServiceError {
  return new ServiceError("InvalidBucketName", 400, "The specified bucket is not valid.", {
    BucketName: name,
  });
}

/** `resource` is SERVICE, BUCKET or OBJECT. */
export function methodNotAllowed(method: string, resource: string): ServiceError {
  return new ServiceError(
    "MethodNotAllowed",
    405,
    "The specified method is not allowed against this resource.",
    { Method: method, ResourceType: resource },
  );
}

export function notImplemented(): ServiceError {
  const message = "A header you provided implies functionality that is not implemented";
  return new ServiceError("NotImplemented", 501, message);
}

export function notAForm(): ServiceError {
  return new ServiceError(
    "PreconditionFailed",
    412,
    "At least one of the pre-conditions you specified did not hold",
    { Condition: "Bucket POST must be of the enclosure-type multipart/form-data" },
  );
}
