/**
 * Who asks. `arn` is the ARN that denials name: of a role session the assumed-role ARN, while
 * `issuerArn` and `uniqueId` are those of the role behind it.
 */
export type Principal =
  | AnonymousPrincipal
  | RootPrincipal
  | UserPrincipal
  | RoleSessionPrincipal
  | FederatedUserPrincipal
  | WebIdentityPrincipal
  | ServicePrincipal;

/** An unsigned request. */
interface AnonymousPrincipal {
  readonly kind: "anonymous";
}

interface OfAccount {
  readonly accountId: string;
  readonly arn: string;
  /** The account's S3 canonical id, 64 hexadecimal digits, where policies may name it. */
  readonly canonicalId?: string;
}

/** The account's root user, or a GetSessionToken session of it. */
interface RootPrincipal extends OfAccount {
  readonly kind: "root";
}

/** An IAM user, or a GetSessionToken session of it. */
interface UserPrincipal extends OfAccount {
  readonly kind: "user";
  /** `AIDA…` */
  readonly uniqueId: string;
}

interface RoleSessionPrincipal extends OfAccount {
  readonly kind: "role-session";
  /** The role's ARN, with its path. */
  readonly issuerArn: string;
  /** The role's `AROA…`. */
  readonly uniqueId: string;
  /** Service control and resource control policies leave service-linked roles alone. */
  readonly serviceLinked?: true;
}

/** A GetFederationToken session. */
interface FederatedUserPrincipal extends OfAccount {
  readonly kind: "federated-user";
  /** The user's ARN, or the root user's. */
  readonly issuerArn: string;
  /** The user's `AIDA…`, or the account id. */
  readonly uniqueId: string;
}

/** The bearer of a web identity token or SAML assertion, before it has a role. */
interface WebIdentityPrincipal {
  readonly kind: "web-identity";
  /** The ARN of the OIDC or SAML provider. */
  readonly provider: string;
}

/** An AWS service acting for itself. */
interface ServicePrincipal {
  readonly kind: "service";
  /** `cloudtrail.amazonaws.com` */
  readonly service: string;
}

/** The account a principal belongs to; undefined for those that belong to none. */
export function accountOf(principal: Principal): string | undefined {
  return "accountId" in principal ? principal.accountId : undefined;
}
