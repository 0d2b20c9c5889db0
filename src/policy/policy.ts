import type { ActionElement } from "./action-element.ts";
import type { Condition } from "./conditions/condition.ts";
import type { PrincipalElement } from "./principal-element.ts";
import type { ResourceElement } from "./resource-element.ts";

/** What a policy is attached to, which decides its grammar and the words of its refusals. */
export type PolicyKind =
  | "identity"
  | "resource"
  | "key"
  | "trust"
  | "boundary"
  | "session"
  | "scp"
  | "rcp";

/** A policy document, read once and compiled: deciding by it parses nothing. */
export interface Policy {
  readonly kind: PolicyKind;
  /** The document as it was given, byte for byte. */
  readonly text: string;
  readonly version: "2012-10-17" | "2008-10-17";
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  /** Absent in identity policies; a statement of a resource policy without one matches nobody. */
  readonly principals: PrincipalElement | undefined;
  /** Absent only in key policies, where the statement then has no effect. */
  readonly actions: ActionElement | undefined;
  /** Absent in trust policies, which are about their role, and in ineffective key statements. */
  readonly resources: ResourceElement | undefined;
  readonly conditions: readonly Condition[];
}
