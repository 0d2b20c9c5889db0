import { assert } from "../../base/index.ts";
import type { RoleRecord, View } from "../../records/index.ts";
import {
  type AuthenticatedCaller,
  operation,
  type Scope,
  type Target,
} from "../../service/index.ts";
import type { Input } from "../../wire/index.ts";
import { parseArn, roleArn, roleSessionArn } from "../arns.ts";
import { sessionContents } from "../callers.ts";
import { compiledTrust } from "../compiled-policy.ts";
import {
  exceedsChainMaximum,
  exceedsRoleMaximum,
  mfaFailed,
  rootAssumesNothing,
  sourceIdentityKept,
  validationError,
} from "../errors.ts";
import { CHAINED_SESSION_SECONDS_MAX, SESSION_SECONDS_DEFAULT } from "../limits.ts";
import { newSession } from "../new-session.ts";
import { getNamedOwner } from "../owners.ts";
import { recordedCredentials } from "../recorded-credentials.ts";
import { packedSize, packSession } from "../session-request.ts";
import { type Context, requestTags, resourceTags } from "../targets.ts";

type AssumeInput = Input<"sts", "AssumeRole">;

interface RoleTarget extends Target {
  readonly role?: RoleRecord;
}

/**
 * Credentials of a role, for those whom its trust policy lets in. AWS: a role that is not there
 * refuses in the same words as one that does not trust the caller.
 */
export const assumeRole = operation({
  service: "sts",
  name: "AssumeRole",
  event: { category: "management", readOnly: true },
  details: {
    response: ({ Credentials, AssumedRoleUser, SourceIdentity, PackedPolicySize }) => ({
      credentials: recordedCredentials(Credentials),
      assumedRoleUser: {
        assumedRoleId: AssumedRoleUser?.AssumedRoleId,
        arn: AssumedRoleUser?.Arn,
      },
      sourceIdentity: SourceIdentity,
      packedPolicySize: PackedPolicySize,
    }),
  },

  async targets(input, scope): Promise<readonly RoleTarget[]> {
    const caller = callerOf(scope);
    if (!/^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+/.test(input.RoleArn)) {
      throw validationError(`${input.RoleArn} is invalid`);
    }
    if (caller.kind === "root") throw rootAssumesNothing();
    const role = await findRole(input.RoleArn, scope.view);
    const target = targetOf(input, { role, caller });
    const also = (action: string): RoleTarget => ({ ...target, action });
    const tagged = (input.Tags ?? []).length > 0 || inheritedTags(caller);
    const identified = sourceIdentityOf(input, caller) !== undefined;
    return [
      target,
      ...(tagged ? [also("sts:TagSession")] : []),
      ...(identified ? [also("sts:SetSourceIdentity")] : []),
    ];
  },

  async handle(input, [target], scope) {
    const role = target?.role;
    assert(role, "no trust policy lets anybody into a role that is not there");
    const caller = callerOf(scope);
    // No caller has an MFA device that could have made the code.
    if (input.SerialNumber !== undefined || input.TokenCode !== undefined) throw mfaFailed();
    const { RoleSessionName: name, DurationSeconds: seconds = SESSION_SECONDS_DEFAULT } = input;
    if (caller.kind === "role-session" && seconds > CHAINED_SESSION_SECONDS_MAX) {
      throw exceedsChainMaximum();
    }
    if (seconds > role.maxSessionSeconds) throw exceedsRoleMaximum();
    const sourceIdentity = sourceIdentityOf(input, caller);
    const { accountId, id: uniqueId } = role;
    const packed = await packSession(input, sessionContents(caller), {
      accountId,
      view: scope.view,
    });
    const size = packedSize(packed);
    const { credentials, change } = await newSession(scope, {
      kind: "role-session",
      accountId,
      uniqueId,
      name,
      seconds,
      mfa: false,
      ...packed,
      ...(sourceIdentity !== undefined && { sourceIdentity }),
    });
    const output = {
      Credentials: credentials,
      AssumedRoleUser: {
        AssumedRoleId: `${uniqueId}:${name}`,
        Arn: roleSessionArn(accountId, role.name, name),
      },
      ...(size !== undefined && { PackedPolicySize: size }),
      ...(sourceIdentity !== undefined && { SourceIdentity: sourceIdentity }),
    };
    return { output, change };
  },
});

function callerOf({ caller }: Scope): AuthenticatedCaller {
  assert(caller.kind !== "anonymous", "STS answers authenticated callers only");
  return caller;
}

async function findRole(arn: string, view: View): Promise<RoleRecord | undefined> {
  const parsed = parseArn(arn);
  if (parsed?.kind !== "role") return undefined;
  const role = (await getNamedOwner(view, "role", parsed))?.value;
  return role && roleArn(role) === arn ? role : undefined;
}

function targetOf(
  input: AssumeInput,
  { role, caller }: { readonly role: RoleRecord | undefined; readonly caller: AuthenticatedCaller },
): RoleTarget {
  const { RoleArn: arn } = input;
  const accountId = role?.accountId ?? parseArn(arn)?.accountId ?? caller.accountId;
  const target = {
    action: "sts:AssumeRole",
    arn,
    accountId,
    resourceKind: "iam-role-trust",
    context: contextOf(input, { role, caller }),
  } as const;
  if (!role) return target;
  const resource = { type: "AWS::IAM::Role", arn, accountId };
  return { ...target, role, policy: compiledTrust(role), resource };
}

function contextOf(
  input: AssumeInput,
  { role, caller }: { readonly role: RoleRecord | undefined; readonly caller: AuthenticatedCaller },
): Context {
  const context = new Map([...requestTags(input.Tags ?? []), ...resourceTags(role?.tags ?? [])]);
  const set = (key: string, value: string | undefined) =>
    value === undefined ? undefined : context.set(key, [value]);
  set("sts:externalid", input.ExternalId);
  set("sts:rolesessionname", input.RoleSessionName);
  set("sts:sourceidentity", sourceIdentityOf(input, caller));
  set("sts:durationseconds", input.DurationSeconds?.toString());
  if (input.TransitiveTagKeys) context.set("sts:transitivetagkeys", input.TransitiveTagKeys);
  return context;
}

/** AWS: a source identity, once set, stays through every further role. */
function sourceIdentityOf(
  { SourceIdentity }: AssumeInput,
  { session }: AuthenticatedCaller,
): string | undefined {
  const before = session?.sourceIdentity;
  if (before !== undefined && SourceIdentity !== undefined && before !== SourceIdentity) {
    throw sourceIdentityKept();
  }
  return before ?? SourceIdentity;
}

function inheritedTags(caller: AuthenticatedCaller): boolean {
  return (sessionContents(caller)?.transitiveTagKeys.length ?? 0) > 0;
}
