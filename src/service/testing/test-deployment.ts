/**
 * A deployment in memory: the real records, dispatch and policies over the memory engine, with a
 * clock that stands still, principals from a table and a recorder that keeps what it was told.
 */
import { silentLog, StoppedClock } from "../../base/index.ts";
import { randomInt, randomUuid } from "../../crypto/index.ts";
import type { AttachedPolicy, Principal } from "../../policy/index.ts";
import { parsePolicy } from "../../policy/index.ts";
import {
  auditSpace,
  type AuditBlockRecord,
  type Found,
  openDeployment,
  type ProcessSession,
} from "../../records/index.ts";
import { memoryRoot } from "../../records/testing/memory-root.ts";
import { MemoryStore } from "../../storage/kv/memory.ts";
import type { AuthenticatedCaller, Caller } from "../caller.ts";
import { Dispatcher, type DispatcherOptions } from "../dispatch.ts";
import type { AnyOperation } from "../operation.ts";
import type { RequestInfo } from "../request.ts";

export const ACCOUNT = "123456789012";
export const PARTNER = "999888777666";
export const REGION = "us-east-1";

export type TestDeployment = Awaited<ReturnType<typeof testDeployment>>;

/** `overrides` replaces parts of the dispatcher: a real Principals or Recorder. */
export async function testDeployment(overrides: Partial<DispatcherOptions> = {}) {
  const clock = new StoppedClock();
  const memory = new MemoryStore();
  const kv = memory.open();
  const root = memoryRoot();
  const deployment = await openDeployment({ kv, root, clock });
  const session: ProcessSession = await deployment.beginSession({ pid: 1, host: "test" });
  const identity = new Map<string, AttachedPolicy[]>();
  const dispatcher = new Dispatcher({
    store: deployment.store,
    keyring: deployment.keyring,
    sessions: { acquire: () => ({ session, release: () => {} }) },
    principals: {
      policiesOf: async ({ uniqueId }) => ({ identity: identity.get(uniqueId) ?? [] }),
      resolve: async (arn) => /^arn:aws:iam::(\d{12}):root$/.exec(arn)?.[1] ?? `id-of-${arn}`,
    },
    recorder: {
      recordService: () => [],
      record: ({ operation, eventId, error, completedAt, caller }) =>
        operation.event.category === "management"
          ? [
              {
                id: eventId,
                account: caller.kind === "anonymous" ? ACCOUNT : caller.accountId,
                time: completedAt.getTime(),
                category: "Management",
                json: JSON.stringify({ eventName: operation.name, errorCode: error?.code }),
              },
            ]
          : [],
    },
    clock,
    log: silentLog,
    uuid: randomUuid,
    below: randomInt,
    ...overrides,
  });
  return {
    clock,
    memory,
    kv,
    root,
    ...deployment,
    session,
    dispatcher,
    /** Gives a caller made by `userCaller` an inline policy. */
    allow(caller: AuthenticatedCaller, statement: object | object[]) {
      const text = JSON.stringify({ Version: "2012-10-17", Statement: statement });
      const name = `policy-${(identity.get(caller.uniqueId)?.length ?? 0) + 1}`;
      const policies = identity.get(caller.uniqueId) ?? [];
      identity.set(caller.uniqueId, [...policies, { policy: parsePolicy(text, "identity"), name }]);
    },
    /** Runs an operation to its end and releases it; throws its ServiceError. */
    async run<Out = Record<string, unknown>>(
      operation: AnyOperation,
      input: object,
      options: { caller?: Caller; request?: Partial<RequestInfo>; body?: never } = {},
    ): Promise<Out> {
      const { caller = rootCaller(), request } = options;
      const answer = await dispatcher.run(operation as never, {
        caller,
        request: { ...requestInfo(clock), ...request },
        input: input as never,
      });
      await answer.release();
      return answer.output;
    },
    /** All audit blocks, in the order of their places. */
    async blocks(): Promise<Found<AuditBlockRecord>[]> {
      return Array.fromAsync(deployment.store.all(auditSpace, auditSpace.under()));
    },
    /** The JSON of all audit events. */
    async events(): Promise<Record<string, unknown>[]> {
      const blocks = await Array.fromAsync(deployment.store.all(auditSpace, auditSpace.under()));
      return blocks.flatMap(({ value }) =>
        value.events.map(({ json }) => JSON.parse(json) as Record<string, unknown>),
      );
    },
  };
}

/** The account's root user. */
export function rootCaller(accountId = ACCOUNT): AuthenticatedCaller {
  const arn = `arn:aws:iam::${accountId}:root`;
  return {
    kind: "root",
    principal: { kind: "root", accountId, arn },
    accountId,
    arn,
    principalId: accountId,
    uniqueId: accountId,
    accessKeyId: "AKIAROOTROOTROOTROOT",
  };
}

/** A user without any permission of its own. */
export function userCaller(userName: string, accountId = ACCOUNT): AuthenticatedCaller {
  const arn = `arn:aws:iam::${accountId}:user/${userName}`;
  const uniqueId = `id-of-${arn}`;
  const principal: Principal = { kind: "user", accountId, arn, uniqueId };
  return {
    kind: "user",
    principal,
    accountId,
    arn,
    principalId: uniqueId,
    uniqueId,
    userName,
    accessKeyId: "AKIAUSERUSERUSERUSER",
  };
}

/** A session of a role, under the name `session`. */
export function roleCaller(roleName: string, accountId = ACCOUNT): AuthenticatedCaller {
  const issuerArn = `arn:aws:iam::${accountId}:role/${roleName}`;
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/session`;
  const uniqueId = `id-of-${issuerArn}`;
  return {
    kind: "role-session",
    principal: { kind: "role-session", accountId, arn, issuerArn, uniqueId },
    accountId,
    arn,
    principalId: `${uniqueId}:session`,
    uniqueId,
    accessKeyId: "ASIAROLEROLEROLEROLE",
    session: {
      tokenId: `token-of-${roleName}`,
      name: "session",
      issuerArn,
      issuerName: roleName,
      issuedAt: new Date("2026-01-01T00:00:00Z"),
      expiresAt: new Date("2026-01-01T01:00:00Z"),
      mfa: false,
    },
  };
}

export function requestInfo(clock: { now(): Date }): RequestInfo {
  return {
    requestId: randomUuid(),
    extendedId: "extended",
    eventId: randomUuid(),
    startedAt: clock.now(),
    region: REGION,
    sourceIp: "192.0.2.1",
    userAgent: "test",
    host: "localhost",
    secure: true,
    signature: { version: "AWS4-HMAC-SHA256", authType: "REST-HEADER", ageMs: 0 },
  };
}
