import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, policy, type Deployment } from "../../support/deployment.ts";
import { fresh } from "../../support/names.ts";
import { read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { send } from "../../support/wire.ts";

export function s3BucketPolicy(at: Deployment): void {
  const statement = (Bucket: string, more: Readonly<Record<string, unknown>> = {}) => ({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${at.account}:root` },
    Action: "s3:GetObject",
    Resource: `arn:aws:s3:::${Bucket}/*`,
    ...more,
  });
  const put = (Bucket: string, ...statements: Readonly<Record<string, unknown>>[]) =>
    at.root.s3.putBucketPolicy({ Bucket, Policy: policy(statements) });

  describe("S3 bucket policies", () => {
    test("a policy is given back as it was put, and deleted for good", async () => {
      const Bucket = await at.bucket();
      await refused(at.root.s3.getBucketPolicy({ Bucket }), {
        code: "NoSuchBucketPolicy",
        status: 404,
        message: "The bucket policy does not exist",
        extra: { BucketName: Bucket },
      });
      const Policy = `{ "Version": "2012-10-17",\n  "Statement": [${JSON.stringify(statement(Bucket))}]}`;
      const answered = await at.root.s3.putBucketPolicy({ Bucket, Policy });
      assert.equal(answered.$metadata.httpStatusCode, 204);
      assert.equal((await at.root.s3.getBucketPolicy({ Bucket })).Policy, Policy);
      const { $metadata } = await at.root.s3.deleteBucketPolicy({ Bucket });
      assert.equal($metadata.httpStatusCode, 204);
      await at.root.s3.deleteBucketPolicy({ Bucket });
      await refused(at.root.s3.getBucketPolicy({ Bucket }), { code: "NoSuchBucketPolicy" });
    });

    const malformed: [string, (bucket: string) => string, string][] = [
      ["text", () => "nonsense", "Policies must be valid JSON and the first byte must be '{'"],
      [
        "no statement",
        () => JSON.stringify({ Version: "2012-10-17" }),
        "Missing required field Statement",
      ],
      [
        "another bucket's resource",
        () => policy(statement("somebody-elses-bucket")),
        "Policy has invalid resource",
      ],
      [
        "a principal that does not exist",
        (bucket) =>
          policy(
            statement(bucket, {
              Principal: { AWS: "arn:aws:iam::123456789012:user/strongroom-nobody" },
            }),
          ),
        "Invalid principal in policy",
      ],
      [
        "an unknown action",
        (bucket) => policy(statement(bucket, { Action: "s3:Fly" })),
        "Policy has invalid action",
      ],
      [
        "an object's action on the bucket",
        (bucket) => policy(statement(bucket, { Resource: `arn:aws:s3:::${bucket}` })),
        "Action does not apply to any resource(s) in statement",
      ],
    ];
    for (const [name, text, message] of malformed) {
      test(`${name}: ${message}`, async () => {
        const Bucket = await at.bucket();
        await refused(at.root.s3.putBucketPolicy({ Bucket, Policy: text(Bucket) }), {
          code: "MalformedPolicy",
          status: 400,
          message,
        });
      });
    }

    test("a policy of more than 20 KB is refused", async () => {
      const Bucket = await at.bucket();
      await refused(put(Bucket, statement(Bucket, { Sid: "s".repeat(20 * 1024) })), {
        code: ["MalformedPolicy", "EntityTooLarge", "PolicyTooLarge"],
        status: 400,
      });
    });

    test("the policy gives to a user who has no other", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "public/k", Body: "given" });
      await at.root.s3.putObject({ Bucket, Key: "private/k", Body: "kept" });
      const user = await at.user("given");
      await refused(user.s3.getObject({ Bucket, Key: "public/k" }), {
        code: "AccessDenied",
        status: 403,
        message: `User: ${user.arn} is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::${Bucket}/public/k" because no identity-based policy allows the s3:GetObject action`,
      });
      await put(
        Bucket,
        statement(Bucket, {
          Principal: { AWS: user.arn },
          Resource: `arn:aws:s3:::${Bucket}/public/*`,
        }),
      );
      assert.equal(String(await read(user.s3, { Bucket, Key: "public/k" })), "given");
      await refused(user.s3.getObject({ Bucket, Key: "private/k" }), { code: "AccessDenied" });
    });

    test("the policy takes from whom every other policy gives", async () => {
      const Bucket = await at.bucket();
      const user = await at.user("taken", everything);
      await user.s3.putObject({ Bucket, Key: "k", Body: "x" });
      await put(
        Bucket,
        statement(Bucket, { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject" }),
      );
      const denied = (arn: string) => ({
        code: "AccessDenied",
        status: 403,
        message: `User: ${arn} is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::${Bucket}/k" with an explicit deny in a resource-based policy`,
      });
      await refused(user.s3.deleteObject({ Bucket, Key: "k" }), denied(user.arn));
      await refused(
        at.root.s3.deleteObject({ Bucket, Key: "k" }),
        denied(`arn:aws:iam::${at.account}:root`),
      );
      await at.root.s3.deleteBucketPolicy({ Bucket });
      await user.s3.deleteObject({ Bucket, Key: "k" });
    });

    test("an absent object is not found only by whom may list the bucket", async () => {
      const Bucket = await at.bucket();
      const Action = "s3:GetObject";
      const reader = await at.user("reader", { Effect: "Allow", Action, Resource: "*" });
      await refused(reader.s3.getObject({ Bucket, Key: "none" }), {
        code: "AccessDenied",
        status: 403,
        message: new RegExp(
          `s3:ListBucket on resource: "arn:aws:s3:::${Bucket}" because no identity-based policy allows the s3:ListBucket action$`,
        ),
      });
      await refused(reader.s3.headObject({ Bucket, Key: "none" }), {
        code: ["Forbidden", "403", "Unknown"],
        status: 403,
      });
      const lister = await at.user("lister", {
        Effect: "Allow",
        Action: [Action, "s3:ListBucket"],
        Resource: "*",
      });
      await refused(lister.s3.getObject({ Bucket, Key: "none" }), {
        code: "NoSuchKey",
        status: 404,
        message: "The specified key does not exist.",
        extra: { Key: "none" },
      });
    });

    test("prefix, delimiter and max-keys are conditions of a listing", async () => {
      const Bucket = await at.bucket();
      const user = await at.user("prefix", {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: `arn:aws:s3:::${Bucket}`,
        Condition: {
          StringLike: { "s3:prefix": "home/${aws:username}/*" },
          NumericLessThanEquals: { "s3:max-keys": "10" },
        },
      });
      const Prefix = `home/${user.name}/docs`;
      await user.s3.listObjectsV2({ Bucket, Prefix, MaxKeys: 10 });
      await user.s3.listObjects({ Bucket, Prefix, MaxKeys: 1 });
      const AccessDenied = { code: "AccessDenied", status: 403 };
      await refused(user.s3.listObjectsV2({ Bucket, Prefix, MaxKeys: 11 }), AccessDenied);
      await refused(user.s3.listObjectsV2({ Bucket, MaxKeys: 10 }), AccessDenied);
      await refused(
        user.s3.listObjectsV2({ Bucket, Prefix: "home/other/", MaxKeys: 10 }),
        AccessDenied,
      );
    });

    test("the address of the caller is a condition", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      const user = await at.user("address", everything);
      const only = (SourceIp: string) =>
        statement(Bucket, {
          Effect: "Deny",
          Principal: { AWS: user.arn },
          Condition: { NotIpAddress: { "aws:SourceIp": SourceIp } },
        });
      await put(Bucket, only("127.0.0.0/8"));
      await read(user.s3, { Bucket, Key: "k" });
      await put(Bucket, only("10.0.0.0/8"));
      await refused(user.s3.getObject({ Bucket, Key: "k" }), { code: "AccessDenied" });
    });

    test("aws:SecureTransport tells the truth about plain HTTP", async () => {
      const Bucket = await at.bucket();
      await put(
        Bucket,
        statement(Bucket, {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        }),
      );
      const secure = at.endpoint.url.startsWith("https:");
      const done = at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      if (secure) await done;
      else await refused(done, { code: "AccessDenied", status: 403 });
    });

    test("a public policy is seen as public, and blocked on new buckets", async () => {
      const Bucket = await at.bucket();
      await put(Bucket, statement(Bucket));
      const { PolicyStatus } = await at.root.s3.getBucketPolicyStatus({ Bucket });
      assert.equal(PolicyStatus?.IsPublic, false);
      await refused(put(Bucket, statement(Bucket, { Principal: "*" })), {
        code: "AccessDenied",
        status: 403,
      });
    });

    test("without a policy there is no policy status", async () => {
      const Bucket = await at.bucket();
      await refused(at.root.s3.getBucketPolicyStatus({ Bucket }), {
        code: "NoSuchBucketPolicy",
        status: 404,
      });
    });

    test("nobody in particular gets nothing", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      const reply = await send(at.endpoint, { method: "GET", target: `/${Bucket}/k` });
      assert.equal(reply.status, 403);
      assert.match(reply.text, /<Code>AccessDenied<\/Code><Message>Access Denied<\/Message>/);
    });

    test("the owner can always mend its bucket's policy", async () => {
      const Bucket = await at.bucket();
      await put(
        Bucket,
        statement(Bucket, {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
        }),
      );
      const user = await at.user("locked", everything);
      await refused(user.s3.deleteBucketPolicy({ Bucket }), { code: "AccessDenied" });
      await at.root.s3.getBucketPolicy({ Bucket });
      await at.root.s3.deleteBucketPolicy({ Bucket });
      await user.s3.putObject({ Bucket, Key: fresh("open"), Body: "x" });
    });
  });
}
