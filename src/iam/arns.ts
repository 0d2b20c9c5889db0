/** IAM's names for things, and back: IAM User Guide, "IAM identifiers". */

export const rootArn = (accountId: string) => `arn:aws:iam::${accountId}:root`;

interface Named {
  readonly accountId: string;
  readonly path: string;
  readonly name: string;
}

export const userArn = ({ accountId, path, name }: Named) =>
  `arn:aws:iam::${accountId}:user${path}${name}`;

export const roleArn = ({ accountId, path, name }: Named) =>
  `arn:aws:iam::${accountId}:role${path}${name}`;

/** The account of AWS's own policies is `aws`. */
export const policyArn = ({ accountId, path, name }: Named) =>
  `arn:aws:iam::${accountId}:policy${path}${name}`;

/** Without the role's path. */
export const roleSessionArn = (accountId: string, roleName: string, sessionName: string) =>
  `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;

export interface IamArn extends Named {
  readonly kind: "user" | "role" | "policy";
}

const ENTITY = /^arn:aws:iam::(\d{12}|aws):(user|role|policy)((?:\/[!-.0-~]+)*\/)([\w+=,.@-]+)$/;
const ROOT = /^arn:aws:iam::(\d{12}):root$/;
const ROLE_SESSION = /^arn:aws:sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/([\w+=,.@-]+)$/;

/** Undefined when it names no user, role or managed policy. */
export function parseArn(arn: string): IamArn | undefined {
  const [, accountId, kind, path, name] = ENTITY.exec(arn) ?? [];
  if (accountId === undefined || path === undefined || name === undefined) return undefined;
  return { kind: kind as IamArn["kind"], accountId, path, name };
}

/** The account of a root user's ARN. */
export function accountOfRootArn(arn: string): string | undefined {
  return ROOT.exec(arn)?.[1];
}

export function parseRoleSessionArn(
  arn: string,
): { readonly accountId: string; readonly roleName: string } | undefined {
  const [, accountId, roleName] = ROLE_SESSION.exec(arn) ?? [];
  return accountId === undefined || roleName === undefined ? undefined : { accountId, roleName };
}
