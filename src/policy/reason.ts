/** The reasons a decision can have, made without making new ones on the hot path. */
import type { Policies } from "./access-request.ts";
import type { AllowedBy, PolicySide, Reason } from "./decision.ts";

export function missing(...sides: PolicySide[]): Reason & { kind: "implicit-deny" } {
  return { kind: "implicit-deny", missing: sides };
}

export const allowedBy: { readonly [By in AllowedBy]: Reason & { kind: "allowed" } } = {
  identity: { kind: "allowed", by: "identity" },
  resource: { kind: "allowed", by: "resource" },
  "identity-and-resource": { kind: "allowed", by: "identity-and-resource" },
  "root-user": { kind: "allowed", by: "root-user" },
  grant: { kind: "allowed", by: "grant" },
  acl: { kind: "allowed", by: "acl" },
  "no-permission-needed": { kind: "allowed", by: "no-permission-needed" },
};

/** What the policy of such a resource is called. */
export function resourceSide({ resourceKind }: Policies): PolicySide {
  return sideOfResource[resourceKind];
}

const sideOfResource = {
  "kms-key": "key",
  "iam-role-trust": "trust",
  "s3-bucket": "resource",
  none: "resource",
} as const;
