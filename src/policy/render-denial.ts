/** A denial in AWS's words of 2026, which name the kind of policy that stood in the way. */
import type { Decision, PolicySide } from "./decision.ts";
import type { Principal } from "./principal.ts";

/** Who answers, and what it calls the resource. */
export interface DenialWording {
  readonly service: "s3" | "kms" | "iam" | "sts" | "cloudtrail";
  /**
   * For KMS: `ciphertext` for Decrypt without a key id; `this` for a key that cannot be resolved.
   * A key of another account is `this` anyway.
   */
  readonly resource?: "named" | "this" | "ciphertext";
}

const BARE_S3 = "Access Denied";

/** The message of the AccessDenied error; the decision must be a denial. */
export function renderDenial(decision: Decision, wording: DenialWording): string {
  const { principal, action } = decision.request;
  // AWS: S3 tells strangers nothing; detail is for callers of the bucket's own account.
  if (wording.service === "s3" && (decision.crossAccount || !("arn" in principal))) return BARE_S3;
  if (principal.kind === "web-identity") return `Not authorized to perform ${action}`;
  const subject = `User: ${nameOf(principal)} is not authorized to perform: ${action}`;
  const parts = [subject, resourceText(decision, wording), contextText(decision, wording)];
  return parts.filter((part) => part !== "").join(" ");
}

function nameOf(principal: Principal): string {
  if ("arn" in principal) return principal.arn;
  return principal.kind === "service" ? principal.service : "anonymous";
}

function resourceText({ request, crossAccount }: Decision, wording: DenialWording): string {
  if (wording.resource === "ciphertext") return "on the resource associated with this ciphertext";
  const unnamed = wording.resource === "this" || (wording.service === "kms" && crossAccount);
  if (unnamed) return "on this resource";
  const quote = wording.service === "s3" ? '"' : "";
  return `on resource: ${quote}${request.resource}${quote}`;
}

const POLICY_TYPE: { readonly [Side in PolicySide]: string } = {
  identity: "identity-based policy",
  resource: "resource-based policy",
  key: "resource-based policy",
  trust: "role trust policy",
  boundary: "permissions boundary",
  session: "session policy",
  scp: "service control policy",
  rcp: "resource control policy",
};

/** AWS: of a key that is foreign or unknown, its policy and whether it exists are one answer. */
const MERGED_KEY_REASON =
  "because the resource does not exist in this Region, no resource-based policies allow access, or a resource-based policy explicitly denies access";

function contextText({ reason, request, crossAccount }: Decision, wording: DenialWording): string {
  if (reason.kind === "allowed") return "";
  const side = reason.kind === "explicit-deny" ? reason.by : reason.missing[0];
  // AWS: a trust policy that refuses is not mentioned, whether it denies or says nothing.
  if (side === undefined || side === "trust") return "";
  if (side === "key" && (crossAccount || wording.resource === "this")) return MERGED_KEY_REASON;
  if (reason.kind === "implicit-deny" && side !== "rcp") {
    return `because no ${POLICY_TYPE[side]} allows the ${request.action} action`;
  }
  const arn = reason.kind === "explicit-deny" ? reason.policy.arn : undefined;
  return `with an explicit deny in ${articleFor(side)} ${POLICY_TYPE[side]}${arnText(side, arn)}`;
}

function articleFor(side: PolicySide): string {
  return side === "identity" ? "an" : "a";
}

/** Managed policies have an ARN; that of a bucket or key is not a policy's. */
function arnText(side: PolicySide, arn: string | undefined): string {
  return arn === undefined || side === "resource" || side === "key" ? "" : `: ${arn}`;
}
