import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { OperationName } from "../../wire/index.ts";
import { userCaller } from "../../service/testing/test-deployment.ts";
import { refused } from "../testing/refusal.ts";
import { s3Deployment } from "../testing/s3-deployment.ts";

const Bucket = "bucket";

const answers: readonly (readonly [OperationName<"s3">, object])[] = [
  ["GetBucketVersioning", {}],
  ["GetBucketLogging", {}],
  ["GetBucketRequestPayment", { Payer: "BucketOwner" }],
  [
    "GetBucketOwnershipControls",
    { OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] } },
  ],
  [
    "GetPublicAccessBlock",
    {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        IgnorePublicAcls: true,
        BlockPublicPolicy: true,
        RestrictPublicBuckets: true,
      },
    },
  ],
];

const absences: readonly (readonly [OperationName<"s3">, string])[] = [
  ["GetBucketTagging", "NoSuchTagSet"],
  ["GetBucketCors", "NoSuchCORSConfiguration"],
  ["GetBucketLifecycleConfiguration", "NoSuchLifecycleConfiguration"],
  ["GetBucketWebsite", "NoSuchWebsiteConfiguration"],
  ["GetBucketReplication", "ReplicationConfigurationNotFoundError"],
  ["GetObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"],
];

describe("a setting that cannot be changed", () => {
  for (const [name, answer] of answers) {
    test(`${name} answers what new buckets have`, async () => {
      const at = await s3Deployment();
      await refused(at.call(name, { Bucket }), { code: "NoSuchBucket" });
      await at.bucket(Bucket);
      assert.deepEqual(await at.call(name, { Bucket }), answer);
      const stranger = { caller: userCaller("stranger") };
      await refused(at.call(name, { Bucket }, stranger), { code: "AccessDenied" });
    });
  }

  for (const [name, code] of absences) {
    test(`${name} answers that there is none`, async () => {
      const at = await s3Deployment();
      await at.bucket(Bucket);
      await refused(at.call(name, { Bucket }), {
        code,
        status: 404,
        members: { BucketName: Bucket },
      });
      const stranger = { caller: userCaller("stranger") };
      await refused(at.call(name, { Bucket }, stranger), { code: "AccessDenied" });
    });
  }

  test("the owner alone has every right in the access control list", async () => {
    const at = await s3Deployment();
    await at.bucket(Bucket);
    const { Owner, Grants } = await at.call("GetBucketAcl", { Bucket });
    const { ID } = Owner as { ID: string };
    assert.match(ID, /^[0-9a-f]{64}$/);
    const Grantee = { ID, Type: "CanonicalUser" };
    assert.deepEqual(Grants, [{ Grantee, Permission: "FULL_CONTROL" }]);
  });
});
