/**
 * One keep-alive connection that sends prepared bytes and reads replies with as little work as can
 * be: the status, the length, and how many bytes came. One request at a time.
 */
import { connect, type Socket } from "node:net";

/** A request as bytes, ready to be sent. */
export interface Prepared {
  readonly head: Buffer;
  /** Sent `times` times over, once unless said. */
  readonly body?: Buffer;
  readonly times?: number;
  /** The reply has no body, whatever its length says. */
  readonly method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
}

export interface Outcome {
  readonly status: number;
  /** Of the reply's body. */
  readonly bytes: number;
}

const END_OF_HEAD = Buffer.from("\r\n\r\n");
const READ_BYTES = 256 * 1024;

export class Connection {
  readonly #socket: Socket;
  #pending: PromiseWithResolvers<Outcome> | undefined;
  #method: Prepared["method"] = "GET";
  #head: Buffer = Buffer.alloc(0);
  #status = 0;
  #bytes = 0;
  /** Of the body under way; undefined while the head is not complete. */
  #length: number | undefined;
  #failure: Error | undefined;

  private constructor(host: string, port: number) {
    const onread = {
      buffer: Buffer.alloc(READ_BYTES),
      callback: (bytes: number, buffer: Uint8Array) => {
        this.#read(buffer as Buffer, bytes);
        return true;
      },
    };
    this.#socket = connect({ host, port, noDelay: true, onread });
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("the server closed the connection")));
  }

  static open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const connection = new Connection(hostname, Number(port));
    return new Promise((resolve, reject) => {
      connection.#socket.once("connect", () => resolve(connection));
      connection.#socket.once("error", reject);
    });
  }

  /** Rejects when the connection ends before the whole reply is there. */
  async send({ head, body, times = 1, method }: Prepared): Promise<Outcome> {
    if (this.#failure) throw this.#failure;
    const pending = Promise.withResolvers<Outcome>();
    this.#pending = pending;
    this.#method = method;
    this.#socket.cork();
    this.#socket.write(head);
    if (body && times === 1) this.#socket.write(body);
    this.#socket.uncork();
    if (body && times > 1) await this.#pour(body, times);
    return pending.promise;
  }

  close(): void {
    this.#failure ??= new Error("closed");
    this.#socket.destroy();
  }

  async #pour(body: Buffer, times: number): Promise<void> {
    for (let sent = 0; sent < times && !this.#failure; sent += 1) {
      if (this.#socket.write(body)) continue;
      await new Promise<void>((resolve) => {
        const go = () => {
          this.#socket.off("drain", go);
          this.#socket.off("close", go);
          resolve();
        };
        this.#socket.on("drain", go);
        this.#socket.on("close", go);
      });
    }
  }

  #read(buffer: Buffer, count: number): void {
    if (this.#length !== undefined) {
      this.#take(count);
      return;
    }
    const chunk = buffer.subarray(0, count);
    const joined = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    const end = joined.indexOf(END_OF_HEAD);
    if (end === -1) {
      this.#head = Buffer.from(joined);
      return;
    }
    this.#head = Buffer.alloc(0);
    const head = joined.toString("latin1", 0, end);
    this.#status = Number(head.slice(9, 12));
    const silent = this.#method === "HEAD" || this.#status === 204 || this.#status === 304;
    this.#length = silent ? 0 : lengthIn(head);
    this.#bytes = 0;
    this.#take(joined.length - end - END_OF_HEAD.length);
  }

  #take(count: number): void {
    this.#bytes += count;
    if (this.#bytes < (this.#length ?? 0)) return;
    const outcome = { status: this.#status, bytes: this.#bytes };
    this.#length = undefined;
    this.#pending?.resolve(outcome);
    this.#pending = undefined;
  }

  #end(error: Error): void {
    this.#failure ??= error;
    this.#pending?.reject(this.#failure);
    this.#pending = undefined;
  }
}

function lengthIn(head: string): number {
  const found = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (found === undefined) throw new Error("a reply says its length");
  return Number(found);
}
