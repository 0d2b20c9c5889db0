import assert from "node:assert/strict";
import { test } from "node:test";
import type { View } from "../../records/index.ts";
import type { Credentials } from "../../service/index.ts";
import { parseSignature, SigningError, type SigningFailureKind } from "../../sigv4/index.ts";
import { Authenticator } from "./authenticate.ts";

const KNOWN = "AKIAIOSFODNN7EXAMPLE";

const signatureOf = (accessKeyId: string) =>
  parseSignature({
    method: "POST",
    path: "/",
    query: "",
    headers: {
      host: "localhost",
      "x-amz-date": "20260101T000000Z",
      authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/kms/aws4_request, SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`,
    },
  });

test("before a body is read, who cannot have signed it is refused", async () => {
  const find: Credentials["find"] = async (id) =>
    id === KNOWN ? ({} as never) : "access-key-unknown";
  const authenticator = new Authenticator({ find });
  const view = {} as View;
  const refused = (kind: SigningFailureKind) => (error: unknown) =>
    error instanceof SigningError && error.failure.kind === kind;
  await assert.rejects(authenticator.admit(undefined, view), refused("authentication-missing"));
  await assert.rejects(
    authenticator.admit(signatureOf("AKIAI44QH8DHBEXAMPLE"), view),
    refused("access-key-unknown"),
  );
  await authenticator.admit(signatureOf(KNOWN), view);
});
