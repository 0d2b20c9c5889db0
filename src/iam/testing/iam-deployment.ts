/** A deployment in memory with the real credentials and principals, and operations by name. */
import { silentLog } from "../../base/index.ts";
import { randomUuid } from "../../crypto/index.ts";
import type { AuthenticatedCaller } from "../../service/index.ts";
import {
  ACCOUNT,
  PARTNER,
  requestInfo,
  testDeployment,
} from "../../service/testing/test-deployment.ts";
import type { Input, OperationName, Output } from "../../wire/index.ts";
import { createAccount, ensureAccount, rootCredentials } from "../accounts.ts";
import { createCredentials } from "../credentials.ts";
import { createIamServices } from "../operation.ts";
import { iamOperations } from "../operations/index.ts";
import { createPrincipals } from "../principals.ts";

export { ACCOUNT, PARTNER };

export type IamDeployment = Awaited<ReturnType<typeof iamDeployment>>;

export interface TemporaryCredentials {
  readonly AccessKeyId: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** Both accounts are there, each with its root user. */
export async function iamDeployment() {
  const deployment = await testDeployment({
    principals: createPrincipals(),
    recorder: {
      recordService: () => [],
      // What a record would say of the call's outcome, beside its name.
      record: ({ operation, eventId, error, output, completedAt }) => [
        {
          id: eventId,
          account: ACCOUNT,
          time: completedAt.getTime(),
          category: "Management",
          json: JSON.stringify({
            eventName: operation.name,
            errorCode: error?.code,
            responseElements: output && operation.details?.response?.(output),
          }),
        },
      ],
    },
  });
  const { store, keyring, session, clock, dispatcher } = deployment;
  const view = () => dispatcher.view();
  const founding = { store, keyring, session, clock, log: silentLog, view };
  await ensureAccount(founding, { id: ACCOUNT, name: "main" });
  const partner = await createAccount(founding, { id: PARTNER, name: "partner" });
  const main = await rootCredentials(founding, ACCOUNT);
  const credentials = createCredentials({ keyring, clock });
  const operations = new Map(
    iamOperations(createIamServices()).map((one) => [`${one.service}:${one.name}`, one]),
  );

  const find = (accessKeyId: string, token?: string) =>
    credentials.find(accessKeyId, token, view());

  /** Whom authentication finds behind the key, as it does for every request. */
  async function callerOf({ AccessKeyId = "", SessionToken }: TemporaryCredentials) {
    const found = await find(AccessKeyId, SessionToken);
    if (typeof found === "string") throw new Error(`authentication answers ${found}`);
    return found.caller;
  }

  async function run(
    service: "iam" | "sts",
    name: string,
    input: object,
    caller: AuthenticatedCaller,
  ): Promise<unknown> {
    const found = operations.get(`${service}:${name}`);
    if (!found) throw new Error(`there is no operation ${name}`);
    const request = { ...requestInfo(clock), requestId: randomUuid() };
    return deployment.run(found, input, { caller, request });
  }

  const root = await callerOf({ AccessKeyId: main.accessKeyId });
  const partnerRoot = await callerOf({ AccessKeyId: partner.accessKeyId });

  const iam = async <Name extends OperationName<"iam">>(
    name: Name & string,
    input: Input<"iam", Name>,
    caller: AuthenticatedCaller = root,
  ) => (await run("iam", name, input, caller)) as Output<"iam", Name>;

  const sts = async <Name extends OperationName<"sts">>(
    name: Name & string,
    input: Input<"sts", Name>,
    caller: AuthenticatedCaller = root,
  ) => (await run("sts", name, input, caller)) as Output<"sts", Name>;

  /** Makes a user with an access key and these inline statements; answers it as a caller. */
  async function user(
    UserName: string,
    statements: readonly object[] = [],
    by: AuthenticatedCaller = root,
  ): Promise<AuthenticatedCaller> {
    await iam("CreateUser", { UserName }, by);
    if (statements.length > 0) {
      const PolicyDocument = policy(...statements);
      await iam("PutUserPolicy", { UserName, PolicyName: "inline", PolicyDocument }, by);
    }
    const { AccessKey } = await iam("CreateAccessKey", { UserName }, by);
    return callerOf({ AccessKeyId: AccessKey?.AccessKeyId });
  }

  return { ...deployment, founding, find, callerOf, iam, sts, root, partnerRoot, user };
}

export function policy(...statements: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement: statements });
}

/** A trust policy that lets these principals in. */
export function trust(...arns: readonly string[]): string {
  return policy({ Effect: "Allow", Principal: { AWS: arns }, Action: "sts:AssumeRole" });
}

export const allow = (action: string | string[], resource: string | string[] = "*") => ({
  Effect: "Allow",
  Action: action,
  Resource: resource,
});

export const deny = (action: string | string[], resource: string | string[] = "*") => ({
  Effect: "Deny",
  Action: action,
  Resource: resource,
});
