/** What is on the disk and in the logs, looked at as one who stole them would. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cpSync, existsSync, writeFileSync } from "node:fs";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, test } from "node:test";
import { deployment, everything } from "../support/deployment.ts";
import { inTurn } from "../support/in-turn.ts";
import { fresh } from "../support/names.ts";
import { read } from "../support/objects.ts";
import { runPython, without } from "../support/programs.ts";
import { find, findInFolder, formsOf, type Needle } from "../support/search.ts";
import { makeFolder, Server, StartError, target } from "../support/server.ts";

const skip = target && "TARGET's disk is not ours to read";
const at = deployment({ args: ["--log-level=debug"] });

/** A secret that is like nothing else, and its forms. */
const secrets = new Map<string, Buffer>();
function secret(what: string, bytes = 24): string {
  const text = randomBytes(bytes).toString("hex");
  secrets.set(what, Buffer.from(text));
  return text;
}

const needles = () => [...secrets].flatMap(([what, bytes]) => formsOf(what, bytes));

describe("leaks", { skip }, () => {
  const Bucket = fresh("readable-name");
  const Key = "a-name-that-may-be-read";

  test("the search finds what is there", () => {
    const planted = randomBytes(64).toString("hex");
    const forms = formsOf("planted", planted);
    const hidden: Record<string, Buffer> = {
      raw: Buffer.from(`before ${planted} after`),
      base64: Buffer.from(Buffer.from(`.${planted}`).toString("base64")),
      "base64 of more": Buffer.from(Buffer.from(`{"a":"${planted}"}`).toString("base64")),
      hex: Buffer.from(Buffer.from(planted).toString("hex")),
      gzip: Buffer.concat([randomBytes(99), gzipSync(Buffer.from(`x${planted}`)), randomBytes(9)]),
      zlib: Buffer.concat([
        randomBytes(99),
        deflateSync(Buffer.from(`x${planted}`)),
        randomBytes(9),
      ]),
    };
    for (const [form, content] of Object.entries(hidden)) {
      assert.ok(find(content, forms, form).length > 0, form);
    }
    assert.deepEqual(find(randomBytes(10_000), forms, "noise"), []);
  });

  test("a deployment is filled with secrets of every kind", async () => {
    const sse = async () => ({
      ServerSideEncryption: "aws:kms" as const,
      SSEKMSKeyId: (await at.key()).arn,
    });
    await at.root.s3.createBucket({ Bucket });
    const small = secret("a small body", 600);
    const large = secret("a large body", 40_000);
    await at.root.s3.putObject({
      Bucket,
      Key,
      Body: small,
      Metadata: { mine: secret("metadata") },
      ContentDisposition: secret("a system header"),
    });
    await at.root.s3.putObject({ Bucket, Key: "large", Body: large });
    const context = { mine: secret("an encryption context through S3") };
    await at.root.s3.putObject({
      Bucket,
      Key: "kms",
      Body: small,
      ...(await sse()),
      SSEKMSEncryptionContext: Buffer.from(JSON.stringify(context)).toString("base64"),
    });
    await at.root.s3.putObject({
      Bucket,
      Key: "kms-large",
      Body: large,
      ...(await sse()),
      BucketKeyEnabled: true,
    });
    await inTurn([Key, "large", "kms", "kms-large"], (name) =>
      read(at.root.s3, { Bucket, Key: name }),
    );
    const { UploadId } = await at.root.s3.createMultipartUpload({
      Bucket,
      Key: "parts",
      Metadata: { mine: secret("metadata of an upload") },
    });
    const part = { Bucket, Key: "parts", UploadId, PartNumber: 1 };
    const { ETag } = await at.root.s3.uploadPart({ ...part, Body: secret("a part", 5000) });
    await at.root.s3.completeMultipartUpload({
      Bucket,
      Key: "parts",
      UploadId,
      MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
    });
    await at.root.s3.putObject({ Bucket, Key: "replaced", Body: secret("a replaced body", 600) });
    await at.root.s3.putObject({ Bucket, Key: "replaced", Body: "gone" });
    await at.root.s3.putObject({ Bucket, Key: "deleted", Body: secret("a deleted body", 20_000) });
    await at.root.s3.deleteObject({ Bucket, Key: "deleted" });

    const { KeyMetadata } = await at.root.kms.createKey({
      Description: secret("a key's description"),
      Tags: [{ TagKey: "mine", TagValue: secret("a key's tag") }],
    });
    const KeyId = KeyMetadata?.KeyId;
    const EncryptionContext = { mine: secret("an encryption context") };
    await at.root.kms.encrypt({
      KeyId,
      EncryptionContext,
      Plaintext: Buffer.from(secret("a plaintext")),
    });
    const made = await at.root.kms.generateDataKey({ KeyId, KeySpec: "AES_256" });
    secrets.set("a data key", Buffer.from(made.Plaintext ?? []));
    await at.root.kms.decrypt({ CiphertextBlob: made.CiphertextBlob });

    const user = await at.user("secretive", [
      everything,
      { ...everything, Sid: secret("apolicystatementsname") },
    ]);
    const session = await at.assume(await at.role("secretive", everything));
    await session.s3.listBuckets({});
    const pairs = { "root's secret": at.endpoint.root, "a user's secret": user.credentials };
    for (const [what, { secretAccessKey }] of Object.entries(pairs)) {
      secrets.set(what, Buffer.from(secretAccessKey));
    }
    secrets.set("a session's secret", Buffer.from(session.credentials.secretAccessKey));
    const token = session.credentials.sessionToken ?? "";
    secrets.set("a session token", Buffer.from(token.slice(0, 120)));
  });

  test("a failed request leaves no secret in the log", async () => {
    const wrong = { ...at.endpoint.root, secretAccessKey: secret("a wrong secret") };
    await assert.rejects(at.as(wrong).kms.listKeys({}));
    await assert.rejects(at.as(wrong).s3.listBuckets({}));
    const user = await at.user("refused");
    secrets.set("a refused user's secret", Buffer.from(user.credentials.secretAccessKey));
    await assert.rejects(user.s3.putObject({ Bucket, Key, Body: secret("a refused body", 600) }));
  });

  const nowhere = (when: string) => {
    const all: Needle[] = needles();
    assert.ok(secrets.size >= 20);
    assert.deepEqual(findInFolder(at.server.folder.data, all), [], `on disk, ${when}`);
    assert.deepEqual(find(Buffer.from(at.server.log), all, `log, ${when}`), []);
  };

  test("none of it is on the disk or in the log while the server runs", () => {
    nowhere("running");
  });

  test("the search reads what the store writes: names of objects are found", () => {
    const found = findInFolder(at.server.folder.data, formsOf("name", Key));
    assert.ok(found.length > 0, "names are readable, as SECURITY.md says");
  });

  test("none of it is there after a restart, and it can be read again", async () => {
    await at.restart();
    await read(at.root.s3, { Bucket, Key: "kms" });
    await read(at.root.s3, { Bucket, Key: "kms-large" });
    nowhere("restarted");
  });

  test("boto3 leaves no more behind than the SDK", { skip: without("boto3") }, async () => {
    const ran = await runPython(at.endpoint, at.endpoint.root, "services.py");
    assert.equal(ran.status, 0, ran.stderr);
    nowhere("after boto3");
  });
});

describe("a data folder without its root key", { skip }, () => {
  const original = new Server();
  const another = new Server();
  const copyOf = (server: Server) => {
    const folder = makeFolder();
    cpSync(server.folder.data, folder.data, {
      recursive: true,
      filter: (path) => !path.endsWith(".sock"),
    });
    return folder;
  };
  const refusedStart = async (server: Server) => {
    const outcome = await server.start().then(
      () => "started",
      (error: unknown) => error,
    );
    if (outcome === "started") await server.stop();
    assert.ok(outcome instanceof StartError, "the start is refused");
    return outcome;
  };

  test("two deployments are made", async () => {
    await inTurn([original, another], async (server) => {
      await server.start();
      await server.stop();
    });
  });

  test("it opens with its own key, moved or not", async () => {
    const folder = copyOf(original);
    cpSync(original.folder.rootKey, folder.rootKey);
    const moved = new Server({ folder });
    await moved.start();
    await moved.stop();
  });

  test("without a key the start is refused in a sentence, and no new key is made", async () => {
    const folder = copyOf(original);
    const { exit, output } = await refusedStart(new Server({ folder }));
    assert.match(exit, /exit [1-9]/);
    assert.match(output, /root key/i);
    assert.ok(!output.includes("    at "), "a sentence, no stack");
    assert.ok(!existsSync(folder.rootKey), "no new key lies there");
  });

  test("with another deployment's key the start is refused in a sentence", async () => {
    const folder = copyOf(original);
    cpSync(another.folder.rootKey, folder.rootKey);
    const { exit, output } = await refusedStart(new Server({ folder }));
    assert.match(exit, /exit [1-9]/);
    assert.match(output, /root key/i);
    assert.ok(!output.includes("    at "), "a sentence, no stack");
  });

  test("with a key that is broken the start is refused in a sentence", async () => {
    const folder = copyOf(original);
    writeFileSync(folder.rootKey, "nonsense", { mode: 0o600 });
    const { output } = await refusedStart(new Server({ folder }));
    assert.match(output, /root key/i);
  });
});
