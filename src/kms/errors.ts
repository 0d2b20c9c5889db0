/** KMS's errors, each with its code and text: AWS KMS API Reference. The wire answers 400 to all. */
import { ServiceError } from "../wire/index.ts";

const refusal = (code: string, message: string) => new ServiceError(code, 400, message);

export const validation = (message: string) => refusal("ValidationException", message);

export const keyNotFound = (keyArn: string) =>
  refusal("NotFoundException", `Key '${keyArn}' does not exist`);

export const invalidKeyId = (text: string) =>
  refusal("NotFoundException", `Invalid keyId '${text}'`);

export const otherRegion = (region: string) =>
  refusal("NotFoundException", `Invalid arn ${region}`);

export const aliasNotFound = (aliasArn: string) =>
  refusal("NotFoundException", `Alias ${aliasArn} is not found.`);

export const noAliasesHere = () =>
  refusal("InvalidArnException", "Key Aliases are not supported for this operation.");

export const noSuchPolicy = () => refusal("NotFoundException", "No such policy exists");

export const keyDisabled = (keyArn: string) =>
  refusal("DisabledException", `${keyArn} is disabled.`);

/** `state` as AWS says it: "is pending deletion". */
export const invalidState = (keyArn: string, state: string) =>
  refusal("KMSInvalidStateException", `${keyArn} ${state}.`);

export const wrongUsage = (keyArn: string, usage: string, operation: string) =>
  refusal(
    "InvalidKeyUsageException",
    `${keyArn} key usage is ${usage} which is not valid for ${operation}.`,
  );

export const wrongAlgorithm = (algorithm: string, spec: string) =>
  refusal(
    "InvalidKeyUsageException",
    `Algorithm ${algorithm} is incompatible with key spec ${spec}.`,
  );

export const incorrectKey = () =>
  refusal(
    "IncorrectKeyException",
    "The key ID in the request does not identify a CMK that can perform this operation.",
  );

/** AWS: without a text, whatever is wrong with the ciphertext or its context. */
export const invalidCiphertext = () => refusal("InvalidCiphertextException", "");

export const unsupported = (message: string) => refusal("UnsupportedOperationException", message);

export const wouldHaveSucceeded = () =>
  refusal(
    "DryRunOperationException",
    "The request would have succeeded, but the DryRun option is set.",
  );

export const invalidMarker = () =>
  refusal("InvalidMarkerException", "The marker is not valid for this request.");

export const limitExceeded = (message: string) => refusal("LimitExceededException", message);

export const invalidTag = (message: string) => refusal("TagException", message);

export const malformedPolicy = (message: string) =>
  refusal("MalformedPolicyDocumentException", message);

export const aliasExists = (aliasArn: string) =>
  refusal("AlreadyExistsException", `An alias with the name ${aliasArn} already exists`);

export const conflict = (message: string) => refusal("ConflictException", message);
