/**
 * A system-call trace of the worker shows a finished sync between each write's request and its
 * reply: nothing is acknowledged that is only in memory. Needs strace (Debian package `strace`) and
 * the right to trace; without them the case says so and is skipped.
 */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { clientsFor } from "../support/clients.ts";
import { until } from "../support/in-turn.ts";
import { Server, target } from "../support/server.ts";

const WRITES = 12;
/** Both more than a request of this test sends, and enough to tell its method and status. */
const SHOWN_CHARS = "24";

const unable = reasonNotToTrace();

test(
  "a sync is finished between each write's request and its reply",
  { skip: unable ?? false },
  async (t) => {
    const server = await new Server({ workers: 1 }).start();
    t.after(() => server.stop());
    const { s3, kms } = clientsFor(server, server.root);
    await s3.createBucket({ Bucket: "traced" });
    const folder = await mkdtemp(join(tmpdir(), "strongroom-trace-"));
    t.after(() => rm(folder, { recursive: true, force: true }));
    const file = join(folder, "trace");
    const stop = await trace(workerOf(server.pid), file);
    for (let i = 0; i < WRITES; i += 1) {
      // Small bodies lie in the metadata engine, large ones are files.
      const Body = Buffer.alloc(i % 2 === 0 ? 1_000 : 300_000, i);
      await s3.putObject({ Bucket: "traced", Key: `key-${i}`, Body });
    }
    await kms.createKey({ Description: "traced" });
    await s3.deleteObject({ Bucket: "traced", Key: "key-0" });
    await stop();

    const answered = syncsOfRequests(readFileSync(file, "utf8"));
    const writes = answered.filter(({ method }) => method !== "GET");
    assert.ok(writes.length >= WRITES + 2, `${writes.length} writes were traced`);
    for (const { method, syncs } of writes) {
      assert.ok(syncs > 0, `a ${method} was answered after ${syncs} syncs`);
    }
    // A body of its own: its bytes, its name, and the commit that makes it visible.
    const puts = writes.filter(({ method }) => method === "PUT");
    const large = puts.filter((_, i) => i % 2 === 1);
    assert.ok(large.every(({ syncs }) => syncs >= 3));
  },
);

interface Answered {
  readonly method: string;
  /** Syncs that were finished between the request's first byte and the reply's. */
  readonly syncs: number;
}

/** Requests come one at a time, so that each reply belongs to the request before it. */
function syncsOfRequests(text: string): Answered[] {
  const answered: Answered[] = [];
  let method: string | undefined;
  let syncs = 0;
  for (const line of text.split("\n")) {
    const request = /(?:read|recv)\w*(?:\(| resumed).*"(PUT|POST|DELETE|GET) \//.exec(line);
    if (request) {
      [method, syncs] = [request[1], 0];
    } else if (/(fdatasync|fsync)(\(| resumed).*= 0$/.test(line)) {
      syncs += 1;
    } else if (method !== undefined && /(write|writev|sendto|sendmsg)\(.*HTTP\/1\.1 2/.test(line)) {
      answered.push({ method, syncs });
      method = undefined;
    }
  }
  return answered;
}

/** Attaches to all threads of a process; the function returned detaches. */
async function trace(pid: number, file: string): Promise<() => Promise<void>> {
  const calls = "read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,fdatasync,fsync";
  const args = ["-f", "-s", SHOWN_CHARS, "-e", `trace=${calls}`, "-o", file, "-p", String(pid)];
  const strace = spawn("strace", args, { stdio: ["ignore", "ignore", "pipe"] });
  const attached = new Promise<void>((done) => {
    strace.stderr.on("data", (text: Buffer) => {
      if (text.includes("attached")) done();
    });
  });
  await attached;
  await until("every thread is traced", async () => (traced(pid) ? true : undefined));
  return async () => {
    const ended = new Promise((done) => strace.once("exit", done));
    strace.kill("SIGINT");
    await ended;
    assert.ok(statSync(file).size > 0);
  };
}

/** Whether each thread of the process has a tracer. */
function traced(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).every((thread) =>
    /^TracerPid:\t[1-9]/m.test(readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8")),
  );
}

function workerOf(primary: number): number {
  const children = readFileSync(`/proc/${primary}/task/${primary}/children`, "utf8").trim();
  return Number(children.split(" ")[0]);
}

function reasonNotToTrace(): string | undefined {
  if (target !== undefined) return "TARGET names a server elsewhere";
  const probe = spawnSync("strace", ["-e", "trace=none", "true"]);
  if (probe.error) return "strace is not here: apt-get install strace";
  return probe.status === 0 ? undefined : "this user may not trace processes";
}
