import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, type Deployment } from "../../support/deployment.ts";
import { refused } from "../../support/refusal.ts";

export function iamAccessKeys(at: Deployment): void {
  describe("IAM access keys", () => {
    test("a key's secret is shown once and never again", async () => {
      const { name: UserName } = await at.user("keys");
      const { AccessKey } = await at.root.iam.createAccessKey({ UserName });
      assert.match(AccessKey?.AccessKeyId ?? "", /^AKIA[A-Z0-9]{16}$/);
      assert.match(AccessKey?.SecretAccessKey ?? "", /^[A-Za-z0-9+/]{40}$/);
      assert.equal(AccessKey?.Status, "Active");
      const { AccessKeyMetadata } = await at.root.iam.listAccessKeys({ UserName });
      assert.equal(AccessKeyMetadata?.length, 2);
      const listed = AccessKeyMetadata.find((key) => key.AccessKeyId === AccessKey.AccessKeyId);
      const { CreateDate, ...rest } = listed ?? {};
      assert.ok(CreateDate);
      assert.deepEqual(rest, { UserName, AccessKeyId: AccessKey.AccessKeyId, Status: "Active" });
    });

    test("a user has two keys at most", async () => {
      const { name: UserName } = await at.user("two");
      await at.root.iam.createAccessKey({ UserName });
      await refused(at.root.iam.createAccessKey({ UserName }), {
        code: "LimitExceeded",
        status: 409,
        message: "Cannot exceed quota for AccessKeysPerUser: 2",
      });
    });

    test("an inactive key is refused at once, and works again when active", async () => {
      const user = await at.user("inactive", everything);
      const AccessKeyId = user.credentials.accessKeyId;
      const status = (Status: "Active" | "Inactive") =>
        at.root.iam.updateAccessKey({ UserName: user.name, AccessKeyId, Status });
      await user.kms.listKeys({});
      await status("Inactive");
      await refused(user.kms.listKeys({}), {
        code: "UnrecognizedClientException",
        status: 400,
        message: "The security token included in the request is invalid.",
      });
      await refused(user.s3.listBuckets({}), { code: "InvalidAccessKeyId", status: 403 });
      await refused(user.iam.listUsers({}), {
        code: "InvalidClientTokenId",
        status: 403,
        message: "The security token included in the request is invalid.",
      });
      await status("Active");
      await user.kms.listKeys({});
    });

    test("a deleted key is refused at once", async () => {
      const user = await at.user("deleted", everything);
      const AccessKeyId = user.credentials.accessKeyId;
      await user.s3.listBuckets({});
      await at.root.iam.deleteAccessKey({ UserName: user.name, AccessKeyId });
      await refused(user.s3.listBuckets({}), { code: "InvalidAccessKeyId", status: 403 });
      await refused(at.root.iam.deleteAccessKey({ UserName: user.name, AccessKeyId }), {
        code: "NoSuchEntity",
        status: 404,
        message: `The Access Key with id ${AccessKeyId} cannot be found.`,
      });
    });

    test("a status that does not exist is refused", async () => {
      const user = await at.user("status");
      await refused(
        at.root.iam.updateAccessKey({
          UserName: user.name,
          AccessKeyId: user.credentials.accessKeyId,
          // @ts-expect-error: the type knows the values
          Status: "Asleep",
        }),
        {
          code: "ValidationError",
          status: 400,
          message:
            /^1 validation error detected: Value (?:'Asleep' )?at 'status' failed to satisfy constraint: Member must satisfy enum value set/,
        },
      );
    });

    test("without a user's name the keys are the caller's own", async () => {
      const user = await at.user("own", { Effect: "Allow", Action: "iam:*", Resource: "*" });
      const { AccessKeyMetadata } = await user.iam.listAccessKeys({});
      assert.deepEqual(
        AccessKeyMetadata?.map((key) => key.AccessKeyId),
        [user.credentials.accessKeyId],
      );
    });
  });
}
