import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCOUNT, deny, iamDeployment, PARTNER } from "../testing/iam-deployment.ts";

test("callers learn who they are, also when a policy denies it", async () => {
  const { sts, user, root } = await iamDeployment();
  const Arn = `arn:aws:iam::${ACCOUNT}:root`;
  assert.deepEqual(await sts("GetCallerIdentity", {}, root), {
    UserId: ACCOUNT,
    Account: ACCOUNT,
    Arn,
  });
  const alice = await user("alice", [deny("*")]);
  assert.deepEqual(await sts("GetCallerIdentity", {}, alice), {
    UserId: alice.uniqueId,
    Account: ACCOUNT,
    Arn: `arn:aws:iam::${ACCOUNT}:user/alice`,
  });
});

test("an access key id tells its account, whatever became of the key", async () => {
  const { iam, sts, user, partnerRoot } = await iamDeployment();
  const { accessKeyId: AccessKeyId } = await user("bob", [], partnerRoot);
  assert.deepEqual(await sts("GetAccessKeyInfo", { AccessKeyId }), { Account: PARTNER });
  await iam("DeleteAccessKey", { UserName: "bob", AccessKeyId }, partnerRoot);
  assert.deepEqual(await sts("GetAccessKeyInfo", { AccessKeyId }), { Account: PARTNER });
  await assert.rejects(sts("GetAccessKeyInfo", { AccessKeyId: "not-an-access-key-id" }), {
    code: "ValidationError",
  });
});
