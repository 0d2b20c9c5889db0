/** One deployment for the suites of one test file, and the principals that they act as. */
import { after, before } from "node:test";
import { clientsFor, type Clients } from "./clients.ts";
import { fresh } from "./names.ts";
import {
  Server,
  target,
  targetEndpoint,
  type Credentials,
  type Endpoint,
  type ServerOptions,
} from "./server.ts";

export interface User extends Clients {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
}

export interface Role {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
}

/** A policy document, or the statements of one. */
export type Statements =
  | Readonly<Record<string, unknown>>
  | readonly Readonly<Record<string, unknown>>[];

export const everything = { Effect: "Allow", Action: "*", Resource: "*" };

/** Answers getters that are valid once the tests of the file run. */
export function deployment(options: ServerOptions = {}): Deployment {
  const made = new Deployment(options);
  before(() => made.open());
  after(() => made.close());
  return made;
}

export class Deployment {
  readonly #server: Server | undefined;
  #endpoint: Endpoint | undefined;
  #root: Clients | undefined;
  #operator: Promise<User> | undefined;

  constructor(options: ServerOptions) {
    this.#server = target === undefined ? new Server(options) : undefined;
  }

  async open(): Promise<void> {
    this.#endpoint = (await this.#server?.start()) ?? targetEndpoint(target ?? "");
    this.#root = this.as(this.endpoint.root);
  }

  async close(): Promise<void> {
    await this.#server?.stop();
  }

  get endpoint(): Endpoint {
    if (this.#endpoint === undefined) throw new Error("the deployment is used before it started");
    return this.#endpoint;
  }

  /** The process. Tests that need it check `target` first. */
  get server(): Server {
    if (this.#server === undefined) throw new Error("TARGET is not ours to stop");
    return this.#server;
  }

  get account(): string {
    return this.endpoint.account;
  }

  get region(): string {
    return this.endpoint.region;
  }

  /** The account's root user. */
  get root(): Clients {
    if (this.#root === undefined) throw new Error("the deployment is used before it started");
    return this.#root;
  }

  as(credentials: Credentials, region?: string): Clients {
    return clientsFor(this.endpoint, credentials, region);
  }

  /** After a restart the endpoint has another port: the root's clients are made anew. */
  async restart(): Promise<void> {
    await this.server.restart();
    this.#root = this.as(this.endpoint.root);
    this.#operator = undefined;
  }

  /** A user of the account with one access key and, when statements are given, an inline policy. */
  user(prefix: string, statements?: Statements): Promise<User> {
    return this.userIn(this.root, prefix, statements);
  }

  async userIn(owner: Clients, prefix: string, statements?: Statements): Promise<User> {
    const name = fresh(prefix);
    const { User } = await owner.iam.createUser({ UserName: name });
    if (statements) await this.allowUser(owner, name, statements);
    const { AccessKey } = await owner.iam.createAccessKey({ UserName: name });
    const clients = this.as({
      accessKeyId: AccessKey?.AccessKeyId ?? "",
      secretAccessKey: AccessKey?.SecretAccessKey ?? "",
    });
    return { ...clients, name, arn: User?.Arn ?? "", id: User?.UserId ?? "" };
  }

  async allowUser(owner: Clients, name: string, statements: Statements): Promise<void> {
    await owner.iam.putUserPolicy({
      UserName: name,
      PolicyName: "conformance",
      PolicyDocument: policy(statements),
    });
  }

  /** A role that the account's principals may assume, with an inline policy when one is given. */
  role(prefix: string, statements?: Statements): Promise<Role> {
    return this.roleIn(this.root, this.account, fresh(prefix), statements);
  }

  async roleIn(
    owner: Clients,
    account: string,
    name: string,
    statements?: Statements,
  ): Promise<Role> {
    const { Role } = await owner.iam.createRole({
      RoleName: name,
      AssumeRolePolicyDocument: policy({
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "sts:AssumeRole",
      }),
    });
    if (statements) await this.allowRole(owner, name, statements);
    return { name, arn: Role?.Arn ?? "", id: Role?.RoleId ?? "" };
  }

  async allowRole(owner: Clients, name: string, statements: Statements): Promise<void> {
    await owner.iam.putRolePolicy({
      RoleName: name,
      PolicyName: "conformance",
      PolicyDocument: policy(statements),
    });
  }

  /** A session of the role. Root may not assume roles, so a user who may do everything does. */
  async assume(role: Role, session = "conformance", by?: Clients): Promise<Clients> {
    const caller = by ?? (await this.operator());
    const { Credentials } = await caller.sts.assumeRole({
      RoleArn: role.arn,
      RoleSessionName: session,
    });
    return this.as({
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    });
  }

  /** A user of the account whose identity policy allows everything. */
  operator(): Promise<User> {
    return (this.#operator ??= this.user("operator", everything));
  }

  /** A bucket of the root's account, and its name. */
  async bucket(prefix = "bucket", owner: Clients = this.root): Promise<string> {
    const Bucket = fresh(prefix);
    await owner.s3.createBucket({ Bucket });
    return Bucket;
  }

  /** A customer managed key: its ARN and id. */
  async key(
    owner: Clients = this.root,
    statements?: Statements,
  ): Promise<{ arn: string; id: string }> {
    const { KeyMetadata } = await owner.kms.createKey(
      statements === undefined ? {} : { Policy: policy(statements) },
    );
    return { arn: KeyMetadata?.Arn ?? "", id: KeyMetadata?.KeyId ?? "" };
  }
}

/** A policy document of the current version with these statements. */
export function policy(statements: Statements): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** The statement that leaves a key's use to its account's identity policies. */
export function rootStatement(account: string) {
  return {
    Sid: "EnableRootAccountAccess",
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${account}:root` },
    Action: "kms:*",
    Resource: "*",
  };
}
