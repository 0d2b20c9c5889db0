/** The rules about actions: how they are written, and which a trust or bucket policy may name. */
import type { Document, StatementDocument } from "./document.ts";
import { compileGlob, globParts } from "./glob.ts";
import type { PolicyKind } from "./policy.ts";
import type { PolicyDialect } from "./policy-error.ts";
import type { RuleContext } from "./rule.ts";
import { s3Applicability } from "./s3-actions.ts";

/** KMS keeps a statement without actions; it has no effect. */
export function actionsAreNamed({ statements }: Document, { kind, dialect }: RuleContext) {
  if (dialect === "kms") return undefined;
  for (const { action } of statements) {
    if (action === undefined || action.values.length === 0) {
      return { kind: "actions-missing" } as const;
    }
    for (const name of action.values) {
      const fault = actionFault(name, { kind, dialect, inverted: action.inverted });
      if (fault !== undefined) return { kind: "action-invalid", text: fault } as const;
    }
  }
  return undefined;
}

function actionFault(
  name: string,
  of: { readonly kind: PolicyKind; readonly dialect: PolicyDialect; readonly inverted: boolean },
): string | undefined {
  if (name !== "*") {
    const colons = name.split(":").length - 1;
    if (colons === 0)
      return "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.";
    if (colons > 1) return "Actions/Condition can contain only one colon.";
    const vendor = name.slice(0, name.indexOf(":"));
    if (!/^(?:[A-Za-z0-9._-]+|\*)$/.test(vendor)) return `Vendor ${vendor} is not valid`;
  }
  if (of.kind === "trust" && (of.inverted || !isTrustAction(name))) {
    return "AssumeRole policy may only specify STS AssumeRole actions.";
  }
  if (of.dialect === "s3" && !s3Applicability(name).known) return name;
  return undefined;
}

const trustActions = [
  "sts:assumerole",
  "sts:assumerolewithsaml",
  "sts:assumerolewithwebidentity",
  "sts:tagsession",
  "sts:setsourceidentity",
  "sts:setcontext",
];

function isTrustAction(name: string): boolean {
  const matches = compileGlob(globParts(name.toLowerCase()));
  return /^sts:/i.test(name) && trustActions.some(matches);
}

/** S3 refuses an action that acts on none of its statement's resources. */
export function s3ActionsApply({ statements }: Document, { dialect }: RuleContext) {
  if (dialect !== "s3") return undefined;
  return statements.every(appliesSomewhere)
    ? undefined
    : ({ kind: "action-resource-mismatch" } as const);
}

function appliesSomewhere({ action, resource }: StatementDocument): boolean {
  if (action === undefined || resource === undefined) return true;
  if (action.inverted || resource.inverted) return true;
  const buckets = resource.values.some(canBeBucket);
  const objects = resource.values.some(canBeObject);
  return action.values.every((name) => {
    const on = s3Applicability(name);
    return (on.bucket && buckets) || (on.object && objects);
  });
}

function canBeBucket(resource: string): boolean {
  return !resource.includes("/");
}

function canBeObject(resource: string): boolean {
  return resource.includes("/") || resource.includes("*");
}
