import { assert } from "../base/index.ts";
import { Findings, structureCheck } from "./constraint-check.ts";
import { isEntries, type Entries } from "./entries.ts";
import type { Route } from "./exchange.ts";
import type { ServiceName } from "./operation-types.ts";
import { malformedXml, missingHeader, missingRequestBody, invalidArgument } from "./s3-errors.ts";
import { ServiceError } from "./service-error.ts";
import type { Member, OperationShape } from "./shape.ts";

const CODES: Readonly<Record<Exclude<ServiceName, "s3">, string>> = {
  kms: "ValidationException",
  cloudtrail: "ValidationException",
  iam: "ValidationError",
  sts: "ValidationError",
};

/**
 * Throws ServiceError when an input lacks a required member or breaks a constraint of the model:
 * with AWS's message for KMS, CloudTrail, IAM and STS, with S3's own codes for S3. What a value
 * means is the handlers' to judge.
 */
export function validateInput(route: Route, input: object): void {
  const { service, shape } = route;
  if (shape.input === undefined) return;
  assert(isEntries(input), "an input is an object");
  if (service === "s3") {
    for (const check of s3Checks(shape)) check(input);
    return;
  }
  const findings = new Findings({ terse: service === "iam" });
  structureCheck(shape.input)(input, "", findings);
  const message = findings.message();
  if (message !== undefined) throw new ServiceError(CODES[service], 400, message);
}

type S3Check = (input: Entries) => void;

const compiled = new WeakMap<OperationShape, readonly S3Check[]>();

function s3Checks(shape: OperationShape): readonly S3Check[] {
  let checks = compiled.get(shape);
  if (checks === undefined) {
    checks = shape.input?.members.flatMap((member) => s3Check(member)) ?? [];
    compiled.set(shape, checks);
  }
  return checks;
}

/** Labels are always there: the router found the operation by them. */
function s3Check(member: Member): S3Check[] {
  const { name, place, required } = member;
  if (place === undefined || place.in === "payload") return [documentCheck(member)];
  if (!required || (place.in !== "header" && place.in !== "query")) return [];
  return [
    (input) => {
      if (input[name] !== undefined) return;
      if (place.in === "header") throw missingHeader(place.name);
      throw invalidArgument(`Missing required parameter ${place.name}`, place.name, "");
    },
  ];
}

/** A document that lacks a required element, or has an unknown word for a known one, is malformed. */
function documentCheck({ name, place, required, shape }: Member): S3Check {
  const check = shape.kind === "structure" ? structureCheck(shape) : undefined;
  return (input) => {
    const value = input[name];
    if (value === undefined) {
      if (!required) return;
      throw place === undefined ? malformedXml() : missingRequestBody();
    }
    const findings = new Findings({ terse: true });
    check?.(value, "", findings);
    if (!findings.none) throw malformedXml();
  };
}
