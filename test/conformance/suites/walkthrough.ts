/** Both how-to documents step by step, with everything that must be refused on the way. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Clients } from "../../support/clients.ts";
import { policy, type Deployment } from "../../support/deployment.ts";
import { lookUp, recordOf, type TrailRecord } from "../../support/events.ts";
import { atOnce, inTurn, numbers, until } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { pattern, read } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { target } from "../../support/server.ts";
import { bucketPolicy, keyPolicy } from "./how-to.ts";

const report = pattern(10_000, 1);
const Key = "sensitive-data/financial-report.pdf";
const accessDenied = { code: "AccessDenied", status: 403 };

export function walkthrough(at: Deployment, { workers }: { readonly workers: number }): void {
  const Bucket = fresh("my-secure-bucket");
  const AliasName = `alias/${fresh("s3-production-key")}`;
  let keyArn = "";
  const roleArn = (name: string) => `arn:aws:iam::${at.account}:role/${name}`;
  const session = (name: string, by: string) => at.assume({ arn: roleArn(name), name, id: "" }, by);
  const kms = () => ({ ServerSideEncryption: "aws:kms", SSEKMSKeyId: keyArn }) as const;
  const useOfKey = async (name: string, since?: Date) => {
    const range = since === undefined ? {} : { since };
    const events = await lookUp(at.root, { key: "EventName", value: name, ...range });
    return events
      .map(recordOf)
      .filter((record) => record.resources?.some(({ ARN }) => ARN === keyArn));
  };

  describe("walk-through", () => {
    test("the roles of the story: one has the bucket and no key, one the key and no use", async () => {
      await inTurn(
        ["KeyAdminRole", "AppServerRole", "DataProcessingRole", "AuditorRole"],
        async (name) => {
          await at.roleIn(at.root, at.account, name).catch((error: unknown) => {
            assert.match(String(error), /EntityAlreadyExists/);
          });
          await at.allowRole(at.root, name, {
            Effect: "Allow",
            Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
            Resource: [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`],
          });
        },
      );
    });

    test("step 1: a key and its alias", async () => {
      const { KeyMetadata } = await at.root.kms.createKey({
        Description: "S3 encryption key for production data",
        KeyUsage: "ENCRYPT_DECRYPT",
        KeySpec: "SYMMETRIC_DEFAULT",
      });
      keyArn = KeyMetadata?.Arn ?? "";
      await at.root.kms.createAlias({ AliasName, TargetKeyId: KeyMetadata?.KeyId });
      const described = await at.root.kms.describeKey({ KeyId: AliasName });
      assert.equal(described.KeyMetadata?.KeyState, "Enabled");
    });

    test("step 2: the key policy", async () => {
      const Policy = JSON.stringify(keyPolicy(at.account));
      await at.root.kms.putKeyPolicy({ KeyId: keyArn, PolicyName: "default", Policy });
      const given = await at.root.kms.getKeyPolicy({ KeyId: keyArn, PolicyName: "default" });
      assert.deepEqual(JSON.parse(given.Policy ?? ""), keyPolicy(at.account));
    });

    test("the administrator administers the key and cannot decrypt with it", async () => {
      const admin = await session("KeyAdminRole", "admin");
      await admin.kms.describeKey({ KeyId: keyArn });
      await admin.kms.getKeyPolicy({ KeyId: keyArn });
      await admin.kms.disableKey({ KeyId: keyArn });
      await admin.kms.enableKey({ KeyId: keyArn });
      const app = await session("AppServerRole", "app");
      const Plaintext = Buffer.from("secret");
      const { CiphertextBlob } = await app.kms.encrypt({ KeyId: keyArn, Plaintext });
      const denied = { code: "AccessDeniedException", status: 400 };
      await refused(admin.kms.decrypt({ CiphertextBlob }), denied);
      await refused(admin.kms.decrypt({ CiphertextBlob, KeyId: keyArn }), denied);
      await refused(admin.kms.generateDataKey({ KeyId: keyArn, KeySpec: "AES_256" }), denied);
      const opened = await app.kms.decrypt({ CiphertextBlob });
      assert.deepEqual(Buffer.from(opened.Plaintext ?? []), Plaintext);
      await refused(app.kms.disableKey({ KeyId: keyArn }), denied);
    });

    test("step 3: the bucket's default encryption, with a bucket key", async () => {
      await at.root.s3.createBucket({ Bucket });
      await setDefault(at.root, Bucket, keyArn, true);
    });

    test("step 4: an upload without a word, and one with all of it", async () => {
      const app = await session("AppServerRole", "app");
      const plain = await app.s3.putObject({ Bucket, Key: "by-default.pdf", Body: report });
      assert.deepEqual(
        [plain.ServerSideEncryption, plain.SSEKMSKeyId, plain.BucketKeyEnabled],
        ["aws:kms", keyArn, true],
      );
      await app.s3.putObject({ Bucket, Key, Body: report, ...kms(), BucketKeyEnabled: true });
      const head = await app.s3.headObject({ Bucket, Key });
      assert.deepEqual(
        [head.ServerSideEncryption, head.SSEKMSKeyId, head.BucketKeyEnabled],
        ["aws:kms", keyArn, true],
      );
      const other = await session("DataProcessingRole", "batch");
      assert.ok((await read(other.s3, { Bucket, Key })).equals(report));
    });

    test("a role with the bucket and not the key reads nothing and writes nothing", async () => {
      const auditor = await session("AuditorRole", "auditor");
      await auditor.s3.headObject({ Bucket, Key });
      await auditor.s3.listObjectsV2({ Bucket });
      await refused(auditor.s3.getObject({ Bucket, Key }), {
        ...accessDenied,
        message:
          /is not authorized to perform: kms:Decrypt on (resource: \S+|this resource) because no /,
      });
      await refused(auditor.s3.putObject({ Bucket, Key: "new", Body: "x" }), {
        ...accessDenied,
        message: /kms:GenerateDataKey/,
      });
      const admin = await session("KeyAdminRole", "admin");
      await refused(admin.s3.getObject({ Bucket, Key }), {
        ...accessDenied,
        message: /kms:Decrypt/,
      });
    });

    test("step 5: the bucket policy refuses every other upload", async () => {
      const Policy = JSON.stringify(bucketPolicy(Bucket, keyArn));
      await at.root.s3.putBucketPolicy({ Bucket, Policy });
      const app = await session("AppServerRole", "app");
      const { arn: other } = await at.key();
      const put = (more: object) => app.s3.putObject({ Bucket, Key: "k", Body: "x", ...more });
      const denied = {
        ...accessDenied,
        message: `User: arn:aws:sts::${at.account}:assumed-role/AppServerRole/app is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::${Bucket}/k" with an explicit deny in a resource-based policy`,
      };
      await refused(put({}), denied);
      await refused(put({ ServerSideEncryption: "AES256" }), denied);
      await refused(put({ ServerSideEncryption: "aws:kms" }), denied);
      await refused(put({ ...kms(), SSEKMSKeyId: other }), denied);
      await put(kms());
    });

    test("step 6: who used the key is in CloudTrail", async () => {
      const decrypts = await useOfKey("Decrypt");
      const readers = decrypts.map((record) => record.userIdentity.arn);
      assert.ok(
        readers.includes(`arn:aws:sts::${at.account}:assumed-role/DataProcessingRole/batch`),
      );
      const denials = (await lookUp(at.root, { key: "Username", value: "auditor" }))
        .map(recordOf)
        .filter((record) => record.eventSource === "kms.amazonaws.com");
      assert.ok(denials.length >= 2, "the auditor's attempts are there");
      assert.ok(denials.every((record) => record.errorCode === "AccessDenied"));
    });

    test("step 7: rotation makes new material, and what the old one wrote stays readable", async () => {
      await at.root.kms.enableKeyRotation({ KeyId: keyArn });
      const status = await at.root.kms.getKeyRotationStatus({ KeyId: keyArn });
      assert.deepEqual([status.KeyRotationEnabled, status.RotationPeriodInDays], [true, 365]);
      const material = async () =>
        (await at.root.kms.describeKey({ KeyId: keyArn })).KeyMetadata?.CurrentKeyMaterialId;
      const old = await material();
      await at.root.s3.putObject({
        Bucket,
        Key: "old",
        Body: "old",
        ...kms(),
        BucketKeyEnabled: false,
      });
      await at.root.kms.rotateKeyOnDemand({ KeyId: keyArn });
      const next = await until("new material", async () => {
        const now = await material();
        return now === old ? undefined : now;
      });
      const since = new Date();
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "old" })), "old");
      assert.ok((await read(at.root.s3, { Bucket, Key })).equals(report));
      await at.root.s3.putObject({
        Bucket,
        Key: "new",
        Body: "new",
        ...kms(),
        BucketKeyEnabled: false,
      });
      const app = await session("AppServerRole", "rotated");
      assert.equal(String(await read(app.s3, { Bucket, Key: "old" })), "old");
      assert.equal(String(await read(app.s3, { Bucket, Key: "new" })), "new");
      const used = (await useOfKey("Decrypt", new Date(Math.floor(Number(since) / 1000) * 1000)))
        .filter((record) => record.userIdentity.principalId?.endsWith(":rotated"))
        .map((record) => record.additionalEventData?.["keyMaterialId"]);
      assert.deepEqual(new Set(used), new Set([old, next]));
    });

    test("a window of 6 or of 31 days is refused, and the key stays", async () => {
      await inTurn([6, 31], (PendingWindowInDays) =>
        refused(at.root.kms.scheduleKeyDeletion({ KeyId: keyArn, PendingWindowInDays }), {
          code: "ValidationException",
          status: 400,
          message: "PendingWindowInDays must be between 7 and 30",
        }),
      );
      const { KeyMetadata } = await at.root.kms.describeKey({ KeyId: keyArn });
      assert.equal(KeyMetadata?.KeyState, "Enabled");
    });

    test("a disabled key and one pending deletion stop at once, right after a cached read", async () => {
      const app = await session("AppServerRole", "cached");
      const reading = () => app.s3.getObject({ Bucket, Key });
      const writing = () =>
        app.s3.putObject({ Bucket, Key: "k", Body: "x", ...kms(), BucketKeyEnabled: true });
      const warm = async () => {
        await inTurn(numbers(4), async () => {
          assert.ok((await read(app.s3, { Bucket, Key })).equals(report));
          await writing();
        });
      };
      await warm();
      await at.root.kms.disableKey({ KeyId: keyArn });
      const disabled = {
        code: "KMS.DisabledException",
        status: 400,
        message: `${keyArn} is disabled.`,
      };
      await inTurn(numbers(2 * workers), async () => {
        await refused(reading(), disabled);
        await refused(writing(), disabled);
      });
      await at.root.kms.enableKey({ KeyId: keyArn });
      await warm();
      await at.root.kms.scheduleKeyDeletion({ KeyId: keyArn, PendingWindowInDays: 7 });
      const pending = {
        code: "KMS.KMSInvalidStateException",
        status: 400,
        message: `${keyArn} is pending deletion.`,
      };
      await inTurn(numbers(2 * workers), async () => {
        await refused(reading(), pending);
        await refused(writing(), pending);
      });
      await app.s3.headObject({ Bucket, Key });
      await at.root.kms.cancelKeyDeletion({ KeyId: keyArn });
      await refused(reading(), disabled);
      await at.root.kms.enableKey({ KeyId: keyArn });
      await warm();
    });

    for (const BucketKeyEnabled of [false, true]) {
      const expected = BucketKeyEnabled ? `at most ${workers}` : "200";
      test(`200 uploads with bucket key ${BucketKeyEnabled} make ${expected} GenerateDataKey events`, async () => {
        const counted = await at.bucket("counted");
        const name = `counter-${BucketKeyEnabled}`;
        const app = await session("AppServerRole", name);
        await at.allowRole(at.root, "AppServerRole", {
          Effect: "Allow",
          Action: "s3:*",
          Resource: "*",
        });
        await atOnce(numbers(200), 8, (n) =>
          app.s3.putObject({
            Bucket: counted,
            Key: `k${n}`,
            Body: "x",
            ...kms(),
            BucketKeyEnabled,
          }),
        );
        const made = (await useOfKey("GenerateDataKey")).filter((record) =>
          contextOf(record).includes(counted),
        );
        assert.ok(made.every((record) => record.userIdentity.principalId?.endsWith(name)));
        if (BucketKeyEnabled) {
          assert.ok(made.length >= 1 && made.length <= workers, `${made.length} events`);
          assert.ok(made.every((record) => contextOf(record) === `arn:aws:s3:::${counted}`));
          return;
        }
        assert.equal(made.length, 200);
        const objects = new Set(made.map(contextOf));
        assert.equal(objects.size, 200, "each event names its own object");
        assert.equal(new Set(made.map((record) => record.eventID)).size, 200);
      });
    }

    test("the second document's policy asks for SSE-KMS with any key", async () => {
      const lab = await at.bucket("ssekms");
      await at.root.s3.putBucketPolicy({
        Bucket: lab,
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Id: "RequireSSEKMS",
          Statement: [bucketPolicy(lab, keyArn).Statement[0]],
        }),
      });
      const put = (more: object) =>
        at.root.s3.putObject({ Bucket: lab, Key: "upload", Body: "x", ...more });
      await refused(put({}), accessDenied);
      assert.equal((await at.root.s3.listObjectsV2({ Bucket: lab })).KeyCount, 0);
      await put(kms());
      await put({ ServerSideEncryption: "aws:kms" });
    });
  });

  describe(
    "walk-through: another account",
    { skip: target && "TARGET has no second account of ours" },
    () => {
      const partnerId = "999888777666";
      const secret = "shared with a partner";
      let partnerRoot: Clients | undefined;
      let partner: Clients | undefined;
      let shared = "";
      let ciphertext: Uint8Array | undefined;
      const crossRole = `arn:aws:iam::${partnerId}:role/CrossAccountRole`;
      const keyHalf = (given: boolean) => {
        const cross = {
          Sid: "AllowCrossAccountDecrypt",
          Effect: "Allow",
          Principal: { AWS: crossRole },
          Action: ["kms:Decrypt", "kms:DescribeKey"],
          Resource: "*",
        };
        const base = keyPolicy(at.account);
        const Statement = given ? [...base.Statement, cross] : base.Statement;
        return at.root.kms.putKeyPolicy({
          KeyId: keyArn,
          Policy: JSON.stringify({ ...base, Statement }),
        });
      };
      const partnerHalf = async (given: boolean) => {
        const reading = { Effect: "Allow", Action: "s3:GetObject", Resource: "*" };
        const use = {
          Effect: "Allow",
          Action: ["kms:Decrypt", "kms:DescribeKey"],
          Resource: keyArn,
        };
        await partnerRoot?.iam.putRolePolicy({
          RoleName: "CrossAccountRole",
          PolicyName: "conformance",
          PolicyDocument: policy(given ? [reading, use] : [reading]),
        });
      };

      test("a second account has its own root, roles and keys", async () => {
        partnerRoot = at.as(at.server.createAccount(partnerId, "partner"));
        const { Account, Arn } = await partnerRoot.sts.getCallerIdentity({});
        assert.deepEqual([Account, Arn], [partnerId, `arn:aws:iam::${partnerId}:root`]);
        const role = await at.roleIn(partnerRoot, partnerId, "CrossAccountRole");
        assert.equal(role.arn, crossRole);
        const user = await at.userIn(partnerRoot, "partner", {
          Effect: "Allow",
          Action: "*",
          Resource: "*",
        });
        partner = await at.assume(role, "visitor", user);
        assert.deepEqual((await partnerRoot.kms.listKeys({})).Keys, []);
        assert.deepEqual((await partnerRoot.s3.listBuckets({})).Buckets ?? [], []);
        await refused(partnerRoot.s3.createBucket({ Bucket }), {
          code: "BucketAlreadyExists",
          status: 409,
        });
      });

      test("what is to be shared", async () => {
        shared = await at.bucket("shared");
        await at.root.s3.putObject({ Bucket: shared, Key: "k", Body: secret, ...kms() });
        await at.root.s3.putBucketPolicy({
          Bucket: shared,
          Policy: policy({
            Effect: "Allow",
            Principal: { AWS: crossRole },
            Action: "s3:GetObject",
            Resource: `arn:aws:s3:::${shared}/*`,
          }),
        });
        const made = await at.root.kms.encrypt({ KeyId: keyArn, Plaintext: Buffer.from(secret) });
        ciphertext = made.CiphertextBlob;
      });

      for (const [key, identity] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ] as const) {
        const both = key && identity;
        test(`key policy ${key}, partner's own policy ${identity}: ${both ? "allowed" : "denied"}`, async () => {
          await keyHalf(key);
          await partnerHalf(identity);
          assert.ok(partner);
          const { s3, kms: keys } = partner;
          const direct = () => keys.decrypt({ CiphertextBlob: ciphertext, KeyId: keyArn });
          const unnamed = () => keys.decrypt({ CiphertextBlob: ciphertext });
          const described = () => keys.describeKey({ KeyId: keyArn });
          const through = () => s3.getObject({ Bucket: shared, Key: "k" });
          if (both) {
            assert.equal(Buffer.from((await direct()).Plaintext ?? []).toString(), secret);
            await unnamed();
            assert.equal((await described()).KeyMetadata?.Arn, keyArn);
            assert.equal(String(await read(s3, { Bucket: shared, Key: "k" })), secret);
            return;
          }
          const denied = { code: "AccessDeniedException", status: 400 };
          await refused(direct(), denied);
          await refused(unnamed(), denied);
          await refused(described(), denied);
          await refused(through(), accessDenied);
        });
      }

      test("what the partner may not, it may not", async () => {
        assert.ok(partner);
        const { s3, kms: keys } = partner;
        const denied = { code: "AccessDeniedException", status: 400 };
        await refused(keys.encrypt({ KeyId: keyArn, Plaintext: Buffer.from("x") }), denied);
        await refused(keys.getKeyPolicy({ KeyId: keyArn }), denied);
        await refused(keys.scheduleKeyDeletion({ KeyId: keyArn }), denied);
        await refused(s3.putObject({ Bucket: shared, Key: "new", Body: "x" }), accessDenied);
        await refused(s3.listObjectsV2({ Bucket: shared }), accessDenied);
      });

      test("both accounts see the partner's use, under one shared id", async () => {
        assert.ok(partner && partnerRoot);
        const answered = await partner.kms.decrypt({ CiphertextBlob: ciphertext });
        const id = answered.$metadata.requestId;
        const seen = async (by: Clients) => {
          const events = await lookUp(by, { key: "EventName", value: "Decrypt" });
          return events.map(recordOf).filter((record) => record.requestID === id);
        };
        const [[own, ...more], [partners, ...others]] = [
          await seen(at.root),
          await seen(partnerRoot),
        ];
        assert.deepEqual([more, others], [[], []]);
        assert.ok(own?.sharedEventID && partners);
        assert.equal(own.sharedEventID, partners.sharedEventID);
        assert.notEqual(own.eventID, partners.eventID);
        assert.deepEqual(
          [own.recipientAccountId, partners.recipientAccountId],
          [at.account, partnerId],
        );
        assert.equal(partners.userIdentity.type, "AssumedRole");
        assert.equal(own.userIdentity.type, "AWSAccount");
        assert.equal(own.userIdentity.accountId, partnerId);
        assert.equal(own.userIdentity.userName, undefined);
      });

      test("the partner's events are not ours, nor ours the partner's", async () => {
        assert.ok(partnerRoot);
        const { KeyMetadata } = await partnerRoot.kms.createKey({});
        const lookup = { key: "ResourceName", value: KeyMetadata?.Arn ?? "" } as const;
        assert.equal((await lookUp(partnerRoot, lookup)).length, 1);
        assert.deepEqual(await lookUp(at.root, lookup), []);
      });
    },
  );

  describe("walk-through: a restart", { skip: target && "TARGET is not ours to restart" }, () => {
    test("keeps keys, policies, objects, sessions and events", async () => {
      const app = await session("AppServerRole", "before");
      const before = (await useOfKey("GenerateDataKey")).length;
      await at.restart();
      const again = at.as(app.credentials);
      assert.ok((await read(again.s3, { Bucket, Key })).equals(report));
      const described = await at.root.kms.describeKey({ KeyId: AliasName });
      assert.equal(described.KeyMetadata?.Arn, keyArn);
      await refused(again.s3.putObject({ Bucket, Key: "k", Body: "x" }), accessDenied);
      await again.s3.putObject({ Bucket, Key: "k", Body: "x", ...kms() });
      assert.ok((await useOfKey("GenerateDataKey")).length >= before);
      const { KeyRotationEnabled } = await at.root.kms.getKeyRotationStatus({ KeyId: keyArn });
      assert.equal(KeyRotationEnabled, true);
    });
  });
}

function contextOf(record: TrailRecord): string {
  const context = record.requestParameters?.["encryptionContext"];
  const pairs: Record<string, unknown> = { ...(typeof context === "object" ? context : {}) };
  return String(pairs["aws:s3:arn"]);
}

function setDefault(owner: Clients, Bucket: string, arn: string, BucketKeyEnabled: boolean) {
  return owner.s3.putBucketEncryption({
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: arn },
          BucketKeyEnabled,
        },
      ],
    },
  });
}
