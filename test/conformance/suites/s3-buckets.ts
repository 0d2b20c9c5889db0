import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, type Deployment } from "../../support/deployment.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";
import { ask, targetOf } from "../../support/signature.ts";
import { element } from "../../support/wire.ts";

const noBucket = (Bucket: string) => ({
  code: "NoSuchBucket",
  status: 404,
  message: "The specified bucket does not exist",
  extra: { BucketName: Bucket },
});

export function s3Buckets(at: Deployment): void {
  const signed = (method: string, target: string, body = "", region?: string) =>
    ask(
      at.endpoint,
      { method, target, body },
      { credentials: at.endpoint.root, ...(region === undefined ? {} : { region }) },
    );

  describe("S3 buckets", () => {
    test("a new bucket is answered with its place and its ARN", async () => {
      const Bucket = fresh("new");
      const reply = await signed("PUT", `/${Bucket}`);
      assert.equal(reply.status, 200);
      assert.equal(reply.headers["location"], `/${Bucket}`);
      assert.equal(reply.headers["x-amz-bucket-arn"], `arn:aws:s3:::${Bucket}`);
      assert.equal(reply.text, "");
      const head = await at.root.s3.headBucket({ Bucket });
      assert.equal(head.BucketRegion, at.region);
      const location = await at.root.s3.getBucketLocation({ Bucket });
      assert.equal(location.LocationConstraint, undefined);
    });

    test("every S3 answer names its request twice", async () => {
      const reply = await signed("GET", `/${fresh("none")}`);
      assert.equal(reply.status, 404);
      assert.match(String(reply.headers["x-amz-request-id"]), /^[0-9A-Z]{16}$/);
      assert.equal(element(reply.text, "RequestId"), reply.headers["x-amz-request-id"]);
      assert.equal(element(reply.text, "HostId"), reply.headers["x-amz-id-2"]);
      assert.equal(reply.headers["content-type"], "application/xml");
      assert.match(
        reply.text,
        /^<\?xml version="1\.0" encoding="UTF-8"\?>\n?<Error><Code>NoSuchBucket<\/Code><Message>/,
      );
    });

    test("a bucket of another Region lives there, and is created from us-east-1 too", async () => {
      const abroad = at.as(at.endpoint.root, "eu-west-1");
      const [here, there] = [fresh("abroad"), fresh("abroad")];
      const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
      const created = await at.root.s3.createBucket({ Bucket: here, CreateBucketConfiguration });
      assert.equal(created.Location, `http://${here}.s3.amazonaws.com/`);
      await abroad.s3.createBucket({ Bucket: there, CreateBucketConfiguration });
      await inTurn([here, there], async (Bucket) => {
        const { LocationConstraint } = await abroad.s3.getBucketLocation({ Bucket });
        assert.equal(LocationConstraint, "eu-west-1");
        await abroad.s3.putObject({ Bucket, Key: "k", Body: "x" });
      });
    });

    test("a bucket is not served under another Region's signature", async () => {
      const Bucket = fresh("abroad");
      const abroad = at.as(at.endpoint.root, "eu-west-1");
      await abroad.s3.createBucket({
        Bucket,
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      });
      const reply = await signed("GET", `/${Bucket}`);
      assert.ok([301, 307, 400].includes(reply.status), `answered ${reply.status}`);
      assert.match(reply.text, /eu-west-1/);
      assert.ok(
        ["PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed"].includes(
          element(reply.text, "Code") ?? "",
        ),
      );
    });

    test("creating one's own bucket again is answered like the first time in us-east-1", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "kept", Body: "x" });
      const again = await at.root.s3.createBucket({ Bucket });
      assert.equal(again.Location, `/${Bucket}`);
      await at.root.s3.headObject({ Bucket, Key: "kept" });
    });

    test("creating one's own bucket again is refused in other Regions", async () => {
      const abroad = at.as(at.endpoint.root, "eu-west-1");
      const input = {
        Bucket: fresh("again"),
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      } as const;
      await abroad.s3.createBucket(input);
      await refused(abroad.s3.createBucket(input), {
        code: "BucketAlreadyOwnedByYou",
        status: 409,
        message:
          "Your previous request to create the named bucket succeeded and you already own it.",
        extra: { BucketName: input.Bucket },
      });
    });

    const badNames = [
      "ab",
      "a".repeat(64),
      "Upper-Case",
      "under_score",
      "-starts",
      "ends-",
      "two..dots",
      "192.168.5.4",
      "xn--bucket",
      "sthree-bucket",
      "amzn-s3-demo-bucket",
      "bucket-s3alias",
      "bucket--ol-s3",
    ];
    for (const name of badNames) {
      test(`${name.slice(0, 20)} is no name of a bucket`, async () => {
        const reply = await signed("PUT", `/${name}`);
        assert.equal(reply.status, 400);
        assert.equal(element(reply.text, "Code"), "InvalidBucketName");
        assert.equal(element(reply.text, "Message"), "The specified bucket is not valid.");
        assert.equal(element(reply.text, "BucketName"), name);
      });
    }

    const constraint = (place: string) =>
      `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${place}</LocationConstraint></CreateBucketConfiguration>`;
    for (const place of ["us-east-1", "aws-global", "moon-base-1"]) {
      test(`the location ${place} is refused in us-east-1`, async () => {
        const reply = await signed("PUT", `/${fresh("place")}`, constraint(place));
        assert.equal(reply.status, 400);
        assert.equal(element(reply.text, "Code"), "InvalidLocationConstraint");
        assert.equal(
          element(reply.text, "Message"),
          "The specified location-constraint is not valid",
        );
        assert.equal(element(reply.text, "LocationConstraint"), place);
      });
    }
    for (const place of ["us-west-2", "moon-base-1", ""]) {
      test(`the location ${place || "of nobody"} is refused in eu-west-1`, async () => {
        const body = place === "" ? "" : constraint(place);
        const reply = await signed("PUT", `/${fresh("place")}`, body, "eu-west-1");
        assert.equal(reply.status, 400);
        assert.equal(element(reply.text, "Code"), "IllegalLocationConstraintException");
        assert.equal(
          element(reply.text, "Message"),
          `The ${place || "unspecified"} location constraint is incompatible for the region specific endpoint this request was sent to.`,
        );
      });
    }

    test("a body that is no XML is refused", async () => {
      const reply = await signed("PUT", `/${fresh("xml")}`, "<CreateBucketConfiguration>");
      assert.equal(reply.status, 400);
      assert.equal(element(reply.text, "Code"), "MalformedXML");
    });

    test("only an empty bucket is deleted, and then it is gone", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      await refused(at.root.s3.deleteBucket({ Bucket }), {
        code: "BucketNotEmpty",
        status: 409,
        message: "The bucket you tried to delete is not empty",
        extra: { BucketName: Bucket },
      });
      await at.root.s3.deleteObject({ Bucket, Key: "k" });
      const { $metadata } = await at.root.s3.deleteBucket({ Bucket });
      assert.equal($metadata.httpStatusCode, 204);
      await refused(at.root.s3.deleteBucket({ Bucket }), noBucket(Bucket));
    });

    test("a bucket of the same name sees nothing of the one before", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      await at.root.s3.putBucketEncryption({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: arn },
            },
          ],
        },
      });
      await at.root.s3.deleteBucket({ Bucket });
      await at.root.s3.createBucket({ Bucket });
      const { ETag, ServerSideEncryption } = await at.root.s3.putObject({
        Bucket,
        Key: "k",
        Body: "x",
      });
      assert.deepEqual([ETag?.length, ServerSideEncryption], [34, "AES256"]);
      await refused(at.root.s3.getBucketPolicy({ Bucket }), { code: "NoSuchBucketPolicy" });
    });

    test("ListBuckets shows the account's own, by pages and by prefix", async () => {
      const prefix = fresh("many");
      const names = await inTurn(numbers(5), async (n) => {
        await at.root.s3.createBucket({ Bucket: `${prefix}-${n}` });
        return `${prefix}-${n}`;
      });
      const all = await at.root.s3.listBuckets({});
      assert.match(all.Owner?.ID ?? "", /^[0-9a-f]{64}$/);
      assert.equal(all.ContinuationToken, undefined);
      const every = all.Buckets?.map((bucket) => bucket.Name ?? "") ?? [];
      assert.deepEqual(every.toSorted(), every);
      assert.ok(all.Buckets?.every((bucket) => bucket.CreationDate));

      const found: string[] = [];
      const page = async (ContinuationToken?: string): Promise<void> => {
        const answer = await at.root.s3.listBuckets({
          Prefix: prefix,
          MaxBuckets: 2,
          ContinuationToken,
        });
        assert.equal(answer.Prefix, prefix);
        found.push(...(answer.Buckets ?? []).map((bucket) => bucket.Name ?? ""));
        if (answer.ContinuationToken !== undefined) await page(answer.ContinuationToken);
      };
      await page();
      assert.deepEqual(found, names);
    });

    test("ListBuckets can be asked for one Region", async () => {
      const prefix = fresh("regional");
      await at.root.s3.createBucket({ Bucket: `${prefix}-here` });
      await at.root.s3.createBucket({
        Bucket: `${prefix}-there`,
        CreateBucketConfiguration: { LocationConstraint: "eu-west-1" },
      });
      const { Buckets } = await at.root.s3.listBuckets({
        Prefix: prefix,
        BucketRegion: "eu-west-1",
      });
      assert.deepEqual(
        Buckets?.map(({ Name, BucketRegion }) => ({ Name, BucketRegion })),
        [{ Name: `${prefix}-there`, BucketRegion: "eu-west-1" }],
      );
      await refused(at.root.s3.listBuckets({ BucketRegion: "eu-east-1" }), {
        code: "InvalidArgument",
        status: 400,
        message: "Argument value eu-east-1 is not a valid AWS Region",
        extra: { ArgumentName: "bucket-region" },
      });
    });

    test("whatever is asked of a bucket that does not exist is not found", async () => {
      const Bucket = fresh("nobody");
      const { s3 } = at.root;
      const object = { Bucket, Key: "k" };
      const calls = [
        () => s3.getBucketLocation({ Bucket }),
        () => s3.getBucketEncryption({ Bucket }),
        () => s3.deleteBucketEncryption({ Bucket }),
        () => s3.getBucketPolicy({ Bucket }),
        () => s3.putBucketPolicy({ Bucket, Policy: "not even a policy" }),
        () => s3.deleteBucketPolicy({ Bucket }),
        () => s3.getBucketPolicyStatus({ Bucket }),
        () => s3.listObjects({ Bucket }),
        () => s3.listObjectsV2({ Bucket }),
        () => s3.listMultipartUploads({ Bucket }),
        () => s3.putObject({ ...object, Body: "x" }),
        () => s3.getObject(object),
        () => s3.deleteObject(object),
        () => s3.deleteObjects({ Bucket, Delete: { Objects: [{ Key: "k" }] } }),
        () => s3.createMultipartUpload(object),
        () => s3.copyObject({ ...object, CopySource: `${Bucket}/other` }),
      ];
      await inTurn(calls, (call) => refused(call(), noBucket(Bucket)));
      await refused(s3.headBucket({ Bucket }), { code: ["NotFound", "404"], status: 404 });
      await refused(s3.headObject(object), { code: ["NotFound", "404"], status: 404 });
    });

    test("a stranger learns that a bucket exists only when it may list it", async () => {
      const Bucket = await at.bucket();
      const stranger = await at.user("stranger");
      await refused(stranger.s3.headBucket({ Bucket }), {
        code: ["Forbidden", "403", "Unknown"],
        status: 403,
      });
      await refused(stranger.s3.listObjectsV2({ Bucket }), {
        code: "AccessDenied",
        status: 403,
        message: `User: ${stranger.arn} is not authorized to perform: s3:ListBucket on resource: "arn:aws:s3:::${Bucket}" because no identity-based policy allows the s3:ListBucket action`,
      });
    });

    test("the expected owner of a bucket is checked", async () => {
      const Bucket = await at.bucket();
      const owned = (ExpectedBucketOwner: string) =>
        at.root.s3.listObjectsV2({ Bucket, ExpectedBucketOwner });
      await owned(at.account);
      await refused(owned("111122223333"), { code: "AccessDenied", status: 403 });
      await refused(owned("nobody"), { code: "InvalidBucketOwnerAWSAccountID", status: 400 });
    });

    test("a user with every right on S3 may do all of this", async () => {
      const user = await at.user("all", everything);
      const Bucket = await at.bucket("own", user);
      await user.s3.putObject({ Bucket, Key: "k", Body: "x" });
      await user.s3.deleteObject({ Bucket, Key: "k" });
      await user.s3.deleteBucket({ Bucket });
    });

    test("buckets are addressed by host name too", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "by host", Body: "found" });
      const { port } = new URL(at.endpoint.url);
      const asks = [`${Bucket}.localhost`, `${Bucket}.s3.localhost`];
      await inTurn(asks, async (host) => {
        const reply = await ask(
          at.endpoint,
          {
            method: "GET",
            target: targetOf("/by host"),
            headers: { host: `${host}:${port}` },
          },
          { credentials: at.endpoint.root },
        );
        assert.deepEqual([reply.status, reply.text], [200, "found"], host);
      });
    });
  });
}
