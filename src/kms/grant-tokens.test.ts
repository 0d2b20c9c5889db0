import assert from "node:assert/strict";
import { test } from "node:test";
import { testDeployment } from "../service/testing/test-deployment.ts";
import { createKmsServices } from "./operation.ts";
import { kmsOperations } from "./operations/index.ts";

test("a grant token, which nobody can have, is refused", async () => {
  const deployment = await testDeployment();
  const operations = kmsOperations(createKmsServices({ clock: deployment.clock }));
  const named = (name: string) => {
    const operation = operations.find((each) => each.name === name);
    assert.ok(operation, name);
    return operation;
  };
  const { KeyMetadata } = await deployment.run<{ KeyMetadata: { KeyId: string } }>(
    named("CreateKey"),
    {},
  );
  const input = { KeyId: KeyMetadata.KeyId, NumberOfBytes: 32 };
  await deployment.run(named("GenerateDataKey"), { ...input, GrantTokens: [] });
  await assert.rejects(
    deployment.run(named("GenerateDataKey"), { ...input, GrantTokens: ["dG9rZW4="] }),
    { code: "InvalidGrantTokenException" },
  );
});
