import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { accountBucketSpace, bucketNameSpace, bucketSpace, Change } from "../../records/index.ts";
import { ACCOUNT, PARTNER, rootCaller, userCaller } from "../../service/testing/test-deployment.ts";
import { encodePageToken } from "../listing/page-token.ts";
import { refused } from "../testing/refusal.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";
import { makeUnsteady } from "../testing/unsteady-kv.ts";

const noBucket = {
  code: "NoSuchBucket",
  status: 404,
  message: "The specified bucket does not exist",
  members: { BucketName: "bucket" },
};
const elsewhere = { request: { region: "eu-west-1" } };
const inRegion = (Bucket: string, LocationConstraint: string) => ({
  Bucket,
  CreateBucketConfiguration: { LocationConstraint: LocationConstraint as "EU" },
});

describe("a bucket", () => {
  test("is made, found and deleted", async () => {
    const at = await s3Deployment();
    assert.deepEqual(await at.call("CreateBucket", { Bucket: "bucket" }), {
      Location: "/bucket",
      BucketArn: "arn:aws:s3:::bucket",
    });
    assert.deepEqual(await at.call("HeadBucket", { Bucket: "bucket" }), {
      BucketArn: "arn:aws:s3:::bucket",
      BucketRegion: "us-east-1",
      AccessPointAlias: false,
    });
    assert.deepEqual(await at.call("GetBucketLocation", { Bucket: "bucket" }), {});
    await at.call("DeleteBucket", { Bucket: "bucket" });
    await refused(at.call("HeadBucket", { Bucket: "bucket" }), noBucket);
    await refused(at.call("DeleteBucket", { Bucket: "bucket" }), noBucket);
  });

  test("of a name that breaks a rule is not made", async () => {
    const at = await s3Deployment();
    const names = [
      "ab",
      "a".repeat(64),
      "Upper",
      "under_score",
      "-start",
      "end-",
      ".start",
      "a..b",
      "192.168.5.4",
      "xn--b",
      "sthree-b",
      "amzn-s3-demo-b",
      "b-s3alias",
      "b--ol-s3",
      "b.mrap",
      "b--x-s3",
      "b--table-s3",
      "",
    ];
    for (const Bucket of names) {
      await refused(at.call("CreateBucket", { Bucket }), {
        code: "InvalidBucketName",
        status: 400,
        message: "The specified bucket is not valid.",
        members: { BucketName: Bucket },
      });
    }
    for (const Bucket of ["abc", "a".repeat(63), "a.b-c", "1.2.3.4a", "s3alias"]) {
      await at.call("CreateBucket", { Bucket });
    }
  });

  test("made again by its owner is the same bucket in us-east-1, a conflict elsewhere", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await at.put(Bucket, "kept");
    assert.equal((await at.call("CreateBucket", { Bucket }))["Location"], "/bucket");
    assert.deepEqual(await at.names(Bucket), ["kept"]);

    await at.call("CreateBucket", inRegion("abroad", "eu-west-1"), elsewhere);
    const conflict = {
      code: "BucketAlreadyOwnedByYou",
      status: 409,
      message: "Your previous request to create the named bucket succeeded and you already own it.",
      members: { BucketName: "abroad" },
    };
    await refused(at.call("CreateBucket", inRegion("abroad", "eu-west-1"), elsewhere), conflict);
    await refused(at.call("CreateBucket", { Bucket: "abroad" }), conflict);
  });

  test("whose name no bucket can have is not looked for", async () => {
    const at = await s3Deployment();
    const Bucket = "b".repeat(3000);
    await refused(at.call("HeadBucket", { Bucket }), { code: "InvalidBucketName", status: 400 });
  });

  test("of another account's name is not made", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await refused(at.call("CreateBucket", { Bucket }, { caller: rootCaller(PARTNER) }), {
      code: "BucketAlreadyExists",
      status: 409,
      message:
        "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
      members: { BucketName: Bucket },
    });
  });

  test("made by two at once belongs to one of them", async () => {
    const at = await s3Deployment();
    const callers = [rootCaller(), rootCaller(PARTNER)];
    const made = await Promise.allSettled(
      callers.map((caller) => at.call("CreateBucket", { Bucket: "bucket" }, { caller })),
    );
    assert.deepEqual(made.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  });

  test("lives where its constraint says, as its endpoint allows", async () => {
    const at = await s3Deployment();
    const illegal = (place: string) => ({
      code: "IllegalLocationConstraintException",
      status: 400,
      message: `The ${place} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    });
    for (const place of ["us-east-1", "aws-global", "moon-base-1"]) {
      await refused(at.call("CreateBucket", inRegion("bucket", place)), {
        code: "InvalidLocationConstraint",
        status: 400,
        message: "The specified location-constraint is not valid",
        members: { LocationConstraint: place },
      });
    }
    for (const place of ["us-west-2", "moon-base-1"]) {
      await refused(at.call("CreateBucket", inRegion("bucket", place), elsewhere), illegal(place));
    }
    await refused(at.call("CreateBucket", { Bucket: "bucket" }, elsewhere), illegal("unspecified"));

    const locationOf = async (Bucket: string) =>
      (await at.call("GetBucketLocation", { Bucket }))["LocationConstraint"];
    const made = await at.call("CreateBucket", inRegion("from-home", "us-west-2"));
    assert.equal(made["Location"], "http://from-home.s3.amazonaws.com/");
    assert.equal(await locationOf("from-home"), "us-west-2");
    await at.call("CreateBucket", inRegion("old-name", "EU"), elsewhere);
    assert.equal(await locationOf("old-name"), "EU");
    const head = await at.call("HeadBucket", { Bucket: "old-name" });
    assert.equal(head["BucketRegion"], "eu-west-1");
  });

  test("is refused what is not built, by its name", async () => {
    const at = await s3Deployment();
    const refusals = [
      [{ ACL: "public-read" }, "InvalidBucketAclWithObjectOwnership"],
      [{ GrantRead: "id=1" }, "InvalidBucketAclWithObjectOwnership"],
      [{ ObjectOwnership: "ObjectWriter" }, "NotImplemented"],
      [{ ObjectOwnership: "Nobody" }, "InvalidArgument"],
      [{ ObjectLockEnabledForBucket: true }, "NotImplemented"],
      [{ BucketNamespace: "account-regional" }, "NotImplemented"],
      [{ CreateBucketConfiguration: { Tags: [{ Key: "k", Value: "v" }] } }, "NotImplemented"],
      [{ CreateBucketConfiguration: { Bucket: { Type: "Directory" } } }, "NotImplemented"],
    ] as const;
    for (const [more, code] of refusals) {
      await refused(at.call("CreateBucket", { Bucket: "bucket", ...(more as object) }), { code });
    }
    await at.call("CreateBucket", {
      Bucket: "bucket",
      ACL: "private",
      ObjectOwnership: "BucketOwnerEnforced",
      ObjectLockEnabledForBucket: false,
    });
  });

  test("is made with the permissions that the request's headers need", async () => {
    const at = await s3Deployment();
    const user = userCaller("maker");
    at.allow(user, {
      Effect: "Allow",
      Action: "s3:CreateBucket",
      Resource: "arn:aws:s3:::mine-*",
      Condition: { StringEquals: { "s3:locationconstraint": "us-west-2" } },
    });
    await at.call("CreateBucket", inRegion("mine-1", "us-west-2"), { caller: user });
    const denied = { code: "AccessDenied", status: 403 };
    await refused(at.call("CreateBucket", { Bucket: "mine-2" }, { caller: user }), denied);
    await refused(
      at.call("CreateBucket", inRegion("other", "us-west-2"), { caller: user }),
      denied,
    );
    const owned = { ...inRegion("mine-3", "us-west-2"), ObjectOwnership: "BucketOwnerEnforced" };
    await refused(at.call("CreateBucket", owned as never, { caller: user }), {
      ...denied,
      message: `User: ${user.arn} is not authorized to perform: s3:PutBucketOwnershipControls on resource: "arn:aws:s3:::mine-3" because no identity-based policy allows the s3:PutBucketOwnershipControls action`,
    });
  });

  test("is one of ten thousand at most", async () => {
    const at = await s3Deployment();
    const row = { bucketId: "id", region: "us-east-1", createdAt: 0 };
    for (let made = 0; made < 10_000; made += 1000) {
      const change = new Change();
      for (let n = made; n < made + 1000; n += 1) {
        change.put(accountBucketSpace, [ACCOUNT, `b-${n}`], row);
      }
      await at.store.commit(change, at.session);
    }
    await refused(at.call("CreateBucket", { Bucket: "one-more" }), {
      code: "TooManyBuckets",
      status: 400,
      message: "You have attempted to create more buckets than allowed",
    });
    await at.call("CreateBucket", { Bucket: "one-more" }, { caller: rootCaller(PARTNER) });
  });

  test("is asked after under its expected owner", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await at.call("HeadBucket", { Bucket, ExpectedBucketOwner: ACCOUNT });
    await refused(at.call("HeadBucket", { Bucket, ExpectedBucketOwner: PARTNER }), {
      code: "AccessDenied",
      status: 403,
    });
    await refused(at.call("HeadBucket", { Bucket, ExpectedBucketOwner: "nobody" }), {
      code: "InvalidBucketOwnerAWSAccountID",
      status: 400,
      message:
        "The value of the expected bucket owner parameter must be an AWS Account ID... [nobody]",
    });
  });

  test("is recorded as CloudTrail records it", async () => {
    const at = await s3Deployment();
    const operation = at.operations.get("CreateBucket");
    assert.deepEqual(operation?.details?.request?.(inRegion("bucket", "EU"), []), {
      CreateBucketConfiguration: {
        LocationConstraint: "EU",
        xmlns: "http://s3.amazonaws.com/doc/2006-03-01/",
      },
      bucketName: "bucket",
    });
    await at.bucket();
    await at.call("DeleteBucket", { Bucket: "bucket" });
    const names = (await at.events()).map(({ eventName }) => eventName);
    assert.deepEqual(names, ["CreateBucket", "DeleteBucket"]);
  });
});

describe("a list of buckets", () => {
  test("holds the account's own, by pages, prefix and region", async () => {
    const at = await s3Deployment();
    for (const name of ["b-2", "b-1", "a-1", "b-3"]) await at.bucket(name);
    await at.call("CreateBucket", inRegion("b-4", "eu-west-1"));
    await at.bucket("b-partner", rootCaller(PARTNER));
    const list = async (input: object) => {
      const answer = await at.call("ListBuckets", input);
      const names = (answer["Buckets"] as { Name: string }[]).map(({ Name }) => Name);
      return { names, token: answer["ContinuationToken"] };
    };
    assert.deepEqual((await list({})).names, ["a-1", "b-1", "b-2", "b-3", "b-4"]);
    const first = await list({ Prefix: "b-", MaxBuckets: 2 });
    assert.deepEqual(first.names, ["b-1", "b-2"]);
    const second = await list({ Prefix: "b-", MaxBuckets: 2, ContinuationToken: first.token });
    assert.deepEqual(second, { names: ["b-3", "b-4"], token: undefined });
    assert.deepEqual((await list({ BucketRegion: "eu-west-1" })).names, ["b-4"]);
    assert.deepEqual((await list({ ContinuationToken: "" })).names.length, 5);
    const behind = encodePageToken("zzz");
    assert.deepEqual((await list({ Prefix: "b-", ContinuationToken: behind })).names, []);
    assert.deepEqual((await list({ Prefix: "b".repeat(3000) })).names, []);
  });

  test("refuses arguments that cannot be", async () => {
    const at = await s3Deployment();
    await refused(at.call("ListBuckets", { BucketRegion: "eu-east-1" }), {
      code: "InvalidArgument",
      message: "Argument value eu-east-1 is not a valid AWS Region",
      members: { ArgumentName: "bucket-region", ArgumentValue: "eu-east-1" },
    });
    for (const MaxBuckets of [0, -1, 10_001]) {
      await refused(at.call("ListBuckets", { MaxBuckets }), { code: "InvalidArgument" });
    }
    for (const ContinuationToken of ["nonsense", encodePageToken("b".repeat(2000))]) {
      await refused(at.call("ListBuckets", { ContinuationToken }), {
        code: "InvalidArgument",
        message: "The continuation token provided is incorrect",
      });
    }
  });

  test("is for whom a policy gives it, on every resource or on every bucket", async () => {
    const at = await s3Deployment();
    for (const Resource of ["*", "arn:aws:s3:::*"]) {
      const user = userCaller(`lister-${Resource.length}`);
      await refused(at.call("ListBuckets", {}, { caller: user }), { code: "AccessDenied" });
      at.allow(user, { Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource });
      await at.call("ListBuckets", {}, { caller: user });
    }
    const anonymous = { kind: "anonymous", principal: { kind: "anonymous" } } as const;
    await refused(at.call("ListBuckets", {}, { caller: anonymous }), { code: "AccessDenied" });
    await refused(at.call("CreateBucket", { Bucket: "bucket" }, { caller: anonymous }), {
      code: "AccessDenied",
    });
  });
});

describe("the deletion of a bucket", () => {
  test("is refused while something is in it, and leaves it as it was", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await at.put(Bucket, "k");
    await refused(at.call("DeleteBucket", { Bucket }), {
      code: "BucketNotEmpty",
      status: 409,
      message: "The bucket you tried to delete is not empty",
      members: { BucketName: Bucket },
    });
    await at.put(Bucket, "k2");
    await at.call("DeleteObject", { Bucket, Key: "k" });
    await at.call("DeleteObject", { Bucket, Key: "k2" });
    await at.call("DeleteBucket", { Bucket });
  });

  test("is refused while an upload is open in it", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    const { UploadId } = await at.call("CreateMultipartUpload", { Bucket, Key: "k" });
    await refused(at.call("DeleteBucket", { Bucket }), { code: "BucketNotEmpty" });
    await at.call("AbortMultipartUpload", { Bucket, Key: "k", UploadId: String(UploadId) });
    await at.call("DeleteBucket", { Bucket });
  });

  test("leaves nothing for a bucket of the same name", async () => {
    const at = await s3Deployment();
    const before = await at.recordKeys();
    const Bucket = await at.bucket();
    const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }] as never;
    await at.call("PutBucketEncryption", {
      Bucket,
      ServerSideEncryptionConfiguration: { Rules },
    });
    await at.call("DeleteBucket", { Bucket });
    assert.deepEqual(await at.recordKeys(), before);
    await at.bucket();
    const answer = await at.put(Bucket, "k");
    assert.equal(answer["ServerSideEncryption"], "AES256");
  });

  test("that stopped after its first commit leaves a bucket that works", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    await markDeleting(at, Bucket);
    await at.call("HeadBucket", { Bucket });
    await at.put(Bucket, "k");
    assert.deepEqual(await at.names(Bucket), ["k"]);
    await at.call("DeleteObject", { Bucket, Key: "k" });
    await markDeleting(at, Bucket);
    await at.call("DeleteBucket", { Bucket });
    await refused(at.call("HeadBucket", { Bucket }), noBucket);
  });

  test("gives way to a put between its commits, even one whose object is gone again", async () => {
    const at = await s3Deployment();
    const Bucket = await at.bucket();
    const commit = at.kv.commit.bind(at.kv);
    const putBefore: typeof commit = async (change) => {
      at.kv.commit = commit;
      await at.put(Bucket, "late");
      return commit(change);
    };
    // The first commit marks the bucket.
    at.kv.commit = async (change) => {
      at.kv.commit = commit;
      const version = await commit(change);
      await at.put(Bucket, "late");
      await at.call("DeleteObject", { Bucket, Key: "late" });
      at.kv.commit = putBefore;
      return version;
    };
    await refused(at.call("DeleteBucket", { Bucket }), { code: "BucketNotEmpty" });
    await at.call("HeadBucket", { Bucket });
  });

  test("and puts at once never leave an object in a bucket that is gone", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom("put", "upload", "delete", "remove", "create"), {
          minLength: 2,
          maxLength: 12,
        }),
        fc.array(fc.nat(4), { minLength: 1, maxLength: 40 }),
        async (steps, turns) => {
          const at = await s3Deployment();
          const Bucket = await at.bucket();
          makeUnsteady(at.kv, turns);
          const before = await at.store.get(bucketNameSpace, Bucket);
          const outcomes = await Promise.allSettled(
            steps.map((step, n) => {
              if (step === "put") return at.put(Bucket, `k${n % 3}`);
              if (step === "upload") {
                return at.call("CreateMultipartUpload", { Bucket, Key: `k${n % 3}` });
              }
              if (step === "delete") return at.call("DeleteObject", { Bucket, Key: `k${n % 3}` });
              if (step === "create") return at.call("CreateBucket", { Bucket });
              return at.call("DeleteBucket", { Bucket });
            }),
          );
          for (const outcome of outcomes) {
            if (outcome.status === "fulfilled") continue;
            const { code } = outcome.reason as { code: string };
            assert.ok(["NoSuchBucket", "BucketNotEmpty"].includes(code), String(outcome.reason));
          }
          // What is there belongs to the one bucket of the name, or to none.
          const now = await at.store.get(bucketNameSpace, Bucket);
          const id = now?.value.bucketId;
          const kept = (await at.recordKeys()).filter((key) =>
            /^(version|current|usage|upload) /.test(key),
          );
          assert.ok(kept.every((key) => id !== undefined && key.includes(id)));
          if (before && id !== before.value.bucketId) {
            assert.equal(await at.store.get(bucketSpace, before.value.bucketId), undefined);
          }
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** What the first of a deletion's two commits leaves. */
async function markDeleting(at: S3Deployment, name: string): Promise<void> {
  const named = await at.store.get(bucketNameSpace, name);
  const bucket = named && (await at.store.get(bucketSpace, named.value.bucketId));
  assert.ok(bucket);
  const marked = { ...bucket.value, state: "deleting" as const };
  await at.store.commit(new Change().put(bucketSpace, [marked.id], marked), at.session);
}
