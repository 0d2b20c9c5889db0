import { awsError, type SigningFailure } from "../../sigv4/index.ts";
import { ServiceError } from "../service-error.ts";

/** What S3 answers to a failure that sigv4/ found. */
export function refused(failure: SigningFailure): ServiceError {
  const { code, status, message, members } = awsError(failure, "s3");
  return new ServiceError(code, status, message, members);
}

export function invalidRequest(message: string): ServiceError {
  return new ServiceError("InvalidRequest", 400, message);
}

export function missingContentLength(): ServiceError {
  const message = "You must provide the Content-Length HTTP header.";
  return new ServiceError("MissingContentLength", 411, message);
}

/** Where a body is too long, `provided` is what is known of it so far. */
export function incompleteBody(expected: number, provided: number): ServiceError {
  const message =
    "You did not provide the number of bytes specified by the Content-Length HTTP header";
  const members = {
    NumberBytesExpected: String(expected),
    NumberBytesProvided: String(provided),
  };
  return new ServiceError("IncompleteBody", 400, message, members);
}

/** The chunks end early, or are no chunks. */
export function brokenChunks(): ServiceError {
  return new ServiceError("IncompleteBody", 400, "The request body terminated unexpectedly");
}

export function malformedTrailer(): ServiceError {
  const message =
    "The request contained trailing data that was not well-formed or did not conform to our published schema.";
  return new ServiceError("MalformedTrailerError", 400, message);
}

/** `chunk` is the one after the small one, counted from 1. */
export function invalidChunkSize(chunk: number, bytes: number): ServiceError {
  const message = "Only the last chunk is allowed to have a size less than 8192 bytes";
  const members = { Chunk: String(chunk), BadChunkSize: String(bytes) };
  return new ServiceError("InvalidChunkSizeError", 403, message, members);
}

export function invalidDigest(contentMd5: string): ServiceError {
  const message = "The Content-MD5 you specified was invalid.";
  return new ServiceError("InvalidDigest", 400, message, { "Content-MD5": contentMd5 });
}

/** `expected` in the operation's own spelling: hexadecimal for PutObject, base64 for UploadPart. */
export function md5Mismatch(calculated: Buffer, expected: string): ServiceError {
  const message = "The Content-MD5 you specified did not match what we received.";
  const members = { ExpectedDigest: expected, CalculatedDigest: calculated.toString("base64") };
  return new ServiceError("BadDigest", 400, message, members);
}

export function checksumMismatch(algorithm: string): ServiceError {
  const message = `The ${algorithm} you specified did not match the calculated checksum.`;
  return new ServiceError("BadDigest", 400, message);
}

export function sha256Mismatch(claimed: string, computed: string): ServiceError {
  const message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
  return new ServiceError("XAmzContentSHA256Mismatch", 400, message, {
    ClientComputedContentSHA256: claimed,
    S3ComputedContentSHA256: computed,
  });
}
