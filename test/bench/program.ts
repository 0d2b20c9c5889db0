/** The program under measurement: started as a user starts it, on a folder of a real disk. */
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../support/signature.ts";
import { drawCredentials, Server } from "../support/server.ts";
import type { BenchOptions } from "./options.ts";
import { childrenOf } from "./processes.ts";
import type { Target } from "./requests.ts";

export const BUCKET = "bench";
const GIB = 1024 ** 3;

/** A deployment with a bucket and a key, and what is read of its processes. */
export class Program implements AsyncDisposable {
  readonly home: string;
  readonly server: Server;
  keyArn = "";

  constructor({ under, workers, profile }: BenchOptions) {
    this.home = mkdtempSync(join(under, "strongroom-bench-"));
    process.on("exit", () => rmSync(this.home, { recursive: true, force: true }));
    const flags = `--cpu-prof --cpu-prof-interval=200 --cpu-prof-dir=${profile}`;
    this.server = new Server({
      workers,
      folder: {
        home: this.home,
        data: join(this.home, "data"),
        rootKey: join(this.home, "data.root-key"),
      },
      ...(profile !== undefined && { env: { NODE_OPTIONS: flags } }),
    });
    this.server.root = drawCredentials();
  }

  async start(): Promise<void> {
    await this.server.start();
    if (this.keyArn !== "") return;
    await this.#asked({ method: "PUT", target: `/${BUCKET}` }, "s3");
    const { KeyMetadata } = await this.kms("CreateKey", {});
    this.keyArn = (KeyMetadata as { Arn: string }).Arn;
  }

  get target(): Target {
    const { url, region, root } = this.server;
    return { url, region, credentials: root };
  }

  get workers(): number[] {
    return childrenOf(this.server.pid);
  }

  async kms(operation: string, input: object): Promise<Record<string, unknown>> {
    const headers = {
      "x-amz-target": `TrentService.${operation}`,
      "content-type": "application/x-amz-json-1.1",
    };
    const asked = { method: "POST", target: "/", headers, body: JSON.stringify(input) };
    return JSON.parse(await this.#asked(asked, "kms")) as Record<string, unknown>;
  }

  /** The sums over all workers, by name, of metrics without labels. */
  async counts(): Promise<ReadonlyMap<string, number>> {
    const reply = await fetch(`${this.server.url}/-/metrics`);
    const lines = (await reply.text()).matchAll(/^strongroom_(\w+) (\S+)$/gm);
    return new Map([...lines].map(([, name = "", value]) => [name, Number(value)]));
  }

  /** Of the disk that the data folder is on. */
  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.home);
    return bavail * bsize;
  }

  /** Whether it could hold so many bytes and leave the disk usable. */
  hasRoomFor(bytes: number): boolean {
    return this.freeBytes > bytes + 5 * GIB;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.stop();
    rmSync(this.home, { recursive: true, force: true });
  }

  async #asked(
    asked: { method: string; target: string; headers?: Record<string, string>; body?: string },
    service: string,
  ): Promise<string> {
    const reply = await ask(this.server, asked, { credentials: this.server.root, service });
    if (reply.status >= 300) throw new Error(`${asked.method} ${asked.target}: ${reply.text}`);
    return reply.text;
  }
}
