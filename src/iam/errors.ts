/** IAM's and STS's errors, each with its code and status: AWS IAM and STS API References. */
import { PolicyError } from "../policy/index.ts";
import { ServiceError } from "../wire/index.ts";

type EntityKind = "user" | "role";

const TITLE = { user: "User", role: "Role" } as const;

const noSuchEntity = (message: string) => new ServiceError("NoSuchEntity", 404, message);
const deleteConflict = (message: string) => new ServiceError("DeleteConflict", 409, message);
const alreadyExists = (message: string) => new ServiceError("EntityAlreadyExists", 409, message);
export const limitExceeded = (message: string) => new ServiceError("LimitExceeded", 409, message);
export const invalidInput = (message: string) => new ServiceError("InvalidInput", 400, message);
export const validationError = (message: string) =>
  new ServiceError("ValidationError", 400, message);
export const accessDenied = (message: string) => new ServiceError("AccessDenied", 403, message);
export const invalidParameterValue = (message: string) =>
  new ServiceError("InvalidParameterValue", 400, message);

export const noSuchOwner = (kind: EntityKind, name: string) =>
  noSuchEntity(`The ${kind} with name ${name} cannot be found.`);

export const noSuchInlinePolicy = (kind: EntityKind, name: string) =>
  noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`);

export const noSuchPolicy = (arn: string) => noSuchEntity(`Policy ${arn} was not found.`);

export const notAttachable = (arn: string) =>
  noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);

export const noSuchPolicyVersion = (arn: string, version: string) =>
  noSuchEntity(`Policy ${arn} version ${version} does not exist or is not attachable.`);

export const noSuchAccessKey = (id: string) =>
  noSuchEntity(`The Access Key with id ${id} cannot be found.`);

export const ownerExists = (kind: EntityKind, name: string) =>
  alreadyExists(`${TITLE[kind]} with name ${name} already exists.`);

export const policyExists = (name: string) =>
  alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);

export const mustFirst = (what: string) =>
  deleteConflict(`Cannot delete entity, must ${what} first.`);

export const policyAttached = () => deleteConflict("Cannot delete a policy attached to entities.");

export const policyHasVersions = () =>
  deleteConflict(
    "This policy has more than one version. Before you delete a policy, you must delete the " +
      "policy's versions. The default version is deleted with the policy.",
  );

export const quotaExceeded = (quota: string, limit: number) =>
  limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`);

export const inlineTooLarge = (kind: EntityKind, name: string, limit: number) =>
  limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${kind} ${name}`);

export const unparsableArn = () => validationError("Invalid ARN:  Could not be parsed!");

export const invalidArn = (arn: string) => validationError(`ARN ${arn} is not valid.`);

export const invalidMarker = () => validationError("Invalid Marker.");

export const userNameNeeded = () =>
  validationError("Must specify userName when calling with non-User credentials");

export const duplicateTags =
  "Duplicate tag keys found. Please note that Tag keys are case insensitive.";

export const reservedTag = () =>
  invalidInput("Tag keys that begin with aws: are reserved and cannot be added or removed.");

export const tooManyTags = () => limitExceeded("The number of tags has reached the maximum limit.");

/** AWS: what IAM answers to credentials of GetSessionToken that were obtained without MFA. */
export const sessionNotForIam = () =>
  new ServiceError(
    "InvalidClientTokenId",
    403,
    "The security token included in the request is invalid.",
  );

export const packedTooLarge = (what: "policies" | "tags", percent: number) =>
  new ServiceError(
    "PackedPolicyTooLarge",
    400,
    `Packed size of session ${what} consumes ${percent}% of allotted space.`,
  );

/** A policy document's refusal, as the caller sees it; anything else is thrown again. */
export function malformedPolicy(error: unknown): ServiceError {
  if (!(error instanceof PolicyError)) throw error;
  const status = error.code === "LimitExceeded" ? 409 : 400;
  return new ServiceError(error.code, status, error.message);
}

export const mfaFailed = () =>
  accessDenied("MultiFactorAuthentication failed with invalid MFA one time pass code.");

export const rootAssumesNothing = () => accessDenied("Roles may not be assumed by root accounts.");

export const exceedsRoleMaximum = () =>
  validationError(
    "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
  );

export const exceedsChainMaximum = () =>
  validationError(
    "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role " +
      "chaining.",
  );

export const transitiveNotGiven = () =>
  invalidParameterValue("The specified transitive tag key must be included in the requested tags.");

export const transitiveConflict = () =>
  invalidParameterValue(
    "One of the specified transitive tag keys can't be set because it conflicts with a " +
      "transitive tag key from the calling session.",
  );

export const sourceIdentityKept = () =>
  accessDenied("The source identity of a session cannot be changed by role chaining.");
