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

export const invalidExpectedOwner = (owner: string) =>
  new ServiceError(
    "InvalidBucketOwnerAWSAccountID",
    400,
    `The value of the expected bucket owner parameter must be an AWS Account ID... [${owner}]`,
  );

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

export const invalidBucketName = (bucket: string) =>
  new ServiceError("InvalidBucketName", 400, "The specified bucket is not valid.", {
    BucketName: bucket,
  });

export const bucketAlreadyOwnedByYou = (bucket: string) =>
  new ServiceError(
    "BucketAlreadyOwnedByYou",
    409,
    "Your previous request to create the named bucket succeeded and you already own it.",
    { BucketName: bucket },
  );

export const bucketAlreadyExists = (bucket: string) =>
  new ServiceError(
    "BucketAlreadyExists",
    409,
    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
    { BucketName: bucket },
  );

export const tooManyBuckets = () =>
  new ServiceError("TooManyBuckets", 400, "You have attempted to create more buckets than allowed");

export const bucketNotEmpty = (bucket: string) =>
  new ServiceError("BucketNotEmpty", 409, "The bucket you tried to delete is not empty", {
    BucketName: bucket,
  });

export const noSuchBucketPolicy = (bucket: string) =>
  new ServiceError("NoSuchBucketPolicy", 404, "The bucket policy does not exist", {
    BucketName: bucket,
  });

export const noSuchVersion = (key: string, versionId: string) =>
  new ServiceError("NoSuchVersion", 404, "The specified version does not exist.", {
    Key: key,
    VersionId: versionId,
  });

/** AWS: an id that was never issued. */
export const invalidVersionId = (versionId: string) =>
  invalidArgument("Invalid version id specified", "versionId", versionId);

/** What is known but not built. */
export const notImplemented = (message: string) => new ServiceError("NotImplemented", 501, message);

export const methodNotAllowed = (method: string, resourceType: string) =>
  new ServiceError(
    "MethodNotAllowed",
    405,
    "The specified method is not allowed against this resource.",
    { Method: method, ResourceType: resourceType },
  );
