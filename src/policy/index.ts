export type { AccessRequest, AttachedPolicy, MatchingGrant, Policies } from "./access-request.ts";
export type { ContextValues } from "./context.ts";
export { decide } from "./decide.ts";
export type {
  ConditionExplanation,
  Decision,
  DecisionTree,
  PolicyExplanation,
  PolicySide,
  Reason,
  StatementExplanation,
} from "./decision.ts";
export { type ParseOptions, parsePolicy, policySize } from "./parse-policy.ts";
export type { Policy, PolicyKind, Statement } from "./policy.ts";
export { PolicyError } from "./policy-error.ts";
export { type PolicyStatus, policyStatus } from "./policy-status.ts";
export type { PrincipalReference } from "./principal-element.ts";
export { principalReferences, renderWithUniqueIds } from "./principal-names.ts";
export { type DenialWording, renderDenial } from "./render-denial.ts";
export { type Principal } from "./principal.ts";
