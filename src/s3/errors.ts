/** S3's errors, each with its code, status and text: Amazon S3 API Reference, "Error responses". */
import { ServiceError } from "../wire/index.ts";

export const noSuchBucket = (bucket: string) =>
  new ServiceError("NoSuchBucket", 404, "The specified bucket does not exist", {
    BucketName: bucket,
  });

export const noSuchKey = (key: string) =>
  new ServiceError("NoSuchKey", 404, "The specified key does not exist.", { Key: key });

/** AWS: also what a bucket of another owner than expected answers. */
export const accessDenied = () => new ServiceError("AccessDenied", 403, "Access Denied");

export const invalidArgument = (message: string, name?: string, value?: string) =>
  new ServiceError("InvalidArgument", 400, message, {
    ...(name !== undefined && { ArgumentName: name }),
    ...(value !== undefined && { ArgumentValue: value }),
  });

export const invalidRequest = (message: string) => new ServiceError("InvalidRequest", 400, message);

export const preconditionFailed = (condition: string) =>
  new ServiceError(
    "PreconditionFailed",
    412,
    "At least one of the pre-conditions you specified did not hold",
    { Condition: condition },
  );

/** A header whose value, or whose presence, this operation does not take. */
export const headerNotImplemented = (header: string, additionalMessage?: string) =>
  new ServiceError(
    "NotImplemented",
    501,
    "A header you provided implies functionality that is not implemented",
    { Header: header, ...(additionalMessage !== undefined && { additionalMessage }) },
  );

export const keyTooLong = (bytes: number, bytesMax: number) =>
  new ServiceError("KeyTooLongError", 400, "Your key is too long", {
    Size: String(bytes),
    MaxSizeAllowed: String(bytesMax),
  });

export const malformedXml = () =>
  new ServiceError(
    "MalformedXML",
    400,
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
