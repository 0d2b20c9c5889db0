/** The callers of the decision cases, by the names that testdata/ uses. */
import type { Principal } from "../principal.ts";

export const cast: ReadonlyMap<string, Principal> = new Map<string, Principal>([
  ["anonymous", { kind: "anonymous" }],
  [
    "root",
    {
      kind: "root",
      accountId: "123456789012",
      arn: "arn:aws:iam::123456789012:root",
      canonicalId: "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
    },
  ],
  [
    "alice",
    {
      kind: "user",
      accountId: "123456789012",
      arn: "arn:aws:iam::123456789012:user/alice",
      uniqueId: "AIDAALICE00000000000A",
      canonicalId: "c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00",
    },
  ],
  [
    "bob",
    {
      kind: "user",
      accountId: "123456789012",
      arn: "arn:aws:iam::123456789012:user/staff/bob",
      uniqueId: "AIDABOB0000000000000B",
    },
  ],
  [
    "app",
    {
      kind: "role-session",
      accountId: "123456789012",
      arn: "arn:aws:sts::123456789012:assumed-role/AppServerRole/i-1",
      issuerArn: "arn:aws:iam::123456789012:role/AppServerRole",
      uniqueId: "AROAAPP0000000000000A",
    },
  ],
  [
    "processing",
    {
      kind: "role-session",
      accountId: "123456789012",
      arn: "arn:aws:sts::123456789012:assumed-role/DataProcessingRole/job",
      issuerArn: "arn:aws:iam::123456789012:role/DataProcessingRole",
      uniqueId: "AROAPROCESSING0000000",
    },
  ],
  [
    "key-admin",
    {
      kind: "role-session",
      accountId: "123456789012",
      arn: "arn:aws:sts::123456789012:assumed-role/KeyAdminRole/ann",
      issuerArn: "arn:aws:iam::123456789012:role/KeyAdminRole",
      uniqueId: "AROAKEYADMIN000000000",
    },
  ],
  [
    "service-linked",
    {
      kind: "role-session",
      accountId: "123456789012",
      arn: "arn:aws:sts::123456789012:assumed-role/AWSServiceRoleForX/x",
      issuerArn:
        "arn:aws:iam::123456789012:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
      uniqueId: "AROALINKED00000000000",
      serviceLinked: true,
    },
  ],
  [
    "federated",
    {
      kind: "federated-user",
      accountId: "123456789012",
      arn: "arn:aws:sts::123456789012:federated-user/fred",
      issuerArn: "arn:aws:iam::123456789012:user/alice",
      uniqueId: "AIDAALICE00000000000A",
    },
  ],
  [
    "federated-by-root",
    {
      kind: "federated-user",
      accountId: "123456789012",
      arn: "arn:aws:sts::123456789012:federated-user/rita",
      issuerArn: "arn:aws:iam::123456789012:root",
      uniqueId: "123456789012",
    },
  ],
  [
    "partner-root",
    { kind: "root", accountId: "999888777666", arn: "arn:aws:iam::999888777666:root" },
  ],
  [
    "partner-user",
    {
      kind: "user",
      accountId: "999888777666",
      arn: "arn:aws:iam::999888777666:user/pat",
      uniqueId: "AIDAPAT0000000000000P",
    },
  ],
  [
    "partner",
    {
      kind: "role-session",
      accountId: "999888777666",
      arn: "arn:aws:sts::999888777666:assumed-role/CrossAccountRole/s1",
      issuerArn: "arn:aws:iam::999888777666:role/CrossAccountRole",
      uniqueId: "AROAPARTNER0000000000",
    },
  ],
  ["cloudtrail", { kind: "service", service: "cloudtrail.amazonaws.com" }],
  [
    "web-identity",
    {
      kind: "web-identity",
      provider: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com",
    },
  ],
]);
