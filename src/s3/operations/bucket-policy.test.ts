import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  ACCOUNT,
  PARTNER,
  roleCaller,
  rootCaller,
  userCaller,
} from "../../service/testing/test-deployment.ts";
import type { Principals } from "../../service/index.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";

const user = userCaller("reader");
const statement = (more: object = {}) => ({
  Effect: "Allow",
  Principal: { AWS: user.arn },
  Action: "s3:GetObject",
  Resource: "arn:aws:s3:::bucket/*",
  ...more,
});
const document = (...Statement: object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
const everything = {
  Effect: "Deny",
  Principal: "*",
  Action: "s3:*",
  Resource: ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/*"],
};
const put = (at: S3Deployment, Policy: string, caller = rootCaller()) =>
  at.call("PutBucketPolicy", { Bucket: "bucket", Policy }, { caller });
const get = (at: S3Deployment) => at.call("GetBucketPolicy", { Bucket: "bucket" });
const none = {
  code: "NoSuchBucketPolicy",
  status: 404,
  message: "The bucket policy does not exist",
  members: { BucketName: "bucket" },
};

/** Principals from a table, which a test may change. */
function principalsOf(ids: Map<string, string>): Principals {
  return {
    policiesOf: async () => ({ identity: [] }),
    resolve: async (arn) => ids.get(arn),
  };
}

describe("a bucket policy", () => {
  test("is given back byte for byte, and deleted as often as asked", async () => {
    const at = await s3Deployment();
    await at.bucket();
    await refused(get(at), none);
    const Policy = `{ "Version": "2012-10-17",\n "Statement": [${JSON.stringify(statement())}] }`;
    await put(at, Policy);
    assert.deepEqual(await get(at), { Policy });
    await at.call("DeleteBucketPolicy", { Bucket: "bucket" });
    await at.call("DeleteBucketPolicy", { Bucket: "bucket" });
    await refused(get(at), none);
  });

  test("gives and takes from the next request on", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await at.put(Bucket, "k", "contents");
    const read = () => at.call("GetObject", { Bucket, Key: "k" }, { caller: user });
    await refused(read(), { code: "AccessDenied" });
    await put(at, document(statement()));
    assert.equal(String((await read()).Body), "contents");
    await put(at, document(statement(), { ...statement(), Effect: "Deny" }));
    await refused(read(), {
      code: "AccessDenied",
      message: `User: ${user.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::bucket/k" with an explicit deny in a resource-based policy`,
    });
    await at.call("DeleteBucketPolicy", { Bucket });
    await refused(read(), { code: "AccessDenied" });
  });

  const malformed: readonly (readonly [string, string, string])[] = [
    ["text", "nonsense", "Policies must be valid JSON and the first byte must be '{'"],
    [
      "a space before it",
      ` ${document(statement())}`,
      "Policies must be valid JSON and the first byte must be '{'",
    ],
    ["no statement", JSON.stringify({ Version: "2012-10-17" }), "Missing required field Statement"],
    [
      "another bucket",
      document(statement({ Resource: "arn:aws:s3:::other/*" })),
      "Policy has invalid resource",
    ],
    [
      "an action that is none",
      document(statement({ Action: "s3:Fly" })),
      "Policy has invalid action",
    ],
    [
      "an object's action on the bucket",
      document(statement({ Resource: "arn:aws:s3:::bucket" })),
      "Action does not apply to any resource(s) in statement",
    ],
    [
      "a principal that is none",
      document(statement({ Principal: { AWS: "nobody" } })),
      "Invalid principal in policy",
    ],
    [
      "too much",
      document(statement({ Sid: "s".repeat(20 * 1024) })),
      "The bucket policy is larger than 20480 bytes",
    ],
  ];
  for (const [what, Policy, message] of malformed) {
    test(`with ${what} is malformed`, async () => {
      const at = await s3Deployment();
      await at.bucket();
      await refused(put(at, Policy), { code: "MalformedPolicy", status: 400, message });
      await refused(get(at), none);
    });
  }

  test("names only principals that exist, and whoever bears the name later is another", async () => {
    const partnerRoot = `arn:aws:iam::${PARTNER}:root`;
    const ids = new Map([
      [user.arn, user.uniqueId],
      [partnerRoot, PARTNER],
    ]);
    const at = await s3Deployment({ principals: principalsOf(ids) });
    const Bucket = await at.bucket();
    await at.put(Bucket, "k");
    for (const AWS of [
      `arn:aws:iam::${ACCOUNT}:user/nobody`,
      `arn:aws:iam::${ACCOUNT}:role/nobody`,
      "111122223333",
      `arn:aws:sts::${ACCOUNT}:assumed-role/nobody/session`,
    ]) {
      await refused(put(at, document(statement({ Principal: { AWS } }))), {
        code: "MalformedPolicy",
        message: "Invalid principal in policy",
        members: { Detail: `"AWS" : "${AWS}"` },
      });
    }
    const Policy = document(statement({ Principal: { AWS: [partnerRoot, user.arn] } }));
    await put(at, Policy);
    const read = (caller = user) => at.call("GetObject", { Bucket, Key: "k" }, { caller });
    await read();

    ids.set(user.arn, "AIDAANOTHERANOTHERANO");
    await refused(
      read({
        ...user,
        uniqueId: "AIDAANOTHERANOTHERANO",
        principal: { ...user.principal, uniqueId: "AIDAANOTHERANOTHERANO" } as never,
      }),
      { code: "AccessDenied" },
    );
    assert.deepEqual(await get(at), { Policy: Policy.replace(user.arn, user.uniqueId) });
  });

  test("may name roles, services and canonical users", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await at.put(Bucket, "k");
    const role = roleCaller("worker");
    await put(
      at,
      document(
        statement({
          Principal: {
            AWS: role.session?.issuerArn,
            Service: "cloudtrail.amazonaws.com",
            CanonicalUser: "a".repeat(64),
          },
        }),
      ),
    );
    await at.call("GetObject", { Bucket, Key: "k" }, { caller: role });
    await refused(at.call("GetObject", { Bucket, Key: "k" }, { caller: user }), {
      code: "AccessDenied",
    });
  });

  test("that denies everything is mended by the owner's root user, and by nobody else", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    const admin = userCaller("admin");
    at.allow(admin, { Effect: "Allow", Action: "s3:*", Resource: "*" });
    await put(at, document(everything));
    const asAdmin = { caller: admin };
    const denied = { code: "AccessDenied", status: 403 };
    await refused(at.call("GetBucketPolicy", { Bucket }, asAdmin), denied);
    await refused(at.call("DeleteBucketPolicy", { Bucket }, asAdmin), denied);
    await refused(put(at, document(statement()), admin), denied);
    await refused(at.call("HeadBucket", { Bucket }), denied);
    await get(at);
    await put(at, document(everything));
    await at.call("DeleteBucketPolicy", { Bucket });
    await at.call("GetBucketLocation", { Bucket }, asAdmin);
  });

  test("is the business of the owner's account, even where it says otherwise", async () => {
    const at = await s3Deployment();
    await at.bucket();
    const stranger = userCaller("stranger", PARTNER);
    at.allow(stranger, { Effect: "Allow", Action: "s3:*", Resource: "*" });
    await put(at, document({ ...everything, Effect: "Allow", Principal: { AWS: stranger.arn } }));
    const refusal = (Method: string) => ({
      code: "MethodNotAllowed",
      status: 405,
      members: { Method, ResourceType: "BUCKETPOLICY" },
    });
    const options = { caller: stranger };
    const input = { Bucket: "bucket" };
    await refused(at.call("GetBucketPolicy", input, options), refusal("GET"));
    await refused(put(at, document(statement()), stranger), refusal("PUT"));
    await refused(at.call("DeleteBucketPolicy", input, options), refusal("DELETE"));
    await at.call("HeadBucket", input, options);
  });

  test("is not put when it is public, and its status says that it is not", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await refused(at.call("GetBucketPolicyStatus", { Bucket }), none);
    await refused(put(at, document(statement({ Principal: "*" }))), {
      code: "AccessDenied",
      status: 403,
      message: `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::bucket" because public policies are blocked by the BlockPublicPolicy block public access setting.`,
    });
    await put(at, document(statement()));
    assert.deepEqual(await at.call("GetBucketPolicyStatus", { Bucket }), {
      PolicyStatus: { IsPublic: false },
    });
  });

  test("is recorded as CloudTrail records it", async () => {
    const at = await s3Deployment();
    const { details } = at.operations.get("PutBucketPolicy") ?? {};
    assert.deepEqual(details?.request?.({ Bucket: "bucket", Policy: document(statement()) }, []), {
      bucketPolicy: { Version: "2012-10-17", Statement: [statement()] },
      bucketName: "bucket",
      policy: "",
    });
    assert.equal(details?.response?.({}), null);
  });
});
