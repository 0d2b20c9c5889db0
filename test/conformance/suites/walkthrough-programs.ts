/** Both how-to documents, word for word, with the AWS CLI and boto3 where this machine has them. */
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { pattern } from "../../support/objects.ts";
import { runAws, runPython, without } from "../../support/programs.ts";
import type { Credentials } from "../../support/server.ts";
import { bucketPolicy, keyPolicy } from "./how-to.ts";

export function walkthroughPrograms(at: Deployment): void {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-walkthrough-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const write = (name: string, content: unknown) => {
    const path = join(folder, name);
    const text = typeof content === "string" || content instanceof Uint8Array;
    writeFileSync(path, text ? content : JSON.stringify(content));
    return path;
  };
  const run = async (args: string, more: readonly string[] = [], as?: Credentials) => {
    const all = [...args.split(" "), ...more];
    const ran = await runAws(at.endpoint, as ?? at.endpoint.root, all, folder);
    return { ...ran, line: `aws ${all.join(" ")}` };
  };
  /** Runs `aws` and answers what it printed as JSON. */
  const cli = async (args: string, more: readonly string[] = [], as?: Credentials) => {
    const { status, stdout, stderr, line } = await run(args, more, as);
    assert.equal(status, 0, `${line}\n${stderr}`);
    return stdout.trimStart().startsWith("{") ? JSON.parse(stdout) : stdout;
  };
  const cliRefused = async (args: string, more: readonly string[], expected: RegExp) => {
    const { status, stderr, line } = await run(args, more);
    assert.notEqual(status, 0, `${line} was not refused`);
    assert.match(stderr, expected, line);
  };
  const bucket = fresh("my-secure-bucket");
  const alias = `alias/${fresh("s3-production-key")}`;
  const report = pattern(10_000, 1);
  let keyId = "";
  let keyArn = "";
  const bare = { skip: without("aws") };

  describe("the how-to with the AWS CLI", bare, () => {
    test("step 1: a key and its alias", async () => {
      const { KeyMetadata } = await cli("kms create-key", [
        "--description",
        "S3 encryption key for production data",
        ..."--key-usage ENCRYPT_DECRYPT --key-spec SYMMETRIC_DEFAULT".split(" "),
      ]);
      keyId = KeyMetadata.KeyId;
      keyArn = KeyMetadata.Arn;
      await cli(`kms create-alias --alias-name ${alias} --target-key-id ${keyId}`);
      const { Aliases } = await cli(`kms list-aliases --key-id ${keyId}`);
      assert.equal(Aliases[0].AliasName, alias);
    });

    test("step 2: the key policy", async () => {
      await inTurn(["KeyAdminRole", "AppServerRole", "DataProcessingRole"], (name) =>
        at.roleIn(at.root, at.account, name).catch((error: unknown) => {
          assert.match(String(error), /EntityAlreadyExists/);
        }),
      );
      write("key-policy.json", keyPolicy(at.account));
      await cli(
        `kms put-key-policy --key-id ${keyId} --policy-name default --policy file://key-policy.json`,
      );
      const read = await cli(`kms get-key-policy --key-id ${keyId} --policy-name default`);
      assert.deepEqual(JSON.parse(read.Policy), keyPolicy(at.account));
    });

    test("step 3: the bucket's default encryption", async () => {
      await cli(`s3 mb s3://${bucket}`);
      await cli(`s3api put-bucket-encryption --bucket ${bucket}`, [
        "--server-side-encryption-configuration",
        JSON.stringify({
          Rules: [
            {
              ApplyServerSideEncryptionByDefault: {
                SSEAlgorithm: "aws:kms",
                KMSMasterKeyID: keyArn,
              },
              BucketKeyEnabled: true,
            },
          ],
        }),
      ]);
      const read = await cli(`s3api get-bucket-encryption --bucket ${bucket}`);
      const [rule] = read.ServerSideEncryptionConfiguration.Rules;
      assert.equal(rule.ApplyServerSideEncryptionByDefault.KMSMasterKeyID, keyArn);
      assert.equal(rule.BucketKeyEnabled, true);
    });

    test("step 4: upload and read back", async () => {
      write("financial-report.pdf", report);
      await cli(`s3 cp financial-report.pdf s3://${bucket}/by-default.pdf`);
      const head = await cli(`s3api head-object --bucket ${bucket} --key by-default.pdf`);
      assert.deepEqual(
        [head.ServerSideEncryption, head.SSEKMSKeyId, head.BucketKeyEnabled],
        ["aws:kms", keyArn, true],
      );
      await cli(`s3 cp s3://${bucket}/by-default.pdf back.pdf`);
      assert.ok(readFileSync(join(folder, "back.pdf")).equals(report));
    });

    test("step 4 with boto3", { skip: without("boto3") }, async () => {
      const path = write("financial-report.pdf", report);
      const args = [bucket, keyArn, path];
      const ran = await runPython(at.endpoint, at.endpoint.root, "upload.py", args);
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(ran.stdout, `Encryption: aws:kms\nKMS Key: ${keyArn}\nBucket Key: True\n`);
    });

    test("step 5: the bucket policy refuses every other upload", async () => {
      write("bucket-policy.json", bucketPolicy(bucket, keyArn));
      await cli(`s3api put-bucket-policy --bucket ${bucket} --policy file://bucket-policy.json`);
      const other = await cli("kms create-key");
      const put = `s3api put-object --bucket ${bucket} --key k --body financial-report.pdf`;
      const denied =
        /An error occurred \(AccessDenied\) when calling the PutObject operation: User: \S+ is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::\S+\/k" with an explicit deny in a resource-based policy/;
      await cliRefused(put, [], denied);
      await cliRefused(put, ["--server-side-encryption", "AES256"], denied);
      const kms = ["--server-side-encryption", "aws:kms"];
      await cliRefused(put, kms, denied);
      await cliRefused(put, [...kms, "--ssekms-key-id", other.KeyMetadata.Arn], denied);
      const done = await cli(put, [...kms, "--ssekms-key-id", keyArn]);
      assert.equal(done.SSEKMSKeyId, keyArn);
    });

    test("a large file under the policy goes up in parts", async () => {
      const large = pattern(20 * 1024 * 1024, 2);
      write("large.bin", large);
      await cli(
        `s3 cp large.bin s3://${bucket}/large.bin --sse aws:kms --sse-kms-key-id ${keyArn}`,
      );
      const head = await cli(`s3api head-object --bucket ${bucket} --key large.bin`);
      assert.match(head.ETag, /-3"$/);
      assert.equal(head.SSEKMSKeyId, keyArn);
      await cli(`s3 cp s3://${bucket}/large.bin large.back`);
      assert.ok(readFileSync(join(folder, "large.back")).equals(large));
      const copy = `s3 cp s3://${bucket}/large.bin s3://${bucket}/copy.bin`;
      await cli(copy, ["--sse", "aws:kms", "--sse-kms-key-id", keyArn]);
      await cli(`s3 cp s3://${bucket}/copy.bin copy.back`);
      assert.ok(readFileSync(join(folder, "copy.back")).equals(large));
    });

    test("step 6: the key's use is in CloudTrail", async () => {
      await cli(`s3 cp s3://${bucket}/by-default.pdf back.pdf`);
      const { Events } = await cli("cloudtrail lookup-events --max-results 50", [
        "--lookup-attributes",
        "AttributeKey=EventName,AttributeValue=Decrypt",
      ]);
      const found = Events.some((event: { CloudTrailEvent: string }) =>
        event.CloudTrailEvent.includes(keyArn),
      );
      assert.ok(found, "a Decrypt of our key is listed");
    });

    test("step 6 with boto3", { skip: without("boto3") }, async () => {
      const ran = await runPython(at.endpoint, at.endpoint.root, "lookup.py");
      assert.equal(ran.status, 0, ran.stderr);
      assert.match(ran.stdout, /^Time: .*\nUser: root\nEvent: Decrypt\n---$/m);
    });

    test("step 7: rotation", async () => {
      await cli(`kms enable-key-rotation --key-id ${keyId}`);
      const status = await cli(`kms get-key-rotation-status --key-id ${keyId}`);
      assert.deepEqual([status.KeyRotationEnabled, status.RotationPeriodInDays], [true, 365]);
      await cli(`kms rotate-key-on-demand --key-id ${keyId}`);
      await cli(`s3 cp s3://${bucket}/by-default.pdf back.pdf`);
      assert.ok(readFileSync(join(folder, "back.pdf")).equals(report));
    });

    test("deletion is scheduled within 7 to 30 days, acts at once, and is cancelled", async () => {
      const schedule = `kms schedule-key-deletion --key-id ${keyId} --pending-window-in-days`;
      const window = /\(ValidationException\).*PendingWindowInDays must be between 7 and 30/;
      await cliRefused(schedule, ["6"], window);
      await cliRefused(schedule, ["31"], window);
      assert.equal((await cli(`${schedule} 7`)).KeyState, "PendingDeletion");
      const get = `s3api get-object --bucket ${bucket} --key by-default.pdf back.pdf`;
      await cliRefused(get, [], /\(KMS\.KMSInvalidStateException\).* is pending deletion\./);
      await cli(`kms cancel-key-deletion --key-id ${keyId}`);
      await cliRefused(get, [], /\(KMS\.DisabledException\).* is disabled\./);
      await cli(`kms enable-key --key-id ${keyId}`);
      await cli(get);
    });

    test("the second document's policy refuses what is not SSE-KMS, and any key will do", async () => {
      const lab = fresh("cloudacademylabs-ssekms");
      await cli(`s3 mb s3://${lab}`);
      write("lab-policy.json", {
        Version: "2012-10-17",
        Id: "RequireSSEKMS",
        Statement: [
          {
            Sid: "DenyUploadIfNotSSEKMSEncrypted",
            Effect: "Deny",
            Principal: "*",
            Action: "s3:PutObject",
            Resource: `arn:aws:s3:::${lab}/*`,
            Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" } },
          },
        ],
      });
      await cli(`s3api put-bucket-policy --bucket ${lab} --policy file://lab-policy.json`);
      const up = `s3 cp financial-report.pdf s3://${lab}/report.pdf`;
      await cliRefused(up, [], /AccessDenied.*with an explicit deny in a resource-based policy/);
      assert.equal(await cli(`s3 ls s3://${lab}`).catch(() => ""), "");
      await cli(`${up} --sse aws:kms --sse-kms-key-id ${keyId}`);
      const head = await cli(`s3api head-object --bucket ${lab} --key report.pdf`);
      assert.deepEqual([head.ServerSideEncryption, head.SSEKMSKeyId], ["aws:kms", keyArn]);
      await cli(`${up} --sse aws:kms`);
    });

    test("the CLI's other ways: sync, list, presign, remove", async () => {
      const other = fresh("cli-bucket");
      await cli(`s3 mb s3://${other}`);
      write("a b.txt", "one");
      await cli(`s3 sync . s3://${other}/mirror/`, ["--exclude", "*", "--include", "*.txt"]);
      assert.match(await cli(`s3 ls s3://${other}/mirror/`), /\s3 a b\.txt$/m);
      const plain = String(await cli("s3 presign", [`s3://${other}/mirror/a b.txt`])).trim();
      assert.equal(await (await fetch(plain)).text(), "one");
      await cli(`s3 rm s3://${other} --recursive`);
      await cli(`s3 rb s3://${other}`);
    });
  });

  describe("boto3", { skip: without("boto3") }, () => {
    test("objects", async () => {
      const { arn } = await at.key();
      const args = [await at.bucket(), arn];
      const ran = await runPython(at.endpoint, at.endpoint.root, "objects.py", args);
      assert.equal(ran.status, 0, ran.stderr);
    });

    test("the other services", async () => {
      const ran = await runPython(at.endpoint, at.endpoint.root, "services.py");
      assert.equal(ran.status, 0, ran.stderr);
    });
  });
}
