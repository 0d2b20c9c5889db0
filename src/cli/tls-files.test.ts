import assert from "node:assert/strict";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { silentLog } from "../base/index.ts";
import type { TlsMaterial } from "../server/index.ts";
import { certificateFor } from "../server/testing/certificate.ts";
import { until } from "../server/testing/wait.ts";
import { newFolder } from "./testing/folder.ts";
import { readTls, watchTls } from "./tls-files.ts";

const first = certificateFor("first");
const second = certificateFor("second");

function files(t: TestContext, { cert, key }: TlsMaterial) {
  const folder = newFolder(t);
  const paths = { cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
  writeFileSync(paths.cert, cert);
  writeFileSync(paths.key, key);
  return paths;
}

test("files are read when they belong together", (t) => {
  assert.deepEqual(readTls(files(t, first)), first);
});

test("files that are missing, or do not belong together, are named", (t) => {
  const paths = files(t, { cert: first.cert, key: second.key });
  assert.throws(() => readTls(paths), { name: "Refusal", message: /cert.pem.*the key is not/ });
  const missing = { ...paths, cert: "/nowhere/cert.pem" };
  assert.throws(() => readTls(missing), /cannot read the TLS certificate \/nowhere\/cert.pem/);
});

test("a renewed pair is taken over once both files are there, and half of one never", async (t) => {
  const paths = files(t, first);
  const taken: TlsMaterial[] = [];
  let warnings = 0;
  const log = { ...silentLog, warn: () => void (warnings += 1) };
  const watch = watchTls(paths, log, (material) => taken.push(material), 5);
  t.after(() => watch.close());
  writeFileSync(`${paths.cert}.new`, second.cert);
  renameSync(`${paths.cert}.new`, paths.cert);
  await until(() => warnings > 0);
  assert.deepEqual(taken, []);
  writeFileSync(`${paths.key}.new`, second.key);
  renameSync(`${paths.key}.new`, paths.key);
  await until(() => taken.length > 0);
  assert.deepEqual(taken, [second]);
});
