/**
 * What S3 calls public (S3 User Guide, "The meaning of public"): a bucket policy is public unless
 * every Allow goes to fixed principals or is bound, by a condition with fixed values, to something
 * that is not the whole world. A wildcard or a policy variable is not a fixed value.
 */
import { type Condition, parseOperatorName } from "./conditions/condition.ts";
import type { Policy, Statement } from "./policy.ts";
import { accountOf, type Principal } from "./principal.ts";

export interface PolicyStatus {
  readonly isPublic: boolean;
  /** The positions of the statements that make it so. */
  readonly publicStatements: readonly number[];
}

export function policyStatus({ statements }: Policy): PolicyStatus {
  const publicStatements = statements.flatMap((one, at) => (isPublic(one) ? [at] : []));
  return { isPublic: publicStatements.length > 0, publicStatements };
}

/**
 * Whether RestrictPublicBuckets lets the caller into a bucket whose policy is public: services and
 * the owner's own account only.
 */
export function mayEnterRestrictedBucket(principal: Principal, ownerAccount: string): boolean {
  return principal.kind === "service" || accountOf(principal) === ownerAccount;
}

function isPublic({ effect, principals, conditions }: Statement): boolean {
  if (effect === "Deny" || principals === undefined) return false;
  if (principals.inverted) return true;
  return principals.everyone && !conditions.some(narrows);
}

const narrowingKeys = new Set([
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourceaccount",
  "aws:sourcearn",
  "aws:sourceorgid",
  "aws:sourceowner",
  "aws:sourcevpc",
  "aws:sourcevpce",
  // AWS: fixed only outside the pattern `AROA…:*`, which a wildcard is anyway.
  "aws:userid",
  "s3:dataaccesspointaccount",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
]);

const accountKeys = new Set(["aws:principalarn", "s3:dataaccesspointarn"]);

const narrowingOperators = new Set([
  "StringEquals",
  "StringEqualsIgnoreCase",
  "StringLike",
  "ArnEquals",
  "ArnLike",
]);

/** Whether the condition keeps the world out, whatever the request says. */
function narrows({ operator, key, values }: Condition): boolean {
  const name = parseOperatorName(operator);
  // A condition that also holds where the key is missing keeps nobody out.
  if (name === undefined || name.operator === "Null" || name.ifExists) return false;
  if (name.quantifier === "ForAllValues" || values.length === 0) return false;
  const [lowerKey, comparison] = [key.toLowerCase(), name.operator.name];
  if (comparison === "Bool") {
    return lowerKey === "aws:principalisawsservice" && values.every((value) => value === "true");
  }
  if (comparison === "IpAddress") return lowerKey === "aws:sourceip" && values.every(isNarrow);
  if (!narrowingOperators.has(comparison)) return false;
  // A principal or an access point may be any of one account's.
  if (accountKeys.has(lowerKey)) return values.every(namesAccount);
  return narrowingKeys.has(lowerKey) && values.every(isFixed);
}

function isFixed(value: string): boolean {
  return !/[*?]|\$\{/.test(value);
}

function namesAccount(value: string): boolean {
  const account = value.split(":")[4];
  return account !== undefined && /^\d{12}$/.test(account);
}

/** AWS: blocks wider than /8, of IPv6 than /32, are the world. */
function isNarrow(block: string): boolean {
  const bits = block.split("/")[1];
  if (bits === undefined) return true;
  return Number(bits) >= (block.includes(":") ? 32 : 8);
}
