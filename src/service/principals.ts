import type { AttachedPolicy } from "../policy/index.ts";
import type { View } from "../records/index.ts";
import type { AuthenticatedCaller } from "./caller.ts";

/** The policies on the caller's own side of a decision. */
export interface PrincipalPolicies {
  readonly identity: readonly AttachedPolicy[];
  readonly boundary?: AttachedPolicy;
  /** Of a session: present and empty means that none were passed. */
  readonly session?: readonly AttachedPolicy[];
  readonly scps?: readonly (readonly AttachedPolicy[])[];
}

/** What services need of IAM; iam/ implements it and main.ts passes it in. */
export interface Principals {
  policiesOf(caller: AuthenticatedCaller, view: View): Promise<PrincipalPolicies>;
  /**
   * The unique id of the user or role of an ARN in a resource policy; the account id for an
   * account's root. Undefined: there is none, and a policy that names it is refused.
   */
  resolve(arn: string, view: View): Promise<string | undefined>;
}
