import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { accountLines, exportLines } from "./render.ts";

const environment = {
  accountId: "123456789012",
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "it's $(odd) `secret`",
  endpoint: "http://127.0.0.1:9000",
  region: "eu-central-1",
};

test("a shell takes the exports over as they are meant", () => {
  const script = `${exportLines(environment)}env | grep ^AWS_ | sort`;
  assert.deepEqual(
    execFileSync("sh", [], { input: script, env: { PATH: process.env["PATH"] ?? "" } })
      .toString()
      .trim()
      .split("\n"),
    [
      "AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
      "AWS_DEFAULT_REGION=eu-central-1",
      "AWS_ENDPOINT_URL=http://127.0.0.1:9000",
      "AWS_REGION=eu-central-1",
      "AWS_SECRET_ACCESS_KEY=it's $(odd) `secret`",
    ],
  );
});

test("a new account's credentials say whose they are", () => {
  const lines = accountLines({ ...environment, secretAccessKey: "plain" }).split("\n");
  assert.match(lines[0] ?? "", /^# root credentials of account 123456789012/);
  assert.deepEqual(lines.slice(1), [
    "export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE",
    "export AWS_SECRET_ACCESS_KEY=plain",
    "",
  ]);
});
