/** Encryption of objects: headers, resolution of mode and key, ETags, errors, who may. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { Clients } from "../../support/clients.ts";
import { everything, policy, rootStatement, type Deployment } from "../../support/deployment.ts";
import { lookUp, recordOf, records } from "../../support/events.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { md5, pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { ask } from "../../support/signature.ts";
import { element } from "../../support/wire.ts";

const body = "0123456789";
const kms = (SSEKMSKeyId?: string) =>
  ({ ServerSideEncryption: "aws:kms", ...(SSEKMSKeyId ? { SSEKMSKeyId } : {}) }) as const;

export function s3Sse(at: Deployment): void {
  const setDefault = (
    Bucket: string,
    KMSMasterKeyID: string | undefined,
    BucketKeyEnabled = false,
  ) =>
    at.root.s3.putBucketEncryption({
      Bucket,
      ServerSideEncryptionConfiguration: {
        Rules: [
          {
            ApplyServerSideEncryptionByDefault: {
              SSEAlgorithm: "aws:kms",
              ...(KMSMasterKeyID === undefined ? {} : { KMSMasterKeyID }),
            },
            BucketKeyEnabled,
          },
        ],
      },
    });
  const put = (Bucket: string, more: Partial<PutObjectCommandInput> = {}, by: Clients = at.root) =>
    by.s3.putObject({ Bucket, Key: "k", Body: body, ...more });
  const shown = (answer: {
    ServerSideEncryption?: string | undefined;
    SSEKMSKeyId?: string | undefined;
    BucketKeyEnabled?: boolean | undefined;
  }) => [answer.ServerSideEncryption, answer.SSEKMSKeyId, answer.BucketKeyEnabled];
  const managedKey = async () =>
    (await at.root.kms.describeKey({ KeyId: "alias/aws/s3" })).KeyMetadata;

  describe("S3 server-side encryption", () => {
    test("PUT, GET, HEAD and a range show mode, key ARN and bucket key", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      await inTurn([true, undefined], async (BucketKeyEnabled) => {
        const expected = ["aws:kms", arn, BucketKeyEnabled];
        const written = await put(Bucket, { ...kms(arn), BucketKeyEnabled });
        assert.deepEqual(shown(written), expected);
        const got = await at.root.s3.getObject({ Bucket, Key: "k" });
        assert.equal(await got.Body?.transformToString(), body);
        assert.deepEqual(shown(got), expected);
        const range = await at.root.s3.getObject({ Bucket, Key: "k", Range: "bytes=2-4" });
        assert.equal(await range.Body?.transformToString(), "234");
        assert.deepEqual(shown(range), expected);
        assert.deepEqual(shown(await at.root.s3.headObject({ Bucket, Key: "k" })), expected);
      });
    });

    test("an ETag under KMS is 32 digits, another at each write, and not the MD5", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const [one, two] = [await put(Bucket, kms(arn)), await put(Bucket, kms(arn))];
      assert.match(one.ETag ?? "", /^"[0-9a-f]{32}"$/);
      assert.notEqual(one.ETag, two.ETag);
      assert.notEqual(one.ETag, `"${md5(Buffer.from(body))}"`);
      const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
      assert.equal(Contents?.[0]?.ETag, two.ETag);
    });

    for (const size of [0, 1, 40_000, 300_000, 3_000_000]) {
      test(`${size} bytes under KMS are read back, with a bucket key and without`, async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const Body = pattern(size, size);
        await inTurn([true, false], async (BucketKeyEnabled) => {
          await put(Bucket, { Body, ...kms(arn), BucketKeyEnabled });
          assert.ok((await read(at.root.s3, { Bucket, Key: "k" })).equals(Body));
        });
      });
    }

    describe("which mode and which key", () => {
      interface Resolution {
        readonly name: string;
        readonly rule: "none" | "key" | "key and bucket key" | "managed";
        readonly input: (other: string) => Partial<PutObjectCommandInput>;
        readonly mode: string;
        readonly key?: "bucket's" | "other" | "managed";
        readonly bucketKey?: true;
      }
      const resolutions: Resolution[] = [
        { name: "nothing said", rule: "none", input: () => ({}), mode: "AES256" },
        { name: "nothing said", rule: "key", input: () => ({}), mode: "aws:kms", key: "bucket's" },
        {
          name: "nothing said",
          rule: "key and bucket key",
          input: () => ({}),
          mode: "aws:kms",
          key: "bucket's",
          bucketKey: true,
        },
        {
          name: "nothing said",
          rule: "managed",
          input: () => ({}),
          mode: "aws:kms",
          key: "managed",
        },
        {
          name: "AES256",
          rule: "key",
          input: () => ({ ServerSideEncryption: "AES256" }),
          mode: "AES256",
        },
        {
          name: "aws:kms and a key",
          rule: "key",
          input: (other) => kms(other),
          mode: "aws:kms",
          key: "other",
        },
        {
          name: "aws:kms and a key",
          rule: "key and bucket key",
          input: (other) => kms(other),
          mode: "aws:kms",
          key: "other",
          bucketKey: true,
        },
        {
          name: "aws:kms, a key and no bucket key",
          rule: "key and bucket key",
          input: (other) => ({ ...kms(other), BucketKeyEnabled: false }),
          mode: "aws:kms",
          key: "other",
        },
        {
          name: "a bucket key alone",
          rule: "key",
          input: () => ({ BucketKeyEnabled: true }),
          mode: "aws:kms",
          key: "bucket's",
          bucketKey: true,
        },
        {
          name: "aws:kms without a key",
          rule: "key",
          input: () => kms(),
          mode: "aws:kms",
          key: "managed",
        },
        {
          name: "aws:kms without a key",
          rule: "none",
          input: () => kms(),
          mode: "aws:kms",
          key: "managed",
        },
      ];
      for (const { name, rule, input, mode, key, bucketKey } of resolutions) {
        test(`${name}, with the bucket's rule ${rule}: ${mode} ${key ?? ""}`, async () => {
          const Bucket = await at.bucket();
          const [own, other] = [await at.key(), await at.key()];
          if (rule !== "none") {
            await setDefault(
              Bucket,
              rule === "managed" ? undefined : own.arn,
              rule === "key and bucket key",
            );
          }
          const answer = await put(Bucket, input(other.arn));
          const arns = {
            "bucket's": own.arn,
            other: other.arn,
            managed: (await managedKey())?.Arn,
          };
          assert.deepEqual(shown(answer), [mode, key && arns[key], bucketKey]);
        });
      }

      test("a key may be named by its id, ARN, alias or alias's ARN, in the request or the rule", async () => {
        const Bucket = await at.bucket();
        const { id, arn } = await at.key();
        const AliasName = `alias/${fresh("sse")}`;
        await at.root.kms.createAlias({ AliasName, TargetKeyId: id });
        const forms = [id, arn, AliasName, `arn:aws:kms:${at.region}:${at.account}:${AliasName}`];
        await inTurn(forms, async (form) => {
          assert.deepEqual(shown(await put(Bucket, kms(form))), ["aws:kms", arn, undefined], form);
        });
        await inTurn(forms, async (form) => {
          await setDefault(Bucket, form);
          assert.deepEqual(shown(await put(Bucket)), ["aws:kms", arn, undefined], form);
        });
      });

      test("the managed key is AWS's, made at first use, for this account through S3 only", async () => {
        const Bucket = await at.bucket();
        const { SSEKMSKeyId } = await put(Bucket, kms());
        const metadata = await managedKey();
        assert.equal(metadata?.Arn, SSEKMSKeyId);
        assert.equal(metadata?.KeyManager, "AWS");
        assert.equal(
          metadata.Description,
          "Default key that protects my S3 objects when no other key is defined",
        );
        const KeyId = metadata.KeyId ?? "";
        const { Policy } = await at.root.kms.getKeyPolicy({ KeyId });
        const { Statement } = JSON.parse(Policy ?? "");
        assert.equal(Statement.length, 2);
        assert.deepEqual(Statement[0].Condition, {
          StringEquals: {
            "kms:CallerAccount": at.account,
            "kms:ViaService": `s3.${at.region}.amazonaws.com`,
          },
        });
        const { KeyRotationEnabled } = await at.root.kms.getKeyRotationStatus({ KeyId });
        assert.equal(KeyRotationEnabled, true);
        const denied = { code: "AccessDeniedException", status: 400 };
        const calls = [
          () => at.root.kms.encrypt({ KeyId, Plaintext: Buffer.from("x") }),
          () => at.root.kms.disableKey({ KeyId }),
          () => at.root.kms.scheduleKeyDeletion({ KeyId }),
          () => at.root.kms.rotateKeyOnDemand({ KeyId }),
          () => at.root.kms.updateKeyDescription({ KeyId, Description: "mine" }),
          () => at.root.kms.tagResource({ KeyId, Tags: [{ TagKey: "a", TagValue: "b" }] }),
          () => at.root.kms.putKeyPolicy({ KeyId, Policy: policy(rootStatement(at.account)) }),
        ];
        await inTurn(calls, (call) => refused(call(), denied));
      });

      test("the managed key needs no permission on KMS", async () => {
        const Bucket = await at.bucket();
        const user = await at.user("s3-only", {
          Effect: "Allow",
          Action: "s3:*",
          Resource: "*",
        });
        await put(Bucket, kms(), user);
        assert.equal(String(await read(user.s3, { Bucket, Key: "k" })), body);
      });
    });

    describe("refusals", () => {
      const notFound = (message: string) => ({
        code: "KMS.NotFoundException",
        status: 400,
        message,
      });
      const cases: [string, Partial<PutObjectCommandInput>, (account: string) => object][] = [
        [
          "a key id that is none",
          kms("fake-key-id"),
          () => notFound("Invalid keyId 'fake-key-id'"),
        ],
        [
          "a key that does not exist",
          kms("134f2428-cec1-4b25-a1ae-9048164dba47"),
          (account) =>
            notFound(
              `Key 'arn:aws:kms:us-east-1:${account}:key/134f2428-cec1-4b25-a1ae-9048164dba47' does not exist`,
            ),
        ],
        [
          "a key of another Region",
          kms("arn:aws:kms:eu-west-3:123456789012:key/134f2428-cec1-4b25-a1ae-9048164dba47"),
          () => notFound("Invalid arn eu-west-3"),
        ],
        [
          "a key without a mode",
          { SSEKMSKeyId: "134f2428-cec1-4b25-a1ae-9048164dba47" },
          () => ({
            code: "InvalidArgument",
            status: 400,
            message:
              "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms",
            extra: { ArgumentName: "x-amz-server-side-encryption" },
          }),
        ],
        [
          "a key with AES256",
          { ServerSideEncryption: "AES256", SSEKMSKeyId: "134f2428-cec1-4b25-a1ae-9048164dba47" },
          () => ({ code: "InvalidArgument", status: 400 }),
        ],
        [
          "an unknown mode",
          // @ts-expect-error: the type knows the values
          { ServerSideEncryption: "ROT13" },
          () => ({
            code: "InvalidArgument",
            status: 400,
            message: "The encryption method specified is not supported",
            extra: { ArgumentName: "x-amz-server-side-encryption", ArgumentValue: "ROT13" },
          }),
        ],
        [
          "a context that is no JSON",
          { ...kms(), SSEKMSEncryptionContext: Buffer.from("nonsense").toString("base64") },
          () => ({
            code: "InvalidArgument",
            status: 400,
            message:
              "The header 'x-amz-server-side-encryption-context' shall be Base64-encoded UTF-8 string holding JSON which represents a string-string map",
          }),
        ],
        [
          "a context of numbers",
          { ...kms(), SSEKMSEncryptionContext: Buffer.from('{"a":1}').toString("base64") },
          () => ({ code: "InvalidArgument", status: 400 }),
        ],
        [
          "a context with another object's ARN",
          {
            ...kms(),
            SSEKMSEncryptionContext: Buffer.from('{"aws:s3:arn":"arn:aws:s3:::b/k"}').toString(
              "base64",
            ),
          },
          () => ({ code: ["InvalidArgument", "InvalidRequest"], status: 400 }),
        ],
      ];
      for (const [name, input, expected] of cases) {
        test(`${name} is refused, and nothing is written`, async () => {
          const Bucket = await at.bucket();
          const refusal = { code: "", ...expected(at.account) };
          await refused(put(Bucket, input), refusal);
          await refused(at.root.s3.createMultipartUpload({ Bucket, Key: "k", ...input }), refusal);
          assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
        });
      }

      test("a rule with a key that is none refuses the upload, not the rule", async () => {
        const Bucket = await at.bucket();
        await setDefault(Bucket, "fake-key-id");
        await refused(put(Bucket), notFound("Invalid keyId 'fake-key-id'"));
      });

      test("modes are for writing: GET, HEAD and UploadPart refuse them", async () => {
        const Bucket = await at.bucket();
        await put(Bucket);
        const { UploadId } = await at.root.s3.createMultipartUpload({ Bucket, Key: "big" });
        const headers = { "x-amz-server-side-encryption": "AES256" };
        const targets: [string, string][] = [
          ["GET", `/${Bucket}/k`],
          ["PUT", `/${Bucket}/big?partNumber=1&uploadId=${encodeURIComponent(UploadId ?? "")}`],
        ];
        await inTurn(targets, async ([method, target]) => {
          const reply = await ask(
            at.endpoint,
            { method, target, headers, body: method === "PUT" ? "x" : "" },
            { credentials: at.endpoint.root },
          );
          assert.deepEqual(
            [reply.status, element(reply.text, "Code"), element(reply.text, "ArgumentValue")],
            [400, "InvalidArgument", "AES256"],
          );
          assert.equal(
            element(reply.text, "Message"),
            "x-amz-server-side-encryption header is not supported for this operation.",
          );
        });
      });

      test("a key that is disabled or pending deletion stops reading and writing, not the rest", async () => {
        const Bucket = await at.bucket();
        const { id, arn } = await at.key();
        await inTurn(
          [
            [() => at.root.kms.disableKey({ KeyId: id }), "KMS.DisabledException", "is disabled."],
            [
              () => at.root.kms.scheduleKeyDeletion({ KeyId: id }),
              "KMS.KMSInvalidStateException",
              "is pending deletion.",
            ],
          ] as const,
          async ([change, code, state]) => {
            await at.root.kms.cancelKeyDeletion({ KeyId: id }).catch(() => {});
            await at.root.kms.enableKey({ KeyId: id });
            await inTurn([true, false], async (BucketKeyEnabled) => {
              const Key = `${code} ${BucketKeyEnabled}`;
              await put(Bucket, { Key, ...kms(arn), BucketKeyEnabled });
              await read(at.root.s3, { Bucket, Key });
            });
            await change();
            const refusal = { code, status: 400, message: `${arn} ${state}` };
            await inTurn([true, false], async (BucketKeyEnabled) => {
              const Key = `${code} ${BucketKeyEnabled}`;
              await refused(at.root.s3.getObject({ Bucket, Key }), refusal);
              await refused(put(Bucket, { Key: "new", ...kms(arn), BucketKeyEnabled }), refusal);
              await at.root.s3.headObject({ Bucket, Key });
              await at.root.s3.deleteObject({ Bucket, Key });
            });
            await at.root.s3.listObjectsV2({ Bucket });
          },
        );
      });
    });

    describe("who may", () => {
      const s3Only = { Effect: "Allow", Action: "s3:*", Resource: "*" };

      for (const BucketKeyEnabled of [true, false]) {
        test(`writing needs GenerateDataKey, reading Decrypt, bucket key ${BucketKeyEnabled}`, async () => {
          const Bucket = await at.bucket();
          const { arn } = await at.key();
          const sse = { ...kms(arn), BucketKeyEnabled };
          const user = await at.user("reader", s3Only);
          const denied = (action: string) => ({
            code: "AccessDenied",
            status: 403,
            message: `User: ${user.arn} is not authorized to perform: ${action} on resource: ${arn} because no identity-based policy allows the ${action} action`,
          });
          await refused(put(Bucket, sse, user), denied("kms:GenerateDataKey"));
          await put(Bucket, sse);
          await refused(user.s3.getObject({ Bucket, Key: "k" }), denied("kms:Decrypt"));
          await refused(
            user.s3.getObject({ Bucket, Key: "k", Range: "bytes=0-1" }),
            denied("kms:Decrypt"),
          );
          await user.s3.headObject({ Bucket, Key: "k" });
          const reader = await at.user("reader", [s3Only, allow("kms:Decrypt", arn)]);
          assert.equal(String(await read(reader.s3, { Bucket, Key: "k" })), body);
          const writer = await at.user("writer", [s3Only, allow("kms:GenerateDataKey", arn)]);
          await put(Bucket, sse, writer);
        });

        test(`revoking a right acts at once, bucket key ${BucketKeyEnabled}`, async () => {
          const Bucket = await at.bucket();
          const { arn } = await at.key();
          const sse = { ...kms(arn), BucketKeyEnabled };
          const user = await at.user("revoked", [s3Only, allow("kms:*", arn)]);
          await put(Bucket, sse, user);
          await read(user.s3, { Bucket, Key: "k" });
          await at.allowUser(at.root, user.name, [s3Only]);
          await refused(user.s3.getObject({ Bucket, Key: "k" }), {
            code: "AccessDenied",
            status: 403,
          });
          await refused(put(Bucket, sse, user), { code: "AccessDenied", status: 403 });
          await at.allowUser(at.root, user.name, [s3Only, allow("kms:*", arn)]);
          await read(user.s3, { Bucket, Key: "k" });
          await at.root.kms.putKeyPolicy({
            KeyId: arn,
            Policy: policy([
              rootStatement(at.account),
              {
                Effect: "Deny",
                Principal: { AWS: user.arn },
                Action: "kms:Decrypt",
                Resource: "*",
              },
            ]),
          });
          await refused(user.s3.getObject({ Bucket, Key: "k" }), {
            code: "AccessDenied",
            status: 403,
          });
        });
      }

      test("kms:ViaService lets a key be used through S3 only", async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const user = await at.user("via", [
          s3Only,
          {
            ...allow("kms:*", arn),
            Condition: { StringEquals: { "kms:ViaService": `s3.${at.region}.amazonaws.com` } },
          },
        ]);
        await put(Bucket, kms(arn), user);
        assert.equal(String(await read(user.s3, { Bucket, Key: "k" })), body);
        await refused(user.kms.generateDataKey({ KeyId: arn, KeySpec: "AES_256" }), {
          code: "AccessDeniedException",
        });
      });

      test("the object's ARN is the context without a bucket key, the bucket's with one", async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const only = (value: string) => [
          s3Only,
          {
            ...allow("kms:*", arn),
            Condition: { StringEquals: { "kms:EncryptionContext:aws:s3:arn": value } },
          },
        ];
        const AccessDenied = { code: "AccessDenied", status: 403 };
        const object = await at.user("object", only(`arn:aws:s3:::${Bucket}/k`));
        await put(Bucket, kms(arn), object);
        await refused(put(Bucket, { Key: "other", ...kms(arn) }, object), AccessDenied);
        await refused(put(Bucket, { ...kms(arn), BucketKeyEnabled: true }, object), AccessDenied);
        const whole = await at.user("bucket", only(`arn:aws:s3:::${Bucket}`));
        await put(Bucket, { Key: "other", ...kms(arn), BucketKeyEnabled: true }, whole);
        await refused(put(Bucket, kms(arn), whole), AccessDenied);
      });

      test("a context of one's own is kept, recorded, and not shown", async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const user = await at.user("context", everything);
        const SSEKMSEncryptionContext = Buffer.from('{"project":"apollo"}').toString("base64");
        const written = await put(Bucket, { ...kms(arn), SSEKMSEncryptionContext }, user);
        const echoed: Record<string, string> = JSON.parse(
          Buffer.from(written.SSEKMSEncryptionContext ?? "e30=", "base64").toString(),
        );
        assert.equal(echoed["project"], "apollo");
        const got = await user.s3.getObject({ Bucket, Key: "k" });
        assert.equal(await got.Body?.transformToString(), body);
        assert.ok(!("SSEKMSEncryptionContext" in got));
        const encryptionContext = {
          project: "apollo",
          "aws:s3:arn": `arn:aws:s3:::${Bucket}/k`,
        };
        const mine = (record: { userIdentity: { arn?: string } }) =>
          record.userIdentity.arn === user.arn;
        await inTurn(["GenerateDataKey", "Decrypt"], async (name) => {
          const [record] = await records(at.root, name, mine);
          assert.deepEqual(record?.requestParameters?.["encryptionContext"], encryptionContext);
        });
      });

      test("HEAD asks nothing of KMS, but with checksums it does", async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const user = await at.user("head", everything);
        await put(Bucket, kms(arn), user);
        await user.s3.headObject({ Bucket, Key: "k" });
        const events = async () =>
          (await lookUp(at.root, { key: "Username", value: user.name }))
            .map(recordOf)
            .filter((record) => record.eventName === "Decrypt").length;
        assert.equal(await events(), 0);
        const head = await user.s3.headObject({ Bucket, Key: "k", ChecksumMode: "ENABLED" });
        assert.ok(head.ChecksumCRC32);
        assert.equal(await events(), 1);
        const nobody = await at.user("head-only", s3Only);
        await nobody.s3.headObject({ Bucket, Key: "k" });
        await refused(nobody.s3.headObject({ Bucket, Key: "k", ChecksumMode: "ENABLED" }), {
          code: ["Forbidden", "403"],
          status: 403,
        });
      });
    });

    describe("copies and parts", () => {
      test("a copy takes the destination's encryption, never the source's", async () => {
        const [from, to] = [await at.bucket(), await at.bucket()];
        const [one, two] = [await at.key(), await at.key()];
        await put(from, kms(one.arn));
        const CopySource = `${from}/k`;
        const copy = (more: object = {}) =>
          at.root.s3.copyObject({ Bucket: to, Key: "k", CopySource, ...more });
        const plain = await copy();
        assert.deepEqual(shown(plain), ["AES256", undefined, undefined]);
        assert.equal(plain.CopyObjectResult?.ETag, `"${md5(Buffer.from(body))}"`);
        await setDefault(to, two.arn, true);
        assert.deepEqual(shown(await copy()), ["aws:kms", two.arn, true]);
        assert.deepEqual(shown(await copy(kms(one.arn))), ["aws:kms", one.arn, true]);
        assert.equal(String(await read(at.root.s3, { Bucket: to, Key: "k" })), body);
      });

      test("a copy from KMS to KMS decrypts once and makes one data key", async () => {
        const Bucket = await at.bucket();
        const [one, two] = [await at.key(), await at.key()];
        await put(Bucket, kms(one.arn));
        const user = await at.user("copier", everything);
        await user.s3.copyObject({
          Bucket,
          Key: "copy",
          CopySource: `${Bucket}/k`,
          ...kms(two.arn),
        });
        const events = (await lookUp(at.root, { key: "Username", value: user.name })).map(recordOf);
        const used = events
          .filter((record) => record.eventSource === "kms.amazonaws.com")
          .map((record) => [record.eventName, record.resources?.[0]?.ARN]);
        assert.deepEqual(
          new Map(used as [string, string][]),
          new Map([
            ["GenerateDataKey", two.arn],
            ["Decrypt", one.arn],
          ]),
        );
        assert.equal(used.length, 2);
      });

      test("onto itself a copy changes the encryption", async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        await put(Bucket, kms(arn));
        const onto = (more: object = {}) =>
          at.root.s3.copyObject({ Bucket, Key: "k", CopySource: `${Bucket}/k`, ...more });
        assert.deepEqual(shown(await onto()), ["AES256", undefined, undefined]);
        assert.deepEqual(shown(await onto(kms(arn))), ["aws:kms", arn, undefined]);
        assert.deepEqual(shown(await onto(kms())), [
          "aws:kms",
          (await managedKey())?.Arn,
          undefined,
        ]);
        assert.equal(String(await read(at.root.s3, { Bucket, Key: "k" })), body);
      });

      test("a copy needs Decrypt on the one key and GenerateDataKey on the other", async () => {
        const Bucket = await at.bucket();
        const [one, two] = [await at.key(), await at.key()];
        await put(Bucket, kms(one.arn));
        const halves = [allow("kms:Decrypt", one.arn), allow("kms:GenerateDataKey", two.arn)];
        const attempt = async (statements: readonly object[]) => {
          const user = await at.user("copier", [
            { Effect: "Allow", Action: "s3:*", Resource: "*" },
            ...statements.map((statement) => ({ ...statement })),
          ]);
          return user.s3.copyObject({
            Bucket,
            Key: "copy",
            CopySource: `${Bucket}/k`,
            ...kms(two.arn),
          });
        };
        const denied = { code: "AccessDenied", status: 403 };
        await refused(attempt(halves.slice(0, 1)), { ...denied, message: /kms:GenerateDataKey/ });
        await refused(attempt(halves.slice(1)), { ...denied, message: /kms:Decrypt/ });
        await attempt(halves);
      });

      test("an upload in parts is under one key, and its parts show it", async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const user = await at.user("parts", everything);
        const target = { Bucket, Key: "big" };
        const created = await user.s3.createMultipartUpload({ ...target, ...kms(arn) });
        assert.deepEqual(shown(created), ["aws:kms", arn, undefined]);
        const { UploadId } = created;
        const bytes = [pattern(5 * 1024 * 1024, 1), pattern(1000, 2)];
        const Parts = await inTurn(bytes, async (Body, index) => {
          const PartNumber = index + 1;
          const answer = await user.s3.uploadPart({ ...target, UploadId, PartNumber, Body });
          assert.deepEqual(shown(answer), ["aws:kms", arn, undefined]);
          assert.notEqual(answer.ETag, `"${md5(Body)}"`);
          return { PartNumber, ETag: answer.ETag };
        });
        const done = await user.s3.completeMultipartUpload({
          ...target,
          UploadId,
          MultipartUpload: { Parts },
        });
        assert.deepEqual(shown(done), ["aws:kms", arn, undefined]);
        const joined = Buffer.from(
          Parts.map(({ ETag }) => (ETag ?? "").replaceAll('"', "")).join(""),
          "hex",
        );
        assert.equal(done.ETag, `"${md5(joined)}-2"`);
        assert.ok((await read(user.s3, target)).equals(Buffer.concat(bytes)));
        const events = (await lookUp(at.root, { key: "Username", value: user.name })).map(recordOf);
        const count = (name: string) => events.filter((r) => r.eventName === name).length;
        assert.equal(count("GenerateDataKey"), 1);
        assert.ok(count("Decrypt") >= 3, "each part and the reading decrypt");
        assert.ok(
          events
            .filter((record) => record.eventName === "Decrypt")
            .every(
              (record) =>
                JSON.stringify(record.requestParameters?.["encryptionContext"]) ===
                JSON.stringify({ "aws:s3:arn": `arn:aws:s3:::${Bucket}/big` }),
            ),
        );
      });

      test("who uploads parts needs both rights on the key", async () => {
        const Bucket = await at.bucket();
        const { arn } = await at.key();
        const target = { Bucket, Key: "big" };
        const only = await at.user("only", [
          { Effect: "Allow", Action: "s3:*", Resource: "*" },
          { Effect: "Allow", Action: "kms:GenerateDataKey", Resource: arn },
        ]);
        const { UploadId } = await only.s3.createMultipartUpload({ ...target, ...kms(arn) });
        await refused(only.s3.uploadPart({ ...target, UploadId, PartNumber: 1, Body: "x" }), {
          code: "AccessDenied",
          status: 403,
          message: /kms:Decrypt/,
        });
      });
    });

    test("customer-provided keys are blocked on a new bucket", async () => {
      const Bucket = await at.bucket();
      const reply = await ask(
        at.endpoint,
        {
          method: "PUT",
          target: `/${Bucket}/k`,
          body: "x",
          headers: {
            "x-amz-server-side-encryption-customer-algorithm": "AES256",
            "x-amz-server-side-encryption-customer-key": Buffer.alloc(32, 7).toString("base64"),
            "x-amz-server-side-encryption-customer-key-md5": Buffer.from(
              md5(Buffer.alloc(32, 7)),
              "hex",
            ).toString("base64"),
          },
        },
        { credentials: at.endpoint.root },
      );
      assert.ok([403, 501].includes(reply.status), reply.text);
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
    });

    test("a key of a deleted user's making serves on", async () => {
      const user = await at.user("leaving", everything);
      const Bucket = await at.bucket();
      const { KeyMetadata } = await user.kms.createKey({});
      await put(Bucket, kms(KeyMetadata?.Arn), user);
      await at.root.iam.deleteAccessKey({
        UserName: user.name,
        AccessKeyId: user.credentials.accessKeyId,
      });
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "k" })), body);
    });
  });
}

function allow(Action: string, Resource: string) {
  return { Effect: "Allow", Action, Resource };
}
