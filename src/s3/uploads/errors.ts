/** Errors of multipart uploads: Amazon S3 API Reference, "Error responses". */
import { ServiceError } from "../../wire/index.ts";
import { invalidArgument } from "../errors.ts";
import { PART_BYTES_MIN } from "../limits.ts";

export const noSuchUpload = (uploadId: string) =>
  new ServiceError(
    "NoSuchUpload",
    404,
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );

/** The upload is being completed: no part of it changes meanwhile. */
export const uploadBusy = () =>
  new ServiceError(
    "OperationAborted",
    409,
    "A conflicting conditional operation is currently in progress against this resource. Please try again.",
  );

export const invalidPartNumber = (value: number) =>
  invalidArgument(
    "Part number must be an integer between 1 and 10000, inclusive",
    "partNumber",
    String(value),
  );

export const invalidPart = (uploadId: string, partNumber: number, etag: string) =>
  new ServiceError(
    "InvalidPart",
    400,
    "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: uploadId, PartNumber: String(partNumber), ETag: etag },
  );

export const invalidPartOrder = (uploadId: string) =>
  new ServiceError(
    "InvalidPartOrder",
    400,
    "The list of parts was not in ascending order. Parts must be ordered by part number.",
    { UploadId: uploadId },
  );

export const partTooSmall = (part: {
  readonly number: number;
  readonly size: number;
  readonly etag: string;
}) =>
  new ServiceError(
    "EntityTooSmall",
    400,
    "Your proposed upload is smaller than the minimum allowed size",
    {
      ETag: part.etag,
      MinSizeAllowed: String(PART_BYTES_MIN),
      PartNumber: String(part.number),
      ProposedSize: String(part.size),
    },
  );

export const badDigest = (message: string) => new ServiceError("BadDigest", 400, message);

export const conditionalConflict = (condition: string, key: string) =>
  new ServiceError(
    "ConditionalRequestConflict",
    409,
    "The conditional request cannot succeed due to a conflicting operation against this resource.",
    { Condition: condition, Key: key },
  );
