/** Whether one policy allows or denies a request. This is the hot path: it allocates nothing. */
import type { AttachedPolicy } from "./access-request.ts";
import type { ContextValues } from "./context.ts";
import type { Statement } from "./policy.ts";
import { type Caller, NAMED, naming } from "./principal-element.ts";

/** The parts of a request that statements look at. */
export interface Asked extends Caller {
  /** In lower case. */
  readonly action: string;
  readonly resource: string;
  readonly context: ContextValues;
}

export interface Denial {
  readonly policy: AttachedPolicy;
  readonly statement: number;
}

/** Whether action, resource and conditions match: all of a statement but its principals. */
function concerns(statement: Statement, asked: Asked): boolean {
  return statement.actions?.covers(asked.action) === true && concernsResource(statement, asked);
}

function concernsResource({ resources, conditions }: Statement, asked: Asked): boolean {
  if (resources !== undefined && !resources.covers(asked.resource, asked.context)) return false;
  for (const condition of conditions) if (!condition.holds(asked.context)) return false;
  return true;
}

/** The first statement that denies, in policies that name no principals. */
export function findDeny(
  policies: readonly AttachedPolicy[] | undefined,
  asked: Asked,
): Denial | undefined {
  if (policies === undefined) return undefined;
  for (const attached of policies) {
    const { statements } = attached.policy;
    for (let i = 0; i < statements.length; i++) {
      const statement = statements[i];
      if (statement?.effect === "Deny" && concerns(statement, asked)) {
        return { policy: attached, statement: i };
      }
    }
  }
  return undefined;
}

/** Whether any of the policies, which name no principals, allows. */
export function anyAllows(policies: readonly AttachedPolicy[], asked: Asked): boolean {
  for (const { policy } of policies) {
    for (const statement of policy.statements) {
      if (statement.effect === "Allow" && concerns(statement, asked)) return true;
    }
  }
  return false;
}

/** The first statement that names the caller and denies. */
export function findResourceDeny(attached: AttachedPolicy, asked: Asked): Denial | undefined {
  const { statements } = attached.policy;
  for (let i = 0; i < statements.length; i++) {
    const statement = statements[i];
    if (statement?.effect === "Deny" && namingOf(statement, asked) !== 0) {
      return { policy: attached, statement: i };
    }
  }
  return undefined;
}

/** How the policy's Allow statements name the caller: bits of `NAMED`, 0 when none allows. */
export function resourceAllows(attached: AttachedPolicy, asked: Asked): number {
  const direct = NAMED.everyone | NAMED.self;
  let named = 0;
  for (const statement of attached.policy.statements) {
    if (statement.effect === "Allow") named |= namingOf(statement, asked);
    if ((named & direct) !== 0) return named;
  }
  return named;
}

/** How a matching statement names the caller; 0 when it does not match. */
function namingOf(statement: Statement, asked: Asked): number {
  const { actions, principals, effect } = statement;
  if (principals === undefined || actions?.covers(asked.action) !== true) return 0;
  const named = naming(principals, effect, asked);
  return named !== 0 && concernsResource(statement, asked) ? named : 0;
}
