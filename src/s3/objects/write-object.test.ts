/** Writes under real KMS keys: a decision made before the body still stands when the write commits. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDataKeys, createKmsServices, kmsOperations } from "../../kms/index.ts";
import type { AnyOperation, BodySource } from "../../service/index.ts";
import { requestInfo, rootCaller, testDeployment } from "../../service/testing/test-deployment.ts";
import { memoryBlobs } from "../../storage/index.ts";
import { BucketKeyCache } from "../encryption/bucket-keys.ts";
import { S3Keys } from "../encryption/s3-keys.ts";
import { s3Operations } from "../operations/index.ts";
import { bodyOf } from "../testing/body-source.ts";
import { refused } from "../testing/refusal.ts";
import { REGIONS } from "../testing/s3-deployment.ts";

const Bucket = "bucket";

for (const BucketKeyEnabled of [true, false]) {
  const how = BucketKeyEnabled ? "with a bucket key" : "without a bucket key";

  test(`a key that is disabled while the body comes in refuses the write, ${how}`, async () => {
    const at = await deployment();
    const write = { Bucket, Key: "k", ...at.encryption, BucketKeyEnabled };
    await at.call("PutObject", { ...write, Key: "before" }, bodyOf("x"));
    const body = during(bodyOf("x"), () => at.call("DisableKey", { KeyId: at.keyArn }));
    await refused(at.call("PutObject", write, body), {
      code: "KMS.DisabledException",
      status: 400,
    });
    await refused(at.call("HeadObject", { Bucket, Key: "k" }), { code: "NoSuchKey", status: 404 });
  });

  test(`a key that is disabled and enabled again meanwhile does not stop the write, ${how}`, async () => {
    const at = await deployment();
    const write = { Bucket, Key: "k", ...at.encryption, BucketKeyEnabled };
    const body = during(bodyOf("x"), async () => {
      await at.call("DisableKey", { KeyId: at.keyArn });
      await at.call("EnableKey", { KeyId: at.keyArn });
    });
    await at.call("PutObject", write, body);
    const { SSEKMSKeyId } = (await at.call("HeadObject", { Bucket, Key: "k" })) as {
      SSEKMSKeyId: string;
    };
    assert.equal(SSEKMSKeyId, at.keyArn);
  });
}

async function deployment() {
  const tested = await testDeployment();
  const { clock, dispatcher } = tested;
  const services = createKmsServices({ clock });
  const keys = {
    dataKeys: createDataKeys(services),
    bucketKeys: new BucketKeyCache(clock),
    s3Keys: new S3Keys(),
  };
  const operations = new Map<string, AnyOperation>(
    [
      ...s3Operations({ blobs: memoryBlobs(), keys, regions: REGIONS }),
      ...kmsOperations(services),
    ].map((operation) => [operation.name, operation]),
  );
  const call = async (name: string, input: object, body?: BodySource): Promise<unknown> => {
    const request = requestInfo(clock);
    const asked = { caller: rootCaller(), request, input: input as never, ...(body && { body }) };
    const answer = await dispatcher.run(operations.get(name) as never, asked);
    await answer.release();
    return answer.output;
  };
  await call("CreateBucket", { Bucket });
  const { KeyMetadata } = (await call("CreateKey", {})) as { KeyMetadata: { Arn: string } };
  const encryption = { ServerSideEncryption: "aws:kms", SSEKMSKeyId: KeyMetadata.Arn } as const;
  return { call, keyArn: KeyMetadata.Arn, encryption };
}

/** A body while which something else happens. */
function during(body: BodySource, happens: () => Promise<unknown>): BodySource {
  return {
    ...body,
    async readWhole(limitBytes, wishes) {
      await happens();
      return body.readWhole(limitBytes, wishes);
    },
  };
}
