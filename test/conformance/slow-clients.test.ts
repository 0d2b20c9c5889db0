/**
 * Clients that take their time: what is slow and legal is served, what only holds on is let go, and
 * neither costs memory.
 *
 * SLOW_UPLOAD_SECONDS sets how long the legal upload takes (default 35; 600 for the long form),
 * IDLE_CONNECTIONS how many connections are held (default: 10,000, or what the machine allows).
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import { deployment } from "../support/deployment.ts";
import { atOnce, numbers, until } from "../support/in-turn.ts";
import { md5, pattern } from "../support/objects.ts";
import { residentBytes, target } from "../support/server.ts";
import { sign } from "../support/signature.ts";
import { send, type WireRequest } from "../support/wire.ts";

const at = deployment();
const seconds = Number(process.env["SLOW_UPLOAD_SECONDS"] ?? 35);
const MiB = 1024 * 1024;

describe("slow clients", { concurrency: true }, () => {
  test("slowloris: a header that never ends is cut within 20 seconds", async () => {
    const sockets = await atOnce(numbers(50), 50, () => open());
    const began = performance.now();
    const text = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ";
    await Promise.all(
      sockets.map(async (socket) => {
        const ended = closed(socket);
        socket.write(text);
        const drip = setInterval(() => socket.write("a"), 500);
        await ended;
        clearInterval(drip);
      }),
    );
    const tookMs = performance.now() - began;
    assert.ok(tookMs > 5000 && tookMs < 25_000, `cut after ${Math.round(tookMs)} ms`);
  });

  test("a body that moves less than 1 KiB/s is cut within a minute", async () => {
    const Bucket = await at.bucket();
    const body = pattern(200_000, 1);
    const socket = await open();
    const ended = closed(socket);
    const began = performance.now();
    socket.write(head(signed({ method: "PUT", target: `/${Bucket}/k`, body }), body.length));
    socket.write(body.subarray(0, 5000));
    let sent = 5000;
    const drip = setInterval(() => socket.write(body.subarray(sent, (sent += 100))), 1000);
    await ended;
    clearInterval(drip);
    const tookMs = performance.now() - began;
    assert.ok(tookMs > 20_000 && tookMs < 75_000, `cut after ${Math.round(tookMs)} ms`);
    assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
  });

  test("a reader that takes less than 1 KiB/s is cut within a minute", async () => {
    const Bucket = await at.bucket();
    await at.root.s3.putObject({ Bucket, Key: "k", Body: pattern(64 * MiB, 2) });
    const socket = await open();
    const began = performance.now();
    socket.write(head(signed({ method: "GET", target: `/${Bucket}/k` }), 0));
    socket.on("error", () => {});
    // Nothing is read, so that the kernel's buffers fill and stay full.
    socket.pause();
    await until(
      "the server lets go of the reader",
      () => Promise.resolve(servedStill(socket) ? undefined : true),
      75_000,
    );
    socket.destroy();
    assert.ok(performance.now() - began > 20_000, "not before it could be known");
  });

  test(`an upload of ${seconds} seconds at 8 KiB/s is legal, and whole`, async () => {
    const Bucket = await at.bucket();
    const body = pattern(seconds * 8 * 1024, 3);
    const socket = await open();
    let answer = "";
    socket.setEncoding("latin1").on("data", (text: string) => (answer += text));
    socket.write(head(signed({ method: "PUT", target: `/${Bucket}/k`, body }), body.length));
    let sent = 0;
    const drip = setInterval(() => {
      socket.write(body.subarray(sent, (sent += 8 * 1024)));
      if (sent >= body.length) clearInterval(drip);
    }, 1000);
    await until("the upload is answered", () => ready(answer), (seconds + 30) * 1000);
    clearInterval(drip);
    socket.destroy();
    assert.match(answer, /^HTTP\/1\.1 200 /);
    const { ETag } = await at.root.s3.headObject({ Bucket, Key: "k" });
    assert.equal(ETag, `"${md5(body)}"`);
  });

  test("others are served quickly meanwhile", async () => {
    const Bucket = await at.bucket();
    const times = await atOnce(numbers(40), 1, async (n) => {
      const began = performance.now();
      await at.root.s3.putObject({ Bucket, Key: `k${n}`, Body: "x" });
      return performance.now() - began;
    });
    const sorted = times.toSorted((a, b) => a - b);
    assert.ok((sorted[20] ?? 0) < 1000, `median ${sorted[20]} ms`);
  });
});

describe("idle connections", { skip: target && "TARGET's memory is not ours to see" }, () => {
  test("thousands of them cost little memory, and no more the longer they stay", async (t) => {
    const wanted = Number(process.env["IDLE_CONNECTIONS"] ?? 10_000);
    const allowed = Math.min(wanted, descriptors() - 500);
    if (allowed < wanted) {
      process.stderr.write(`\n!!! ${allowed} idle connections instead of ${wanted}: ulimit -n\n\n`);
    }
    await at.root.s3.listBuckets({});
    const before = memory();
    const sockets: Socket[] = [];
    await atOnce(numbers(allowed), 200, async () => {
      const socket = await open();
      socket.on("error", () => {});
      socket.write("GET /-/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
      await new Promise<void>((resolve) => socket.once("data", () => resolve()));
      sockets.push(socket);
    });
    const full = memory();
    const began = performance.now();
    await at.root.s3.listBuckets({});
    assert.ok(performance.now() - began < 2000, "others are served");
    const perConnection = (full - before) / allowed;
    t.diagnostic(`${allowed} connections, ${Math.round(perConnection / 1024)} KiB each`);
    assert.ok(perConnection < 48 * 1024, `${Math.round(perConnection)} bytes each`);
    await atOnce(numbers(200), 4, () => at.root.s3.listBuckets({}));
    const later = memory();
    assert.ok(later < full * 1.15 + 16 * MiB, `grew from ${full} to ${later}`);
    const alive = sockets.filter((socket) => !socket.destroyed).length;
    assert.ok(alive > allowed * 0.9, `${alive} of ${allowed} still stand`);
    for (const socket of sockets) socket.destroy();
    await until("the server lets go of them", async () => {
      const reply = await send(at.endpoint, { method: "GET", target: "/-/ready" });
      return reply.status === 200 ? true : undefined;
    });
  });
});

function open(): Promise<Socket> {
  const { hostname, port } = new URL(at.endpoint.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => resolve(socket));
    socket.once("error", reject);
  });
}

function closed(socket: Socket): Promise<void> {
  socket.on("error", () => {});
  socket.resume();
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

/** Whether the server's end of the connection is established, asked of the kernel's table. */
function servedStill(socket: Socket): boolean {
  const port = (number = 0) => `:${number.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = readFileSync("/proc/self/net/tcp", "utf8").split("\n");
  return rows.some((row) => {
    const [, local = "", remote = "", state] = row.trim().split(/\s+/);
    const ends = local.endsWith(port(socket.remotePort)) && remote.endsWith(port(socket.localPort));
    // 01 is an established connection.
    return ends && state === "01";
  });
}

function signed(asked: WireRequest): WireRequest {
  return sign(at.endpoint, asked, { credentials: at.endpoint.root });
}

function head({ method, target: path, headers }: WireRequest, contentLength: number): string {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [
    `${method} ${path} HTTP/1.1`,
    ...lines,
    ...(contentLength > 0 ? [`content-length: ${contentLength}`] : []),
    "connection: close",
    "\r\n",
  ].join("\r\n");
}

function ready(answer: string): Promise<true | undefined> {
  return Promise.resolve(answer.includes("\r\n\r\n") ? true : undefined);
}

function descriptors(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  return Number(/^Max open files\s+(\d+)/m.exec(limits)?.[1] ?? 1024);
}

/** Resident memory of the server's processes, all together. */
function memory(): number {
  const family = (pid: number): number[] => [pid, ...childrenOf(pid).flatMap(family)];
  return family(at.server.pid).reduce((sum, pid) => sum + residentBytes(pid), 0);
}

function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    return text === "" ? [] : text.split(" ").map(Number);
  } catch {
    return [];
  }
}
