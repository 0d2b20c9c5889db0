/** A bare node:http server as a child process, and the scenarios that it is measured by. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Prepared } from "./connection.ts";
import type { Scenario } from "./scenarios.ts";
import { bodyOf, KIB, MIB } from "./wanted.ts";

export class BareServer implements AsyncDisposable {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Its large file is made in `folder`. */
  static async start(folder: string): Promise<BareServer> {
    const file = join(folder, "bare-64-mib");
    writeFileSync(file, Buffer.alloc(64 * MIB, "x"));
    const script = fileURLToPath(new URL("bare-server.ts", import.meta.url));
    const child = spawn(process.execPath, [script, file], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    return new BareServer(child, Number(port.toString()));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.kill();
    await ended;
  }
}

export const BARE = {
  get: "bare node:http, GET 4 KiB",
  put: "bare node:http, PUT 4 KiB",
  getLarge: "bare node:http, GET 64 MiB",
  putLarge: "bare node:http, PUT 64 MiB",
} as const;

export function bareScenarios(): Scenario[] {
  const large = { connections: 1 };
  return [
    { name: BARE.get, source: () => () => request("GET", "/small") },
    bareUpload(BARE.put, 4 * KIB),
    { ...large, name: BARE.getLarge, source: () => () => request("GET", "/large") },
    { ...large, ...bareUpload(BARE.putLarge, 64 * MIB) },
  ];
}

function bareUpload(name: string, bytes: number): Scenario {
  const body = bodyOf(bytes);
  const prepared = {
    ...request("PUT", "/", bytes),
    body: body.bytes,
    times: body.times,
  };
  return { name, source: () => () => prepared, bodyBytes: bytes };
}

function request(method: "GET" | "PUT", target: string, length?: number): Prepared {
  const framing = length === undefined ? "" : `content-length: ${length}\r\n`;
  const head = `${method} ${target} HTTP/1.1\r\nhost: 127.0.0.1\r\n${framing}\r\n`;
  return { head: Buffer.from(head), method };
}
