import type { AccessRequest, AttachedPolicy } from "./access-request.ts";

/** The kinds of policy that a decision looks at, `key` and `trust` being resource policies too. */
export type PolicySide =
  | "identity"
  | "resource"
  | "key"
  | "trust"
  | "boundary"
  | "session"
  | "scp"
  | "rcp";

/** What permits: `grant` and `acl` stand beside policies. */
export type AllowedBy =
  | "identity"
  | "resource"
  | "identity-and-resource"
  | "root-user"
  | "grant"
  | "acl"
  | "no-permission-needed";

export type Reason =
  | { readonly kind: "allowed"; readonly by: AllowedBy }
  | {
      readonly kind: "explicit-deny";
      readonly by: PolicySide;
      readonly policy: AttachedPolicy;
      /** The statement's position in the policy. */
      readonly statement: number;
    }
  | {
      readonly kind: "implicit-deny";
      /** The sides without an allow, never empty; the first is the one that AWS names. */
      readonly missing: readonly PolicySide[];
    };

export interface Decision {
  readonly allowed: boolean;
  readonly reason: Reason;
  readonly request: AccessRequest;
  /** Whether caller and resource belong to different accounts; denials then say less. */
  readonly crossAccount: boolean;
  /** Looks at every statement again and says what matched; worked out when asked for. */
  explain(): DecisionTree;
}

/** How a statement names the caller: see `NAMED`. */
export type NamedAs = "everyone" | "self" | "issuer" | "account";

export interface DecisionTree {
  readonly reason: Reason;
  readonly policies: readonly PolicyExplanation[];
  /** The ids of the grants that allow. */
  readonly grants: readonly string[];
}

export interface PolicyExplanation {
  readonly side: PolicySide;
  readonly name: string;
  readonly arn: string | undefined;
  readonly outcome: "deny" | "allow" | "nothing";
  readonly statements: readonly StatementExplanation[];
}

export interface StatementExplanation {
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  /** Whether all of it matched, so that its effect counts. */
  readonly matched: boolean;
  /** The elements that did not match, in the order of the statement's evaluation. */
  readonly failed: readonly ("principal" | "action" | "resource" | "condition")[];
  /** How it names the caller; empty in identity policies. */
  readonly names: readonly NamedAs[];
  readonly conditions: readonly ConditionExplanation[];
}

export interface ConditionExplanation {
  readonly operator: string;
  readonly key: string;
  readonly policyValues: readonly string[];
  /** The request's values; undefined when it has none for the key. */
  readonly requestValues: readonly string[] | undefined;
  readonly matched: boolean;
}
