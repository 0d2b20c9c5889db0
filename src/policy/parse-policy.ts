/** A policy document, from text to something a decision can use. */
import { compileActions } from "./action-element.ts";
import { compileCondition, type Condition, parseOperatorName } from "./conditions/condition.ts";
import {
  type ConditionDocument,
  parseDocument,
  type PrincipalDocument,
  type StatementDocument,
} from "./document.ts";
import { BUCKET_POLICY_BYTES_MAX, KEY_POLICY_BYTES_MAX } from "./limits.ts";
import { checkRules } from "./policy-rules.ts";
import type { PolicyOptions } from "./rule.ts";
import type { Policy, PolicyKind, Statement } from "./policy.ts";
import { type PolicyDialect, PolicyError } from "./policy-error.ts";
import { type BoundIds, compilePrincipals } from "./principal-element.ts";
import { parsePrincipal } from "./principal-reference.ts";
import { compileResources } from "./resource-element.ts";

export interface ParseOptions extends PolicyOptions {
  /**
   * The unique ids that the policy's user and role ARNs stood for when it was put. A name that is
   * here matches by its id alone: who is deleted and made again under the same name is another.
   */
  readonly boundIds?: BoundIds;
}

/** Reads and compiles a document, or throws `PolicyError` with AWS's code and text. */
export function parsePolicy(text: string, kind: PolicyKind, options: ParseOptions = {}): Policy {
  const dialect = DIALECT[kind];
  // S3 wants the very first byte to be the brace; the others skip white space.
  if (dialect === "s3" && !text.startsWith("{")) throw new PolicyError(dialect, { kind: "json" });
  const document = parseDocument(text, dialect);
  if (Buffer.byteLength(text) > bytesMax(kind))
    throw new PolicyError(dialect, { kind: "too-large" });
  checkRules(document, { kind, dialect, options });

  const version = document.version === "2012-10-17" ? "2012-10-17" : "2008-10-17";
  const compile = compileFor(kind, {
    variables: version === "2012-10-17",
    boundIds: options.boundIds ?? new Map(),
  });
  return { kind, text, version, id: document.id, statements: document.statements.map(compile) };
}

const DIALECT: { readonly [Kind in PolicyKind]: PolicyDialect } = {
  resource: "s3",
  key: "kms",
  trust: "trust",
  identity: "iam",
  boundary: "iam",
  session: "iam",
  scp: "iam",
  rcp: "iam",
};

/** IAM counts its policies without white space and by what they are attached to: `policySize`. */
function bytesMax(kind: PolicyKind): number {
  if (kind === "key") return KEY_POLICY_BYTES_MAX;
  return kind === "resource" ? BUCKET_POLICY_BYTES_MAX : Infinity;
}

/** The characters that IAM's quotas count: all but JSON's white space. */
export function policySize(text: string): number {
  return text.replaceAll(/[ \t\n\r]/g, "").length;
}

function compileFor(
  kind: PolicyKind,
  { variables, boundIds }: { readonly variables: boolean; readonly boundIds: BoundIds },
): (document: StatementDocument) => Statement {
  return ({ sid, effect, principal, action, resource, conditions }) => ({
    sid,
    effect: effect === "Deny" ? "Deny" : "Allow",
    principals: principal && compilePrincipal(principal, boundIds),
    actions: action && compileActions(action.values, action),
    resources:
      kind === "trust"
        ? undefined
        : compileResources(resource?.values ?? [], {
            inverted: resource?.inverted ?? false,
            variables,
          }),
    conditions: conditions.flatMap((condition) => compileOne(condition, { variables })),
  });
}

function compilePrincipal({ entries, inverted }: PrincipalDocument, boundIds: BoundIds) {
  const references = entries.flatMap(({ type, value }) => parsePrincipal(type, value) ?? []);
  return compilePrincipals(references, { inverted, boundIds });
}

function compileOne(
  condition: ConditionDocument,
  options: { readonly variables: boolean },
): readonly Condition[] {
  const name = parseOperatorName(condition.operator);
  return name === undefined ? [] : [compileCondition(name, condition, options)];
}
