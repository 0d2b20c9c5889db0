/**
 * `control.sock` in the data folder: the lock of the deployment and the way to talk to it.
 *
 * Who has bound it owns the folder. Binding fails when the file is there; then a connection tells
 * a live owner from a dead one, whose file is moved away (so that two who find it dead do not
 * remove each other's new one) and the binding is tried again.
 */
import { chmodSync, linkSync, renameSync, rmSync, type Stats, statSync } from "node:fs";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { lineSplitter, parseRequest, type ControlReply } from "./control-line.ts";
import { CONTROL_SOCKET } from "./data-folder.ts";
import { Refusal } from "./sentences.ts";

/** Carries out one command; throws Refusal for what the person at the terminal should read. */
export type ControlCommands = (command: string, argument: unknown) => Promise<unknown>;

const ATTEMPTS_MAX = 5;
const CLIENTS_MAX = 16;
const CLIENT_IDLE_MS_MAX = 30_000;
/** What fits into a socket's address on every system (104 bytes on some, with the final zero). */
const PATH_BYTES_MAX = 103;

export class ControlSocket {
  readonly #server: Server;
  readonly #path: string;
  readonly #inode: number;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
    this.#inode = statSync(path).ino;
  }

  /** Takes the lock, or throws Refusal when a live process has it. */
  static async bind(dataFolder: string, commands: ControlCommands): Promise<ControlSocket> {
    const path = socketPath(dataFolder);
    const server = createServer((client) => converse(client, commands));
    server.maxConnections = CLIENTS_MAX;
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
      // oxlint-disable no-await-in-loop -- each attempt depends on the one before
      if (await bound(server, path)) {
        chmodSync(path, 0o600);
        return new ControlSocket(server, path);
      }
      const before = statOf(path);
      if (before && (await isLive(path))) break;
      if (before) removeStale(path, before);
      // oxlint-enable no-await-in-loop
    }
    throw new Refusal(
      `${dataFolder} is in use by another strongroom process: stop it first, or name another folder with --data`,
    );
  }

  /** False once somebody removed or replaced the socket: then the folder is no longer ours alone. */
  held(): boolean {
    return statOf(this.#path)?.ino === this.#inode;
  }

  async close(): Promise<void> {
    if (this.held()) rmSync(this.#path, { force: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.unref();
    await Promise.race([promise, new Promise((soon) => setTimeout(soon, 100))]);
  }
}

/** Throws Refusal when the system's limit is too small for the folder's path. */
export function socketPath(dataFolder: string): string {
  const path = join(dataFolder, CONTROL_SOCKET);
  if (Buffer.byteLength(path) > PATH_BYTES_MAX) {
    throw new Refusal(
      `the path of the data folder ${dataFolder} is too long for the control socket in it: ` +
        `name one of at most ${PATH_BYTES_MAX - CONTROL_SOCKET.length - 1} bytes with --data`,
    );
  }
  return path;
}

/** Whether somebody listens there. */
export function isLive(path: string): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = createConnection(path);
  probe.on("connect", () => {
    resolve(true);
    probe.destroy();
  });
  probe.on("error", (error: NodeJS.ErrnoException) => {
    // A full backlog or a missing permission is a sign of life, too.
    resolve(error.code !== "ECONNREFUSED" && error.code !== "ENOENT");
  });
  return promise;
}

function bound(server: Server, path: string): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const failed = (error: NodeJS.ErrnoException) => {
    if (error.code === "EADDRINUSE") resolve(false);
    else reject(new Refusal(`cannot make ${path}: ${error.message}`, { cause: error }));
  };
  server.once("error", failed);
  server.listen(path, () => {
    server.off("error", failed);
    resolve(true);
  });
  return promise;
}

/** Moves the dead file away, and back again should it have become another meanwhile. */
export function removeStale(path: string, before: Stats): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (statSync(aside).ino !== before.ino) linkSync(aside, path);
    rmSync(aside);
  } catch {
    // Another process was quicker: the next attempt sees what it left.
  }
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

function converse(client: Socket, commands: ControlCommands): void {
  client.setEncoding("utf8");
  client.setTimeout(CLIENT_IDLE_MS_MAX, () => client.destroy());
  client.on("error", () => client.destroy());
  const take = lineSplitter((line) => {
    const request = parseRequest(line);
    if (!request) {
      client.destroy();
      return;
    }
    void answer(request.id, () => commands(request.command, request.arguments)).then((reply) => {
      if (client.writable) client.write(`${JSON.stringify(reply)}\n`);
    });
  });
  client.on("data", (text: string) => {
    if (!take(text)) client.destroy();
  });
}

async function answer(id: number, act: () => Promise<unknown>): Promise<ControlReply> {
  try {
    return { id, result: await act() };
  } catch (error) {
    const refusal =
      error instanceof Refusal ? error.message : "the deployment failed at it; its log says why";
    return { id, refusal };
  }
}
