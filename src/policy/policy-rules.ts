/**
 * What a well-formed document must also satisfy. The rules run over the whole document one after
 * another, in AWS's order, so that a document with several faults is refused for the same one:
 * version, legacy parsing, Sids, principals, resources that are no ARNs, actions, resources.
 */
import { actionsAreNamed, s3ActionsApply } from "./action-rules.ts";
import { parseOperatorName } from "./conditions/condition.ts";
import { parseDate } from "./conditions/date.ts";
import type { Document, StatementDocument } from "./document.ts";
import { compileGlob, globParts } from "./glob.ts";
import type { PolicyKind } from "./policy.ts";
import { PolicyError, type PolicyFault } from "./policy-error.ts";
import { parsePrincipal } from "./principal-reference.ts";
import { findResourceFault } from "./resource-arn.ts";
import type { Rule, RuleContext } from "./rule.ts";

const rules: readonly Rule[] = [
  versionIsNew,
  survivesLegacyParsing,
  sidsAreUnique,
  principalsArePlaced,
  principalsAreValid,
  trustHasNoResource,
  resourcesAreArns,
  actionsAreNamed,
  resourcesAreNamed,
  s3ActionsApply,
];

/** Throws the first fault in AWS's order. */
export function checkRules(document: Document, context: RuleContext): void {
  for (const rule of rules) {
    const fault = rule(document, context);
    if (fault !== undefined) throw new PolicyError(context.dialect, fault);
  }
}

function versionIsNew({ version }: Document, { options }: RuleContext): PolicyFault | undefined {
  if (options.version2012 !== true || version === "2012-10-17") return undefined;
  return { kind: "old-version" };
}

/** AWS's older parser has the second look: it knows Effect by case, and reads dates and ARNs. */
function survivesLegacyParsing({ statements }: Document, { dialect }: RuleContext) {
  const lax = dialect === "kms" || dialect === "s3";
  const broken = statements.some(
    (statement) =>
      (statement.effect !== "Allow" && statement.effect !== "Deny") ||
      (!lax && (statement.resource?.values ?? []).some(isLegacyFault)) ||
      statement.conditions.some(({ operator, values }) => hasBadDate(operator, values)),
  );
  return broken ? ({ kind: "legacy-parsing" } as const) : undefined;
}

function isLegacyFault(resource: string): boolean {
  return findResourceFault(resource) === "legacy-parsing";
}

function hasBadDate(operator: string, values: readonly string[]): boolean {
  const parsed = parseOperatorName(operator);
  if (parsed === undefined || parsed.operator === "Null") return false;
  return (
    parsed.operator.name.startsWith("Date") &&
    values.some((value) => parseDate(value) === undefined)
  );
}

function sidsAreUnique({ statements }: Document, { kind, dialect }: RuleContext) {
  const sids = statements.flatMap(({ sid }) => (sid === undefined || sid === "" ? [] : [sid]));
  const plain = dialect === "iam" && kind !== "rcp";
  if (plain && !sids.every((sid) => /^[0-9A-Za-z]*$/.test(sid))) {
    return { kind: "sid-characters" } as const;
  }
  return new Set(sids).size < sids.length ? ({ kind: "sid-duplicate" } as const) : undefined;
}

/** Identity policies name no principals, the others must; NotPrincipal is no way to trust. */
function principalsArePlaced({ statements }: Document, { kind }: RuleContext) {
  const named = kind === "resource" || kind === "key" || kind === "trust" || kind === "rcp";
  for (const { principal } of statements) {
    if (principal === undefined) {
      if (named) return { kind: "principal-missing" } as const;
      continue;
    }
    const field = principal.inverted ? "NotPrincipal" : "Principal";
    if (!named || ((kind === "trust" || kind === "rcp") && principal.inverted)) {
      return { kind: "prohibited-field", field } as const;
    }
  }
  return undefined;
}

function principalsAreValid({ statements }: Document, { kind }: RuleContext) {
  for (const { principal } of statements) {
    for (const { type, value } of principal?.entries ?? []) {
      const fault = principalFault(type, value, kind);
      if (fault !== undefined) return fault;
    }
    if (principal?.entries.length === 0) {
      return { kind: "principal-invalid", type: "AWS", value: "" } as const;
    }
  }
  return undefined;
}

function principalFault(type: string, value: string, kind: PolicyKind): PolicyFault | undefined {
  const reference = parsePrincipal(type, value);
  const onlyEveryone = kind === "rcp" && reference?.form !== "everyone";
  const misplaced = reference?.form === "canonical-user" && kind !== "resource";
  if (reference !== undefined && !onlyEveryone && !misplaced) return undefined;
  if (type === "AWS" && value.startsWith("arn:")) return { kind: "principal-arn", value };
  return { kind: "principal-invalid", type, value };
}

function trustHasNoResource({ statements }: Document, { kind }: RuleContext) {
  const about = statements.find(({ resource }) => resource !== undefined)?.resource;
  if (kind !== "trust" || about === undefined) return undefined;
  return { kind: "prohibited-field", field: about.inverted ? "NotResource" : "Resource" } as const;
}

function resourcesAreArns({ statements }: Document, { dialect, options }: RuleContext) {
  const resources = statements.flatMap(({ resource }) => resource?.values ?? []);
  if (dialect === "kms") return undefined;
  for (const resource of resources) {
    const fault = dialect === "s3" ? undefined : findResourceFault(resource);
    if (fault !== undefined && fault !== "legacy-parsing") {
      return { kind: "resource-invalid", text: fault.text } as const;
    }
    if (dialect === "s3" && !isOfBucket(resource, options.bucket)) {
      return { kind: "resource-invalid", text: resource } as const;
    }
  }
  return undefined;
}

function isOfBucket(resource: string, bucket: string | undefined): boolean {
  const found = /^arn:(?:aws[a-z-]*|\*):s3:::([^/]*)/.exec(resource);
  if (found === null) return false;
  return bucket === undefined || compileGlob(globParts(found[1] ?? ""))(bucket);
}

function resourcesAreNamed({ statements }: Document, { kind, dialect }: RuleContext) {
  if (kind === "trust" || dialect === "kms") return undefined;
  return statements.some(lacksResource) ? ({ kind: "resources-missing" } as const) : undefined;
}

function lacksResource({ resource }: StatementDocument): boolean {
  return (resource?.values ?? []).length === 0;
}
