/** Why a decision came out as it did: every policy, every statement, what matched and what did not. */
import type { AccessRequest, AttachedPolicy, Policies } from "./access-request.ts";
import type { Condition } from "./conditions/condition.ts";
import type {
  ConditionExplanation,
  DecisionTree,
  NamedAs,
  PolicyExplanation,
  PolicySide,
  Reason,
  StatementExplanation,
} from "./decision.ts";
import type { Policy, Statement } from "./policy.ts";
import { type Caller, NAMED, naming } from "./principal-element.ts";

export function explainDecision(
  request: AccessRequest,
  policies: Policies,
  reason: Reason,
): DecisionTree {
  const caller = { principal: request.principal, bounded: policies.boundary !== undefined };
  const each = (side: PolicySide, attached: readonly AttachedPolicy[] = []) =>
    attached.map((one) => explainPolicy(side, one, request, caller));
  return {
    reason,
    policies: [
      ...each("rcp", policies.rcps?.flat()),
      ...each("scp", policies.scps?.flat()),
      ...each(sideOf(policies.resource?.policy), optional(policies.resource)),
      ...each("identity", policies.identity),
      ...each("boundary", optional(policies.boundary)),
      ...each("session", policies.session),
    ],
    grants: (policies.grants ?? []).map(({ grantId }) => grantId),
  };
}

function explainPolicy(
  side: PolicySide,
  { policy, name, arn }: AttachedPolicy,
  request: AccessRequest,
  caller: Caller,
): PolicyExplanation {
  const named = side === "resource" || side === "key" || side === "trust";
  const statements = policy.statements.map((statement, index) =>
    explainStatement(statement, index, request, named ? caller : undefined),
  );
  const matched = statements.filter((statement) => statement.matched);
  const denies = matched.some(({ effect }) => effect === "Deny");
  const outcome = denies ? "deny" : matched.length > 0 ? "allow" : "nothing";
  return { side, name, arn, outcome, statements };
}

/** `caller` is given for policies that name principals. */
function explainStatement(
  statement: Statement,
  index: number,
  request: AccessRequest,
  caller: Caller | undefined,
): StatementExplanation {
  const { sid, effect, principals, actions, resources } = statement;
  const bits =
    caller === undefined || principals === undefined ? 0 : naming(principals, effect, caller);
  const conditions = statement.conditions.map((one) => explainCondition(one, request));
  const failed: StatementExplanation["failed"][number][] = [];
  if (caller !== undefined && bits === 0) failed.push("principal");
  if (actions?.covers(request.action.toLowerCase()) !== true) failed.push("action");
  if (resources?.covers(request.resource, request.context) === false) failed.push("resource");
  if (conditions.some(({ matched }) => !matched)) failed.push("condition");
  return {
    index,
    sid,
    effect,
    matched: failed.length === 0,
    failed,
    names: namesIn(bits),
    conditions,
  };
}

function explainCondition(condition: Condition, request: AccessRequest): ConditionExplanation {
  const { operator, key, values } = condition;
  return {
    operator,
    key,
    policyValues: values,
    requestValues: request.context.get(key.toLowerCase()),
    matched: condition.holds(request.context),
  };
}

function namesIn(bits: number): readonly NamedAs[] {
  const ways = ["everyone", "self", "issuer", "account"] as const;
  return ways.filter((way) => (bits & NAMED[way]) !== 0);
}

function sideOf(policy: Policy | undefined): PolicySide {
  if (policy?.kind === "key") return "key";
  return policy?.kind === "trust" ? "trust" : "resource";
}

function optional(attached: AttachedPolicy | undefined): readonly AttachedPolicy[] {
  return attached === undefined ? [] : [attached];
}
