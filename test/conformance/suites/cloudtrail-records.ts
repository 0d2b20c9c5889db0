/** What CloudTrail writes down of a call. Each record is found by its request id. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clients } from "../../support/clients.ts";
import { everything, policy, type Deployment } from "../../support/deployment.ts";
import { lookUp, recordOf, records, type TrailRecord } from "../../support/events.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

interface Answered {
  readonly $metadata: { readonly requestId?: string | undefined };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const secret = "a plaintext that no record may hold";

/** The order in which CloudTrail writes the members of a record. */
const members = `eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress
  userAgent errorCode errorMessage requestParameters responseElements additionalEventData requestID
  eventID readOnly resources eventType apiVersion managementEvent recipientAccountId sharedEventID
  eventCategory tlsDetails`.split(/\s+/);

async function recordedOf(reader: Clients, name: string, answered: Answered): Promise<TrailRecord> {
  const id = answered.$metadata.requestId;
  assert.ok(id, `${name} answers a request id`);
  const found = await records(reader, name, (record) => record.requestID === id);
  assert.equal(found.length, 1, `${name} has one record`);
  return recordOf({ CloudTrailEvent: JSON.stringify(found[0]) });
}

export function cloudtrailRecords(at: Deployment): void {
  const resource = (ARN: string) => ({ accountId: at.account, type: "AWS::KMS::Key", ARN });

  describe("CloudTrail records", () => {
    test("a record has CloudTrail's members in CloudTrail's order", async () => {
      const { id, arn } = await at.key();
      const before = Date.now();
      const record = await recordedOf(
        at.root,
        "DescribeKey",
        await at.root.kms.describeKey({ KeyId: id }),
      );
      const names = Object.keys(record);
      assert.deepEqual(
        names.toSorted((a, b) => members.indexOf(a) - members.indexOf(b)),
        names,
      );
      const { eventTime, requestID, eventID, userAgent, eventVersion, ...rest } = record;
      assert.match(eventTime, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      assert.ok(Math.abs(Date.parse(eventTime) - before) < 60_000);
      assert.match(requestID, uuid);
      assert.match(eventID, uuid);
      assert.match(userAgent, /aws-sdk-js/);
      assert.match(eventVersion, /^1\.1\d$/);
      assert.partialDeepStrictEqual(rest, {
        userIdentity: {
          type: "Root",
          principalId: at.account,
          arn: `arn:aws:iam::${at.account}:root`,
          accountId: at.account,
          accessKeyId: at.root.credentials.accessKeyId,
        },
        eventSource: "kms.amazonaws.com",
        eventName: "DescribeKey",
        awsRegion: at.region,
        requestParameters: { keyId: id },
        responseElements: null,
        readOnly: true,
        resources: [resource(arn)],
        eventType: "AwsApiCall",
        managementEvent: true,
        recipientAccountId: at.account,
        eventCategory: "Management",
      });
    });

    test("a user is an IAMUser, a session an AssumedRole with its issuer", async () => {
      const user = await at.user("recorded", everything);
      const asked = await user.kms.listKeys({});
      const identity = (await recordedOf(at.root, "ListKeys", asked)).userIdentity;
      assert.deepEqual(identity, {
        type: "IAMUser",
        principalId: user.id,
        arn: user.arn,
        accountId: at.account,
        accessKeyId: user.credentials.accessKeyId,
        userName: user.name,
      });

      const role = await at.role("recorded", everything);
      const session = await at.assume(role, "night");
      const other = await recordedOf(at.root, "ListKeys", await session.kms.listKeys({}));
      const { sessionContext, ...rest } = other.userIdentity;
      assert.deepEqual(rest, {
        type: "AssumedRole",
        principalId: `${role.id}:night`,
        arn: `arn:aws:sts::${at.account}:assumed-role/${role.name}/night`,
        accountId: at.account,
        accessKeyId: session.credentials.accessKeyId,
      });
      assert.partialDeepStrictEqual(sessionContext, {
        sessionIssuer: {
          type: "Role",
          principalId: role.id,
          arn: role.arn,
          accountId: at.account,
          userName: role.name,
        },
        attributes: { mfaAuthenticated: "false" },
      });
    });

    test("cryptographic calls say which key, material and context, and no secret", async () => {
      const { id, arn } = await at.key();
      const { kms } = at.root;
      const { KeyMetadata } = await kms.describeKey({ KeyId: id });
      const keyMaterialId = KeyMetadata?.CurrentKeyMaterialId;
      const EncryptionContext = { stage: "live" };
      const Plaintext = Buffer.from(secret);
      const encrypted = await kms.encrypt({ KeyId: id, Plaintext, EncryptionContext });
      const { CiphertextBlob } = encrypted;
      const expected: [string, Answered, object][] = [
        [
          "Encrypt",
          encrypted,
          {
            requestParameters: {
              keyId: id,
              encryptionAlgorithm: "SYMMETRIC_DEFAULT",
              encryptionContext: EncryptionContext,
            },
          },
        ],
        [
          "Decrypt",
          await kms.decrypt({ CiphertextBlob, EncryptionContext }),
          {
            requestParameters: {
              encryptionAlgorithm: "SYMMETRIC_DEFAULT",
              encryptionContext: EncryptionContext,
            },
            additionalEventData: { keyMaterialId },
          },
        ],
        [
          "GenerateDataKey",
          await kms.generateDataKey({ KeyId: arn, KeySpec: "AES_256", EncryptionContext }),
          {
            requestParameters: {
              keyId: arn,
              keySpec: "AES_256",
              encryptionContext: EncryptionContext,
            },
            additionalEventData: { keyMaterialId },
          },
        ],
        [
          "GenerateDataKeyWithoutPlaintext",
          await kms.generateDataKeyWithoutPlaintext({ KeyId: id, NumberOfBytes: 64 }),
          { requestParameters: { keyId: id, numberOfBytes: 64 } },
        ],
      ];
      await inTurn(expected, async ([name, answered, more]) => {
        const record = await recordedOf(at.root, name, answered);
        assert.partialDeepStrictEqual(record, {
          responseElements: null,
          readOnly: true,
          resources: [resource(arn)],
          ...more,
        });
        const text = JSON.stringify(record);
        const blob = Buffer.from(CiphertextBlob ?? []).toString("base64");
        for (const hidden of [secret, Plaintext.toString("base64"), blob]) {
          assert.ok(!text.includes(hidden), `${name} records what it must not`);
        }
        assert.equal(record.requestParameters?.["plaintext"], undefined);
        assert.equal(record.requestParameters?.["ciphertextBlob"], undefined);
      });
    });

    test("ReEncrypt names both keys, the source first", async () => {
      const [from, to] = [await at.key(), await at.key()];
      const { CiphertextBlob } = await at.root.kms.encrypt({
        KeyId: from.id,
        Plaintext: Buffer.from(secret),
      });
      const answered = await at.root.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: to.id });
      const record = await recordedOf(at.root, "ReEncrypt", answered);
      assert.deepEqual(record.resources, [resource(from.arn), resource(to.arn)]);
      assert.partialDeepStrictEqual(record.requestParameters, {
        sourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        destinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        destinationKeyId: to.id,
      });
    });

    test("CreateKey records what was asked and the key that was made", async () => {
      const answered = await at.root.kms.createKey({ Description: "recorded" });
      const record = await recordedOf(at.root, "CreateKey", answered);
      const { KeyId, Arn = "" } = answered.KeyMetadata ?? {};
      assert.equal(record.readOnly, false);
      assert.deepEqual(record.resources, [resource(Arn)]);
      assert.partialDeepStrictEqual(record.requestParameters, {
        description: "recorded",
        origin: "AWS_KMS",
        keySpec: "SYMMETRIC_DEFAULT",
        keyUsage: "ENCRYPT_DECRYPT",
        bypassPolicyLockoutSafetyCheck: false,
      });
      assert.partialDeepStrictEqual(record.responseElements, {
        keyMetadata: { keyId: KeyId, arn: Arn, keyState: "Enabled", keyManager: "CUSTOMER" },
      });
    });

    test("administration of a key is recorded as writing", async () => {
      const { id: KeyId, arn } = await at.key();
      const { kms } = at.root;
      const calls: [string, () => Promise<Answered>, object][] = [
        ["DisableKey", () => kms.disableKey({ KeyId }), { keyId: KeyId }],
        ["EnableKey", () => kms.enableKey({ KeyId }), { keyId: KeyId }],
        [
          "TagResource",
          () => kms.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] }),
          { keyId: KeyId, tags: [{ tagKey: "a", tagValue: "b" }] },
        ],
        [
          "EnableKeyRotation",
          () => kms.enableKeyRotation({ KeyId, RotationPeriodInDays: 200 }),
          { keyId: KeyId, rotationPeriodInDays: 200 },
        ],
        [
          "ScheduleKeyDeletion",
          () => kms.scheduleKeyDeletion({ KeyId, PendingWindowInDays: 7 }),
          { keyId: KeyId, pendingWindowInDays: 7 },
        ],
        ["CancelKeyDeletion", () => kms.cancelKeyDeletion({ KeyId }), { keyId: KeyId }],
      ];
      await inTurn(calls, async ([name, call, requestParameters]) => {
        const record = await recordedOf(at.root, name, await call());
        assert.equal(record.readOnly, false, name);
        assert.deepEqual(record.resources, [resource(arn)], name);
        assert.partialDeepStrictEqual(record.requestParameters, requestParameters);
      });
    });

    test("CreateAlias names the key and the alias", async () => {
      const { id, arn } = await at.key();
      const AliasName = `alias/${fresh("recorded")}`;
      const answered = await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
      const record = await recordedOf(at.root, "CreateAlias", answered);
      assert.deepEqual(record.requestParameters, { aliasName: AliasName, targetKeyId: id });
      const named = record.resources?.map(({ ARN }) => ARN).toSorted();
      const aliasArn = `arn:aws:kms:${at.region}:${at.account}:${AliasName}`;
      assert.deepEqual(named, [aliasArn, arn].toSorted());
    });

    test("a denied call is recorded with its reason", async () => {
      const user = await at.user("denied");
      const { id: KeyId, arn } = await at.key();
      const error = await refused(user.kms.encrypt({ KeyId, Plaintext: Buffer.from(secret) }), {
        code: "AccessDeniedException",
      });
      const [record] = await records(at.root, "Encrypt", (r) => r.userIdentity.arn === user.arn);
      assert.equal(record?.errorCode, "AccessDenied");
      assert.equal(record.errorMessage, error.message);
      assert.equal(record.responseElements, null);
      assert.deepEqual(record.resources, [resource(arn)]);
    });

    test("a refused call is recorded with its error", async () => {
      const user = await at.user("refused", everything);
      const { id: KeyId, arn } = await at.key();
      await user.kms.disableKey({ KeyId });
      await refused(user.kms.generateDataKey({ KeyId, KeySpec: "AES_256" }), {
        code: "DisabledException",
      });
      await refused(user.kms.describeKey({ KeyId: crypto.randomUUID() }), {
        code: "NotFoundException",
      });
      const mine = (record: TrailRecord) => record.userIdentity.arn === user.arn;
      const [disabled] = await records(at.root, "GenerateDataKey", mine);
      assert.equal(disabled?.errorCode, "DisabledException");
      assert.equal(disabled.errorMessage, `${arn} is disabled.`);
      const [missing] = await records(at.root, "DescribeKey", mine);
      assert.equal(missing?.errorCode, "NotFoundException");
      assert.deepEqual(missing.resources ?? [], []);
    });

    test("a key that S3 uses is recorded with the caller, and S3 as who asked", async () => {
      const { arn } = await at.key();
      const Bucket = await at.bucket();
      const user = await at.user("through-s3", everything);
      const Key = "reports/2025 täglich+.pdf";
      const sse = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: arn } as const;
      await user.s3.putObject({ Bucket, Key, Body: secret, ...sse });
      await (await user.s3.getObject({ Bucket, Key })).Body?.transformToString();
      const mine = (record: TrailRecord) => record.userIdentity.arn === user.arn;
      const made = await records(at.root, "GenerateDataKey", mine);
      const opened = await records(at.root, "Decrypt", mine);
      assert.deepEqual([made.length, opened.length], [1, 1]);
      const service = "fas.s3.amazonaws.com";
      const encryptionContext = { "aws:s3:arn": `arn:aws:s3:::${Bucket}/${Key}` };
      assert.deepEqual(made[0]?.requestParameters, {
        encryptionContext,
        keyId: arn,
        keySpec: "AES_256",
      });
      assert.deepEqual(opened[0]?.requestParameters, {
        encryptionAlgorithm: "SYMMETRIC_DEFAULT",
        encryptionContext,
      });
      for (const record of [...made, ...opened]) {
        assert.partialDeepStrictEqual(record, {
          userIdentity: {
            type: "IAMUser",
            principalId: user.id,
            arn: user.arn,
            accountId: at.account,
            userName: user.name,
            invokedBy: service,
          },
          sourceIPAddress: service,
          userAgent: service,
          responseElements: null,
          readOnly: true,
          resources: [resource(arn)],
          eventType: "AwsApiCall",
          managementEvent: true,
          eventCategory: "Management",
        });
        assert.match(String(record.additionalEventData?.["keyMaterialId"]), /^[0-9a-f]{64}$/);
        assert.ok(!("tlsDetails" in record));
      }
    });

    test("AssumeRole and CreateAccessKey record no secret", async () => {
      const role = await at.role("secret");
      const operator = await at.operator();
      const assumed = await operator.sts.assumeRole({
        RoleArn: role.arn,
        RoleSessionName: "recorded",
      });
      const record = await recordedOf(at.root, "AssumeRole", assumed);
      assert.equal(record.eventSource, "sts.amazonaws.com");
      assert.equal(record.readOnly, true);
      assert.partialDeepStrictEqual(record.requestParameters, {
        roleArn: role.arn,
        roleSessionName: "recorded",
      });
      assert.partialDeepStrictEqual(record.responseElements, {
        credentials: { accessKeyId: assumed.Credentials?.AccessKeyId },
        assumedRoleUser: {
          assumedRoleId: `${role.id}:recorded`,
          arn: assumed.AssumedRoleUser?.Arn,
        },
      });
      assert.partialDeepStrictEqual(record.resources, [
        { accountId: at.account, type: "AWS::IAM::Role", ARN: role.arn },
      ]);
      const made = await at.root.iam.createAccessKey({ UserName: (await at.user("keyed")).name });
      const created = await recordedOf(at.root, "CreateAccessKey", made);
      assert.equal(created.eventSource, "iam.amazonaws.com");
      for (const [text, hidden] of [
        [JSON.stringify(record), assumed.Credentials?.SecretAccessKey],
        [JSON.stringify(created), made.AccessKey?.SecretAccessKey],
      ] as const) {
        assert.ok(hidden && !text.includes(hidden));
      }
    });

    test("a missing entity of IAM is recorded under CloudTrail's name for it", async () => {
      const UserName = fresh("nobody");
      const user = await at.user("asking", everything);
      await refused(user.iam.getUser({ UserName }), { code: "NoSuchEntity" });
      const mine = (record: TrailRecord) => record.userIdentity.arn === user.arn;
      const [record] = await records(at.root, "GetUser", mine);
      assert.equal(record?.errorCode, "NoSuchEntityException");
    });

    test("bucket administration is recorded, data traffic is not", async () => {
      const user = await at.user("buckets", everything);
      const Bucket = fresh("recorded");
      const created = await user.s3.createBucket({ Bucket });
      await user.s3.putBucketPolicy({
        Bucket,
        Policy: policy({
          Effect: "Allow",
          Principal: { AWS: user.arn },
          Action: "s3:GetObject",
          Resource: `arn:aws:s3:::${Bucket}/*`,
        }),
      });
      await user.s3.getBucketEncryption({ Bucket });
      await user.s3.putObject({ Bucket, Key: "k", Body: "x" });
      await user.s3.listObjectsV2({ Bucket });
      await user.s3.deleteObject({ Bucket, Key: "k" });
      const events = await lookUp(at.root, { key: "Username", value: user.name });
      const mine = events.map(recordOf).filter((r) => r.eventSource === "s3.amazonaws.com");
      assert.deepEqual(mine.map((record) => record.eventName).toSorted(), [
        "CreateBucket",
        "GetBucketEncryption",
        "PutBucketPolicy",
      ]);
      const byName = Object.fromEntries(mine.map((record) => [record.eventName, record]));
      assert.equal(byName["CreateBucket"]?.requestID, created.$metadata.requestId);
      assert.equal(byName["CreateBucket"]?.requestParameters?.["bucketName"], Bucket);
      assert.equal(byName["CreateBucket"]?.readOnly, false);
      assert.equal(byName["GetBucketEncryption"]?.readOnly, true);
      assert.match(byName["GetBucketEncryption"]?.userAgent ?? "", /^\[.*\]$/);
      assert.partialDeepStrictEqual(byName["PutBucketPolicy"], {
        requestParameters: { bucketName: Bucket, policy: "" },
        resources: [
          { accountId: at.account, type: "AWS::S3::Bucket", ARN: `arn:aws:s3:::${Bucket}` },
        ],
        eventCategory: "Management",
      });
    });

    test("a denied bucket call is recorded", async () => {
      const user = await at.user("refused");
      const Bucket = await at.bucket();
      await refused(user.s3.getBucketPolicy({ Bucket }), { code: "AccessDenied", status: 403 });
      const mine = (record: TrailRecord) => record.userIdentity.arn === user.arn;
      const [record] = await records(at.root, "GetBucketPolicy", mine);
      assert.equal(record?.errorCode, "AccessDenied");
      assert.equal(record.responseElements, null);
    });

    test("a call that is refused for its form is recorded too", async () => {
      const user = await at.user("malformed", everything);
      const Bucket = await at.bucket();
      await refused(user.kms.describeKey({ KeyId: "k".repeat(2049) }), {
        code: "ValidationException",
      });
      await refused(user.iam.getUser({ UserName: "u/u" }), { code: "ValidationError" });
      const Policy = JSON.stringify({ nothing: "of a policy" });
      await refused(
        user.s3.putBucketPolicy({ Bucket, Policy, ContentMD5: "AAAAAAAAAAAAAAAAAAAAAA==" }),
        {
          code: "BadDigest",
        },
      );
      const events = await lookUp(at.root, { key: "Username", value: user.name });
      const mine = events.map(recordOf).toSorted((a, b) => (a.eventName < b.eventName ? -1 : 1));
      assert.deepEqual(
        mine.map(({ eventName, errorCode }) => [eventName, errorCode]),
        [
          ["DescribeKey", "ValidationException"],
          ["GetUser", "ValidationError"],
          ["PutBucketPolicy", "BadDigest"],
        ],
      );
      assert.equal(mine[0]?.requestParameters, null);
      assert.equal(mine[0].responseElements, null);
    });

    test("a request that does not authenticate is nobody's event", async () => {
      const credentials = { accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "nonsense" };
      await refused(at.as(credentials).kms.listKeys({}), { code: "UnrecognizedClientException" });
      const found = await lookUp(at.root, { key: "AccessKeyId", value: credentials.accessKeyId });
      assert.deepEqual(found, []);
    });
  });
}
