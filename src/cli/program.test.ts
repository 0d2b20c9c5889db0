/** The program as its user meets it: whole processes over a toy deployment. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { connect } from "node:tls";
import { certificateFor } from "../server/testing/certificate.ts";
import { until } from "../server/testing/wait.ts";
import { newFolder } from "./testing/folder.ts";
import { run, serve } from "./testing/program.ts";

const SECRET = "toy/secret+toy/secret+toy";

const pidAt = async (api: string) => (await fetch(api)).headers.get("x-pid");

test("a deployment serves, is commanded, survives its worker, and drains", async (t) => {
  const folder = newFolder(t);
  const { api, console, child, finished, err } = await serve(t, folder, ["--workers", "1"]);

  await t.test("the primary is a process of its own", async () => {
    assert.notEqual(await pidAt(api), String(child.pid));
  });

  await t.test("the console says where the API is", async () => {
    assert.ok((await (await fetch(console)).text()).includes(api));
  });

  await t.test("files are their owner's alone", () => {
    assert.equal(statSync(join(folder, "data")).mode & 0o777, 0o700);
    assert.equal(statSync(join(folder, "data", "control.sock")).mode & 0o777, 0o600);
    assert.equal(statSync(join(folder, "data", "accounts.json")).mode & 0o777, 0o600);
  });

  await t.test("`env` prints the exports of the running deployment", async () => {
    const { out, code } = await run(folder, ["env"]);
    assert.equal(code, 0);
    assert.match(out, new RegExp(`^export AWS_ENDPOINT_URL=${api}$`, "m"));
    assert.match(out, /^export AWS_ACCESS_KEY_ID=AKIATOYTOYTOYTOYTOYT$/m);
  });

  await t.test("`account create` makes one, once", async () => {
    const words = ["account", "create", "--id", "999888777666", "--name", "partner"];
    const made = await run(folder, [...words, "--json"]);
    assert.deepEqual(JSON.parse(made.out), {
      accountId: "999888777666",
      accessKeyId: "AKIATOYTOYTOYTOYTOYT",
      secretAccessKey: SECRET,
    });
    const again = await run(folder, words);
    assert.deepEqual(again, {
      code: 1,
      out: "",
      err: "strongroom: account 999888777666 exists already\n",
    });
  });

  await t.test("a second start on the folder is refused", async () => {
    const second = await run(folder, [
      "serve",
      "--listen",
      "127.0.0.1:0",
      "--console",
      "127.0.0.1:0",
    ]);
    assert.equal(second.code, 1);
    assert.match(
      second.err,
      /^strongroom: .* is in use by another strongroom process: stop it first/,
    );
  });

  await t.test("the inspector does not open", async () => {
    const worker = Number(await pidAt(api));
    process.kill(Number(child.pid), "SIGUSR1");
    process.kill(worker, "SIGUSR1");
    assert.equal(await pidAt(api), String(worker));
    assert.doesNotMatch(err(), /Debugger/);
  });

  await t.test(
    "a dump of its memory would be empty",
    { skip: process.platform !== "linux" },
    async () => {
      for (const pid of [child.pid, await pidAt(api)]) {
        assert.match(readFileSync(`/proc/${pid}/coredump_filter`, "utf8"), /^0+\n$/);
      }
    },
  );

  await t.test("a worker that crashes is replaced, on the same port", async () => {
    const before = await pidAt(api);
    await assert.rejects(fetch(`${api}/crash`));
    await until(async () => (await pidAt(api).catch(() => before)) !== before);
  });

  await t.test("SIGTERM finishes what is in flight and ends with 0", async () => {
    const slow = fetch(`${api}/slow`).then((reply) => reply.text());
    await until(async () =>
      (await (await fetch(`${api}/-/metrics`)).text()).includes("in_flight 2"),
    );
    child.kill("SIGTERM");
    assert.equal(await slow, "slow but done");
    const { code, out } = await finished;
    assert.equal(code, 0);
    assert.equal(existsSync(join(folder, "data", "control.sock")), false);
    assert.ok(!`${out}${err()}`.includes(SECRET));
    for (const line of err().trim().split("\n")) assert.ok(JSON.parse(line).time, line);
  });

  await t.test("stopped, commands open the folder themselves", async () => {
    const { out } = await run(folder, ["env", "--json"]);
    assert.equal(JSON.parse(out).endpoint, "http://127.0.0.1:9000");
  });
});

test("several workers share the port and count as one", async (t) => {
  const { api } = await serve(t, newFolder(t), ["--workers", "2"]);
  const pids = new Set<string | null>();
  await until(async () => {
    const reply = await fetch(api, { headers: { connection: "close" } });
    pids.add(reply.headers.get("x-pid"));
    return pids.size === 2;
  });
  const texts = await Promise.all(
    [1, 2].map(async () =>
      (await fetch(`${api}/-/metrics`, { headers: { connection: "close" } })).text(),
    ),
  );
  for (const text of texts) {
    assert.match(
      text,
      /strongroom_requests_total\{service="none",operation="none",status="200"\} \d+/,
    );
  }
});

test("TLS is served, and a renewed certificate taken over without a restart", async (t) => {
  const folder = newFolder(t);
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const write = (name: string) => {
    const pair = certificateFor(name);
    writeFileSync(cert, pair.cert);
    writeFileSync(key, pair.key);
  };
  write("first");
  const words = ["--workers", "1", "--tls-cert", cert, "--tls-key", key];
  const { api } = await serve(t, folder, words);
  assert.match(api, /^https:/);
  assert.equal(await subjectAt(api), "first");
  write("second");
  await until(async () => (await subjectAt(api)) === "second");
  assert.match((await run(folder, ["env"])).out, new RegExp(`AWS_ENDPOINT_URL=${api}\n`));
});

/** The name in the certificate that is shown there. */
async function subjectAt(url: string): Promise<string | string[] | undefined> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

test("a killed primary takes its workers along, and its lock is no obstacle", async (t) => {
  const folder = newFolder(t);
  const { api, child, finished } = await serve(t, folder, ["--workers", "1"]);
  const worker = Number(await pidAt(api));
  child.kill("SIGKILL");
  await finished;
  await until(() => {
    try {
      return !process.kill(worker, 0);
    } catch {
      return true;
    }
  });
  const next = await serve(t, folder, ["--workers", "1"]);
  assert.equal((await fetch(next.api)).status, 200);
});

describe("a deployment that cannot run says so in one line and ends with 1:", () => {
  test("a port that another program has", async (t) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    t.after(() => other.close());
    const address = other.address();
    assert.ok(typeof address === "object" && address !== null);
    const listen = `127.0.0.1:${address.port}`;
    const words = [
      "serve",
      "--listen",
      listen,
      "--console",
      "127.0.0.1:0",
      "--log-level",
      "silent",
    ];
    const { code, err } = await run(newFolder(t), words);
    assert.equal(code, 1);
    assert.match(err, /^strongroom: --listen: cannot listen on .*: another program does; stop it/);
  });

  test("workers that cannot start", async (t) => {
    const folder = newFolder(t);
    const { child, finished } = await serve(t, folder, ["--workers", "1"]);
    child.kill("SIGTERM");
    await finished;
    writeFileSync(join(folder, "data", "stillborn"), "");
    const { code, err } = await run(folder, [
      "serve",
      "--listen",
      "127.0.0.1:0",
      "--console",
      "127.0.0.1:0",
      "--workers",
      "1",
    ]);
    assert.equal(code, 1);
    assert.match(err, /^strongroom: workers end as soon as they start: [^\n]*$/m);
  });
});
