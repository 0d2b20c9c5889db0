/** The program as a person starts, asks and stops it. */
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { describe, test } from "node:test";
import { clientsFor } from "../support/clients.ts";
import { runProgram, Server, StartError, target, makeFolder } from "../support/server.ts";
import { refused } from "../support/refusal.ts";

describe("command line", { skip: target && "TARGET is started by others" }, () => {
  const server = new Server({ rootCredentials: "made" });

  test("a first start makes folder, key and root credentials, and tells no secret", async () => {
    await server.start();
    const { mode } = statSync(server.folder.rootKey);
    assert.equal(mode & 0o777, 0o600);
    assert.match(server.root.accessKeyId, /^AKIA[A-Z0-9]{16}$/);
    assert.ok(!server.log.includes(server.root.secretAccessKey));
    const { Arn } = await clientsFor(server, server.root).sts.getCallerIdentity({});
    assert.equal(Arn, `arn:aws:iam::${server.account}:root`);
  });

  test("env prints exports that a shell can take, and an object for programs", () => {
    const { status, stdout } = server.command(["env"]);
    assert.equal(status, 0);
    const names = new Set([...stdout.matchAll(/^export (\w+)=/gm)].map(([, name]) => name));
    assert.ok(names.has("AWS_ACCESS_KEY_ID") && names.has("AWS_SECRET_ACCESS_KEY"));
    assert.ok(stdout.includes(server.url), "the endpoint is among them");
    const printed = server.command(["env", "--json"]);
    assert.equal(printed.status, 0, printed.stderr);
    const object = JSON.parse(printed.stdout);
    assert.equal(object.secretAccessKey, server.root.secretAccessKey);
    assert.equal(object.endpoint, server.url);
    assert.equal(object.region, server.region);
  });

  test("an account is made while the deployment runs, once", async () => {
    const id = "111122223333";
    const credentials = server.createAccount(id, "other");
    const { Account } = await clientsFor(server, credentials).sts.getCallerIdentity({});
    assert.equal(Account, id);
    const args = ["account", "create", "--id", id, "--name", "other", "--json"];
    const again = server.command(args);
    assert.notEqual(again.status, 0);
    assert.ok(!again.stderr.includes("    at "), again.stderr);
  });

  test("a second server on the same folder is refused, and the first serves on", async () => {
    const second = new Server({ folder: server.folder });
    const error = await second.start().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof StartError);
    assert.ok(!error.output.includes("    at "), error.output);
    await clientsFor(server, server.root).sts.getCallerIdentity({});
  });

  test("SIGTERM ends it with 0, and the same credentials serve after the next start", async () => {
    const { root } = server;
    await server.restart();
    assert.deepEqual(server.root, root);
    await clientsFor(server, root).s3.listBuckets({});
    await server.stop();
  });

  test("env works while the deployment does not run", () => {
    const object = JSON.parse(server.command(["env", "--json"]).stdout);
    assert.equal(object.secretAccessKey, server.root.secretAccessKey);
  });

  const folder = makeFolder();
  const where = ["--data", folder.data, "--root-key", folder.rootKey];
  const mistakes: [string, string[]][] = [
    ["an unknown option", ["serve", ...where, "--colour", "blue"]],
    ["a number of workers that is none", ["serve", ...where, "--workers", "many"]],
    ["an account without an id", ["account", "create", ...where, "--name", "x"]],
  ];
  for (const [name, args] of mistakes) {
    test(`${name}: one clear line and exit code 2`, () => {
      const { status, stderr } = runProgram(args);
      assert.equal(status, 2, stderr);
      assert.ok(!stderr.includes("    at "), stderr);
      assert.ok(stderr.trim() !== "");
    });
  }

  test("plain HTTP to the world is refused unless it is asked for", () => {
    const { status, stderr } = runProgram(["serve", ...where, "--listen", "0.0.0.0:9000"]);
    assert.ok(status === 1 || status === 2, stderr);
    assert.match(stderr, /insecure-http/);
  });

  test("a root key inside the data folder is refused", () => {
    const inside = ["--data", folder.data, "--root-key", `${folder.data}/key`];
    const { status, stderr } = runProgram(["serve", ...inside]);
    assert.ok(status === 1 || status === 2, stderr);
    assert.match(stderr, /root.key/i);
  });

  test("given root credentials are the root's, and others are not", async () => {
    const given = new Server();
    await given.start();
    await clientsFor(given, given.root).s3.listBuckets({});
    await refused(
      clientsFor(given, { ...given.root, accessKeyId: "AKIAAAAAAAAAAAAAAAAA" }).s3.listBuckets({}),
      { code: "InvalidAccessKeyId", status: 403 },
    );
    await given.stop();
  });
});
