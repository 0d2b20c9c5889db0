import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { HOUR_MS } from "../base/index.ts";
import { epochSpace, sessionKeySpace, sessionKeysSpace } from "../records/index.ts";
import { ACCOUNT, iamDeployment, trust } from "./testing/iam-deployment.ts";

async function withRole() {
  const deployment = await iamDeployment();
  const { iam, sts, user } = deployment;
  const alice = await user("alice");
  const RoleArn = `arn:aws:iam::${ACCOUNT}:role/reader`;
  const AssumeRolePolicyDocument = trust(alice.arn);
  const MaxSessionDuration = 43_200;
  await iam("CreateRole", { RoleName: "reader", AssumeRolePolicyDocument, MaxSessionDuration });
  const assume = async (DurationSeconds = 3600, RoleSessionName = "session") => {
    const input = { RoleArn, RoleSessionName, DurationSeconds };
    const { Credentials } = await sts("AssumeRole", input, alice);
    return { id: Credentials?.AccessKeyId ?? "", token: Credentials?.SessionToken ?? "" };
  };
  return { ...deployment, alice, assume };
}

describe("an access key", () => {
  test("stands for its user, by the secret that was told once", async () => {
    const { iam, find, user } = await iamDeployment();
    const alice = await user("alice");
    const { AccessKey } = await iam("CreateAccessKey", { UserName: "alice" });
    const found = await find(AccessKey?.AccessKeyId ?? "");
    assert.ok(typeof found === "object");
    assert.equal(found.secretAccessKey(), AccessKey?.SecretAccessKey);
    assert.deepEqual(found.caller, { ...alice, accessKeyId: AccessKey?.AccessKeyId });
    assert.equal(found.caller.userName, "alice");
    assert.equal(found.caller.principalId, found.caller.uniqueId);
  });

  test("is unknown while it is inactive, and has another version afterwards", async () => {
    const { iam, find, user } = await iamDeployment();
    const { accessKeyId: AccessKeyId } = await user("alice");
    const before = await find(AccessKeyId);
    const key = { UserName: "alice", AccessKeyId };
    await iam("UpdateAccessKey", { ...key, Status: "Inactive" });
    assert.equal(await find(AccessKeyId), "access-key-unknown");
    await iam("UpdateAccessKey", { ...key, Status: "Active" });
    const after = await find(AccessKeyId);
    assert.ok(typeof before === "object" && typeof after === "object");
    assert.notEqual(after.version, before.version);
    assert.equal(after.secretAccessKey(), before.secretAccessKey());
  });

  test("is unknown when it was deleted, or never was", async () => {
    const { iam, find, user } = await iamDeployment();
    const { accessKeyId: AccessKeyId } = await user("alice");
    await iam("DeleteAccessKey", { UserName: "alice", AccessKeyId });
    assert.equal(await find(AccessKeyId), "access-key-unknown");
    assert.equal(await find("AKIAIOSFODNN7EXAMPLE"), "access-key-unknown");
  });

  test("is not used with a session token", async () => {
    const { find, root } = await iamDeployment();
    assert.equal(await find(root.accessKeyId, "token"), "token-invalid");
  });

  test("shows its user under a new name at once", async () => {
    const { iam, callerOf, user } = await iamDeployment();
    const alice = await user("alice");
    await iam("UpdateUser", { UserName: "alice", NewUserName: "Carol", NewPath: "/team/" });
    const carol = await callerOf({ AccessKeyId: alice.accessKeyId });
    assert.equal(carol.arn, `arn:aws:iam::${ACCOUNT}:user/team/Carol`);
    assert.equal(carol.uniqueId, alice.uniqueId);
  });
});

describe("a session token", () => {
  test("stands for its session, without a record of its own", async () => {
    const { assume, find, memory } = await withRole();
    await assume();
    const { size } = memory;
    const { id, token } = await assume();
    // The call's audit block is all that is written.
    assert.equal(memory.size, size + 1);
    const found = await find(id, token);
    assert.ok(typeof found === "object");
    assert.equal(found.caller.accessKeyId, id);
    assert.equal(found.version, found.caller.session?.tokenId);
  });

  test("is needed by a temporary key", async () => {
    const { assume, find } = await withRole();
    const { id } = await assume();
    assert.equal(await find(id), "token-invalid");
    assert.equal(await find(id, ""), "token-invalid");
  });

  test("belongs to one key", async () => {
    const { assume, find } = await withRole();
    const [one, two] = [await assume(), await assume()];
    assert.equal(await find(one.id, two.token), "token-invalid");
    assert.equal(typeof (await find(one.id, one.token)), "object");
    assert.equal(await find(two.id, one.token), "token-invalid");
  });

  test("is of no use altered in any byte, cut or extended", async () => {
    const { assume, find } = await withRole();
    const { id, token } = await assume();
    const bytes = Buffer.from(token, "base64url");
    for (let at = 0; at < bytes.length; at += 7) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      assert.equal(await find(id, altered.toString("base64url")), "token-invalid", `byte ${at}`);
    }
    for (const text of [token.slice(0, -4), `${token}AAAA`, `${token}=`, ` ${token}`, "x"]) {
      assert.equal(await find(id, text), "token-invalid", text.slice(-8));
    }
    assert.equal(await find(id, "A".repeat(20_000)), "token-invalid");
  });

  test("has one spelling", async () => {
    const { assume, find } = await withRole();
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    // The length of a token varies with the session's; one that ends within a byte has spare bits.
    let issued = await assume();
    if (issued.token.length % 4 === 0) issued = await assume(3600, "session1");
    const { id, token } = issued;
    const last = alphabet.indexOf(token.at(-1) ?? "");
    const twin = token.slice(0, -1) + alphabet.charAt(last ^ 1);
    assert.deepEqual(Buffer.from(twin, "base64url"), Buffer.from(token, "base64url"));
    assert.equal(await find(id, twin), "token-invalid");
    assert.equal(typeof (await find(id, token)), "object");
  });

  test("outlives the key that seals new ones, for as long as any session lasts", async () => {
    const { assume, find, clock, store } = await withRole();
    const first = await assume(43_200);
    const keys = async () =>
      (await Array.fromAsync(store.all(sessionKeySpace, sessionKeySpace.under()))).length;
    assert.equal(await keys(), 1);
    clock.advance(11 * HOUR_MS);
    await assume();
    assert.equal(await keys(), 1);
    assert.equal(typeof (await find(first.id, first.token)), "object");
    clock.advance(13 * HOUR_MS);
    const late = await assume(43_200);
    assert.equal(await keys(), 2);
    assert.equal(await find(first.id, first.token), "token-expired");
    clock.advance(30 * HOUR_MS);
    await assume();
    assert.equal(await keys(), 3);
    assert.equal(await find(late.id, late.token), "token-expired");
    clock.advance(24 * HOUR_MS);
    await assume();
    // The first key's overlap ended; its tokens are no longer even recognised.
    assert.equal(await keys(), 3);
    const current = await store.get(sessionKeysSpace, "current");
    assert.equal(current?.value.retired.length, 2);
    assert.equal(await find(first.id, first.token), "token-invalid");
  });

  test("is made once per key by those who ask first at once", async () => {
    const { assume, find, store } = await withRole();
    const issued = await Promise.all([assume(), assume(), assume()]);
    const keys = await Array.fromAsync(store.all(sessionKeySpace, sessionKeySpace.under()));
    assert.equal(keys.length, 1);
    for (const { id, token } of issued) assert.equal(typeof (await find(id, token)), "object");
  });
});

describe("a session of a user itself", () => {
  test("may do what the user may, but not call IAM", async () => {
    const { iam, sts, user, callerOf } = await iamDeployment();
    const alice = await user("alice", [{ Effect: "Allow", Action: "*", Resource: "*" }]);
    const { Credentials } = await sts("GetSessionToken", {}, alice);
    assert.ok(Credentials);
    const session = await callerOf(Credentials);
    assert.equal(session.kind, "user");
    assert.equal(session.arn, alice.arn);
    const identity = await sts("GetCallerIdentity", {}, session);
    assert.equal(identity.Arn, alice.arn);
    await assert.rejects(iam("ListUsers", {}, session), {
      code: "InvalidClientTokenId",
      status: 403,
      message: "The security token included in the request is invalid.",
    });
    await assert.rejects(sts("GetSessionToken", {}, session), {
      code: "AccessDenied",
      message: "Cannot call GetSessionToken with session credentials",
    });
  });

  test("lasts twelve hours by default, the root user's an hour at most", async () => {
    const { sts, user, root, clock } = await iamDeployment();
    const hours = (expiration: Date | undefined) =>
      ((expiration?.getTime() ?? 0) - clock.now().getTime()) / HOUR_MS;
    const own = await sts("GetSessionToken", {}, await user("alice"));
    assert.equal(hours(own.Credentials?.Expiration), 12);
    const roots = await sts("GetSessionToken", { DurationSeconds: 7200 }, root);
    assert.equal(hours(roots.Credentials?.Expiration), 1);
  });

  test("ends with the user", async () => {
    const { iam, sts, user, find } = await iamDeployment();
    const alice = await user("alice");
    const { Credentials } = await sts("GetSessionToken", {}, alice);
    const { AccessKeyId = "", SessionToken } = Credentials ?? {};
    assert.equal(typeof (await find(AccessKeyId, SessionToken)), "object");
    await iam("DeleteAccessKey", { UserName: "alice", AccessKeyId: alice.accessKeyId });
    await iam("DeleteUser", { UserName: "alice" });
    assert.equal(await find(AccessKeyId, SessionToken), "access-key-unknown");
  });
});

test("no record holds a secret or a token's contents unsealed", async () => {
  const { iam, sts, user, kv } = await iamDeployment();
  const alice = await user("alice");
  const { AccessKey } = await iam("CreateAccessKey", { UserName: "alice" });
  const { Credentials } = await sts("GetSessionToken", {}, alice);
  const all = await kv.range({ gte: Buffer.of(0), lt: Buffer.of(255), limit: 1000 });
  const bytes = Buffer.concat(all.map(({ value }) => value)).toString("latin1");
  for (const text of [AccessKey?.SecretAccessKey, Credentials?.SecretAccessKey, "alice"]) {
    assert.ok(text !== undefined && !bytes.includes(text));
  }
});

test("whatever writes a wrapped secret depends on the current epoch", async () => {
  const { iam, sts, user, kv } = await iamDeployment();
  const alice = await user("alice");
  const epoch = epochSpace.key("current");
  let dependent = 0;
  const commit = kv.commit.bind(kv);
  kv.commit = (changes) => {
    if (changes.checks.some(({ key }) => epoch.equals(key))) dependent += 1;
    return commit(changes);
  };
  const key = { UserName: "alice", AccessKeyId: alice.accessKeyId };
  await iam("CreateAccessKey", { UserName: "alice" });
  assert.equal(dependent, 1);
  await iam("UpdateAccessKey", { ...key, Status: "Inactive" });
  assert.equal(dependent, 2);
  await sts("GetSessionToken", {}, alice);
  assert.equal(dependent, 3);
  await iam("DeleteAccessKey", key);
  assert.equal(dependent, 3);
});
