/** A decision on one target, with the policies of both sides and the condition keys of the request. */
import {
  type ContextValues,
  type Decision,
  decide as decidePolicies,
  renderDenial,
} from "../policy/index.ts";
import type { View } from "../records/index.ts";
import { ServiceError, type ServiceName } from "../wire/index.ts";
import type { Caller } from "./caller.ts";
import type { Target } from "./operation.ts";
import type { PrincipalPolicies, Principals } from "./principals.ts";

/** Who asks, under which conditions, as one run sees it. */
export interface Asker {
  readonly caller: Caller;
  readonly principals: Principals;
  readonly view: View;
  readonly context: ContextValues;
}

const NO_POLICIES: PrincipalPolicies = { identity: [] };

/** Whether the caller may act on the target, and why. */
export async function decideTarget(asker: Asker, target: Target): Promise<Decision> {
  const { caller, principals, view, context } = asker;
  const own = caller.kind === "anonymous" ? NO_POLICIES : await principals.policiesOf(caller, view);
  return decidePolicies(
    {
      principal: caller.principal,
      action: target.action,
      resource: target.arn,
      resourceAccount: target.accountId,
      context: {
        get: (key) =>
          target.context?.get(key) ??
          context.get(key) ??
          (key === "aws:resourceaccount" ? [target.accountId] : undefined),
      },
    },
    {
      ...own,
      resourceKind: target.resourceKind,
      ...(target.policy && { resource: target.policy }),
      ...(target.grants && { grants: target.grants }),
    },
  );
}

/** AWS's refusal, in the words and with the code of the service that refuses. */
export function accessDenied(
  service: ServiceName,
  target: Target,
  decision: Decision,
): ServiceError {
  const code =
    service === "kms" || service === "cloudtrail" ? "AccessDeniedException" : "AccessDenied";
  const status = code === "AccessDenied" ? 403 : 400;
  const message = renderDenial(decision, {
    service,
    ...(target.deniedAs !== undefined && { resource: target.deniedAs }),
  });
  return new ServiceError(code, status, message);
}
