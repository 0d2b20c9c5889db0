/** A stranger with docs/formats, the data folder and the root key file reads what was stored. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { type Clients, clientsFor } from "../support/clients.ts";
import { fresh } from "../support/names.ts";
import { Server, target } from "../support/server.ts";
import { type Folder, openFolder } from "./folder.ts";
import { openObject } from "./open-object.ts";

const MIB = 1024 * 1024;

describe(
  "by the pages of docs/formats alone",
  { skip: target && "TARGET's disk is not ours" },
  () => {
    const server = new Server({ workers: 1 });
    const Bucket = fresh("by-hand");
    const stored = new Map<string, Buffer>();
    let folder: Folder;

    before(async () => {
      await server.start();
      await fill(clientsFor(server, server.root));
      await server.stop();
      folder = openFolder(server.folder.data, server.folder.rootKey);
    });
    after(() => folder.close());

    async function fill({ s3, kms }: Clients): Promise<void> {
      await s3.createBucket({ Bucket });
      const key = (await kms.createKey({})).KeyMetadata?.Arn ?? "";
      const underKey = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: key } as const;
      const put = async (name: string, bytes: number, encryption: object) => {
        const Body = randomBytes(bytes);
        stored.set(name, Body);
        await s3.putObject({ Bucket, Key: name, Body, ...encryption });
      };
      await put("empty", 0, {});
      await put("small", 1000, {});
      await put("large", 200_000, {});
      await put("small, KMS", 1000, underKey);
      await put("large, KMS, a file of its own", 65_536 * 3, underKey);
      await put("under a bucket key, näme\u0001", 100, { ...underKey, BucketKeyEnabled: true });
      await kms.rotateKeyOnDemand({ KeyId: key });
      await put("after a rotation", 100, underKey);
      await putParts(s3, underKey);
    }

    async function putParts(s3: Clients["s3"], encryption: object): Promise<void> {
      const Key = "in parts";
      const { UploadId } = await s3.createMultipartUpload({ Bucket, Key, ...encryption });
      const bodies = [randomBytes(5 * MIB), randomBytes(5 * MIB), randomBytes(10)];
      const Parts = await Promise.all(
        bodies.map(async (Body, at) => {
          const PartNumber = at * 2 + 1;
          const { ETag } = await s3.uploadPart({ Bucket, Key, UploadId, PartNumber, Body });
          return { PartNumber, ETag };
        }),
      );
      await s3.completeMultipartUpload({ Bucket, Key, UploadId, MultipartUpload: { Parts } });
      stored.set(Key, Buffer.concat(bodies));
    }

    for (const name of [
      "empty",
      "small",
      "large",
      "small, KMS",
      "large, KMS, a file of its own",
      "under a bucket key, näme\u0001",
      "after a rotation",
      "in parts",
    ]) {
      test(`an object is read: ${JSON.stringify(name)}`, () => {
        assert.ok(stored.get(name)?.equals(openObject(folder, Bucket, name)));
      });
    }
  },
);
