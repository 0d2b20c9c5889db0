/**
 * Accounts and their root users. They are made by whoever runs the deployment, not by a caller:
 * these functions commit by themselves.
 */
import type { Clock, Log } from "../base/index.ts";
import { Secret } from "../crypto/index.ts";
import {
  type AccessKeyRecord,
  accessKeySpace,
  type AccountRecord,
  accountSpace,
  Change,
  type Keyring,
  type ProcessSession,
  type RecordStore,
  type View,
} from "../records/index.ts";
import { openAccessKey, sealAccessKey, secretText } from "./access-key.ts";
import { newAccessKeyId, newSecretAccessKey } from "./identifiers.ts";
import { ACCOUNT_COMMITS_MAX } from "./limits.ts";

/** What the operator asked for cannot be done; the message says why. */
export class AccountError extends Error {
  override readonly name = "AccountError";
}

export interface FoundingTools {
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly session: ProcessSession;
  readonly view: () => View;
  readonly clock: Clock;
  readonly log: Log;
}

export interface GivenCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export interface RootCredentials extends GivenCredentials {
  readonly accountId: string;
}

/**
 * Makes the account and its root user's access key when there is none. Credentials that are given
 * become the root user's only ones: its other access keys are deleted. Throws AccountError.
 */
export async function ensureAccount(
  tools: FoundingTools,
  account: {
    readonly id: string;
    readonly name: string;
    readonly rootCredentials?: GivenCredentials | undefined;
  },
): Promise<void> {
  const { id, name, rootCredentials: given } = account;
  refuseMalformed(id, given);
  await committed(tools, async (view, change) => {
    const found = await view.get(accountSpace, id);
    if (!found) {
      using secret = given ? secretOf(given) : newSecretAccessKey();
      const accessKeyId = given?.accessKeyId ?? newAccessKeyId("AKIA", id);
      await addAccount({ tools, view, change }, { id, name, accessKeyId }, secret);
      tools.log.info({ accountId: id }, "an account was made");
    } else if (given && !(await hasRootKey(tools, view, found.value, given))) {
      using secret = secretOf(given);
      await replaceRootKeys({ tools, view, change }, found.value, given.accessKeyId, secret);
      tools.log.warn(
        { accountId: id },
        "the root user's access keys were replaced by the given one",
      );
    }
  });
}

/** Makes another account. The only time that its root user's secret is told. Throws AccountError. */
export async function createAccount(
  tools: FoundingTools,
  { id, name }: { readonly id: string; readonly name: string },
): Promise<RootCredentials> {
  refuseMalformed(id);
  using secret = newSecretAccessKey();
  const accessKeyId = newAccessKeyId("AKIA", id);
  await committed(tools, async (view, change) => {
    if (await view.get(accountSpace, id)) throw new AccountError(`account ${id} exists already`);
    await addAccount({ tools, view, change }, { id, name, accessKeyId }, secret);
  });
  tools.log.info({ accountId: id }, "an account was made");
  return { accountId: id, accessKeyId, secretAccessKey: secretText(secret) };
}

/** An active access key of the account's root user, unsealed. Throws AccountError. */
export async function rootCredentials(
  { keyring, view }: Pick<FoundingTools, "keyring" | "view">,
  accountId: string,
): Promise<RootCredentials> {
  const records = view();
  const account = await records.get(accountSpace, accountId);
  if (!account) throw new AccountError(`there is no account ${accountId}`);
  for (const accessKeyId of account.value.accessKeyIds) {
    const found = await records.get(accessKeySpace, accessKeyId);
    if (found?.value.status !== "Active") continue;
    using secret = await openAccessKey({ keyring, store: records.store }, found.value);
    return { accountId, accessKeyId, secretAccessKey: secretText(secret) };
  }
  throw new AccountError(`the root user of account ${accountId} has no active access key`);
}

interface Work {
  readonly tools: FoundingTools;
  readonly view: View;
  readonly change: Change;
}

async function addAccount(
  work: Work,
  { id, name, accessKeyId }: { id: string; name: string; accessKeyId: string },
  secret: Secret,
): Promise<void> {
  const createdAt = work.tools.clock.now().getTime();
  await addRootKey(work, { id: accessKeyId, accountId: id, createdAt }, secret);
  const account = { id, name, createdAt, accessKeyIds: [accessKeyId] };
  work.change.put(accountSpace, [id], account);
}

async function replaceRootKeys(
  work: Work,
  account: AccountRecord,
  accessKeyId: string,
  secret: Secret,
): Promise<void> {
  const { tools, view, change } = work;
  const createdAt = tools.clock.now().getTime();
  for (const id of account.accessKeyIds) {
    if (id !== accessKeyId && (await view.get(accessKeySpace, id))) {
      change.delete(accessKeySpace, id);
    }
  }
  await addRootKey(work, { id: accessKeyId, accountId: account.id, createdAt }, secret);
  change.put(accountSpace, [account.id], { ...account, accessKeyIds: [accessKeyId] });
}

async function addRootKey(
  { tools, view, change }: Work,
  key: Pick<AccessKeyRecord, "id" | "accountId" | "createdAt">,
  secret: Secret,
): Promise<void> {
  const taken = await view.get(accessKeySpace, key.id);
  if (taken && taken.value.ownerId !== key.accountId) {
    throw new AccountError(`the access key id ${key.id} belongs to somebody else`);
  }
  const facts = {
    ...key,
    ownerKind: "root" as const,
    ownerId: key.accountId,
    status: "Active" as const,
  };
  const { keyring } = tools;
  change.put(accessKeySpace, [key.id], await sealAccessKey({ keyring, view }, facts, secret));
}

async function hasRootKey(
  { keyring, store }: FoundingTools,
  view: View,
  account: AccountRecord,
  given: GivenCredentials,
): Promise<boolean> {
  if (!account.accessKeyIds.includes(given.accessKeyId)) return false;
  const found = await view.get(accessKeySpace, given.accessKeyId);
  if (found?.value.status !== "Active") return false;
  using secret = await openAccessKey({ keyring, store }, found.value);
  return secretText(secret) === given.secretAccessKey;
}

function secretOf({ secretAccessKey }: GivenCredentials): Secret {
  const bytes = Buffer.alloc(secretAccessKey.length);
  bytes.write(secretAccessKey, "latin1");
  return Secret.adopt(bytes);
}

function refuseMalformed(id: string, given?: GivenCredentials): void {
  if (!/^\d{12}$/.test(id)) {
    throw new AccountError(`an account id has twelve digits, unlike \`${id}\``);
  }
  if (given === undefined) return;
  // Temporary keys are told apart by how their ids begin.
  if (!/^(?!ASIA)\w{16,128}$/.test(given.accessKeyId)) {
    throw new AccountError(
      "a root access key id has 16 to 128 letters and digits, and does not begin with ASIA",
    );
  }
  if (!/^[!-~]{16,128}$/.test(given.secretAccessKey)) {
    throw new AccountError("a root secret access key has 16 to 128 characters without spaces");
  }
}

/** Runs the work until its commit holds against all that it read. */
async function committed(
  { store, session, view }: FoundingTools,
  work: (view: View, change: Change) => Promise<void>,
): Promise<void> {
  for (let run = 1; run <= ACCOUNT_COMMITS_MAX; run += 1) {
    const records = view();
    const change = new Change();
    change.purpose = "upkeep";
    await work(records, change);
    if (!change.writes) return;
    records.addTo(change);
    if ((await store.commit(change, session)) !== undefined) return;
  }
  throw new AccountError("the deployment changes too quickly at the moment: try again");
}
