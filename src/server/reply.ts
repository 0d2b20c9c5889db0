/** The reply of one exchange, written at the client's pace. */
import type { ServerResponse } from "node:http";
import { type Connection, progress } from "./connection.ts";
import type { ReplyBody, ReplyHeaders } from "./exchange.ts";
import type { PaceWatch, Transfer } from "./pace.ts";
import { s3RequestId } from "./request-ids.ts";

interface Circumstances {
  readonly ids: { readonly requestId: string; readonly extendedId: string };
  /** The connection is not to be used again. */
  readonly connectionEnds: boolean;
}

export class Reply implements Transfer {
  /** Bytes of body given to the connection. */
  bodyBytes = 0;
  #begun = false;
  readonly #response: ServerResponse;
  readonly #method: string;
  readonly #connection: Connection;
  readonly #pace: PaceWatch;
  #wake: (() => void) | undefined;

  constructor(response: ServerResponse, method: string, connection: Connection, pace: PaceWatch) {
    this.#response = response;
    this.#method = method;
    this.#connection = connection;
    this.#pace = pace;
  }

  get begun(): boolean {
    return this.#begun;
  }

  get status(): number {
    return this.#response.statusCode;
  }

  /** The connection ended before the reply did. */
  get broken(): boolean {
    return this.#response.closed && !this.#response.writableFinished;
  }

  /** Throws what node says of a header that cannot be sent; nothing was sent then. */
  send(
    status: number,
    headers: ReplyHeaders,
    body: ReplyBody,
    circumstances: Circumstances,
  ): Promise<void> {
    const whole = typeof body === "string" ? Buffer.from(body) : body;
    const inMemory = whole === undefined || whole instanceof Uint8Array;
    const lines = headerLines(headers, circumstances);
    const length = lines.length === undefined && inMemory ? (whole?.length ?? 0) : lines.length;
    if (lines.length === undefined && length !== undefined && status !== 204 && status !== 304) {
      lines.flat.push("content-length", String(length));
    }
    this.#response.writeHead(status, lines.flat);
    this.#begun = true;
    this.#connection.closing ||= circumstances.connectionEnds;
    const silent = this.#method === "HEAD" || status === 204 || status === 304;
    if (whole === undefined || silent)
      return this.#sendNothing(body, { owed: silent ? 0 : length });
    return inMemory ? this.#sendWhole(whole, length) : this.#sendStream(whole, length);
  }

  /** The exchange is over; true when the client did not get the whole reply. */
  closed(): boolean {
    this.#pace.unwatch(this);
    this.#wake?.();
    return this.broken;
  }

  moved(): number {
    return progress(this.#connection.socket).taken;
  }

  waitsForClient(): boolean {
    return progress(this.#connection.socket).waiting > 0;
  }

  cut(): void {
    this.#connection.socket.destroy();
  }

  async #sendNothing(body: ReplyBody, { owed }: { owed: number | undefined }): Promise<void> {
    if (owed) this.cut();
    else this.#response.end();
    // A stream that nobody will read may hold something open.
    if (typeof body === "object" && Symbol.asyncIterator in body) {
      await body[Symbol.asyncIterator]().return?.();
    }
  }

  #sendWhole(body: Uint8Array, length: number | undefined): Promise<void> {
    if (length !== body.length) {
      this.cut();
      throw new Error(`a reply of ${length} bytes was given ${body.length}`);
    }
    this.bodyBytes = body.length;
    this.#response.end(body);
    if (this.#connection.socket.writableLength === 0) return DONE;
    this.#pace.watch(this);
    return this.#over();
  }

  async #sendStream(body: AsyncIterable<Uint8Array>, length: number | undefined): Promise<void> {
    const response = this.#response;
    this.#pace.watch(this);
    response.on("drain", () => this.#wake?.());
    try {
      for await (const chunk of body) {
        if (response.closed) return;
        this.bodyBytes += chunk.length;
        if (length !== undefined && this.bodyBytes > length) throw overrun(length);
        if (!response.write(chunk)) await this.#woken();
      }
      if (length !== undefined && this.bodyBytes < length && !response.closed) {
        throw new Error(`a reply of ${length} bytes ended after ${this.bodyBytes}`);
      }
    } catch (error) {
      // INVARIANT: what could not be sent whole is never ended as if it were.
      this.cut();
      throw error;
    }
    if (response.closed) return;
    response.end();
    await this.#over();
  }

  /** Until the connection takes more, or is gone. */
  #woken(): Promise<void> {
    if (this.#response.closed) return DONE;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#wake = resolve;
    return promise;
  }

  async #over(): Promise<void> {
    while (!this.#response.closed) {
      // oxlint-disable-next-line no-await-in-loop -- a drain may wake it before the end
      await this.#woken();
    }
  }
}

const DONE = Promise.resolve();

function overrun(length: number): Error {
  return new Error(`a reply of ${length} bytes was given more`);
}

/** Names and values in turn, as node takes them without copying; and the length among them. */
function headerLines(
  headers: ReplyHeaders,
  { ids, connectionEnds }: Circumstances,
): { flat: string[]; length: number | undefined } {
  const flat: string[] = [];
  let length: number | undefined;
  let identified = false;
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined) continue;
    flat.push(name, value);
    if (name === "content-length") length = Number(value);
    else if (name === "x-amzn-requestid" || name === "x-amz-request-id") identified = true;
  }
  if (!identified) {
    flat.push("x-amz-request-id", s3RequestId(ids.requestId), "x-amz-id-2", ids.extendedId);
  }
  flat.push("server", "Strongroom");
  if (connectionEnds) flat.push("connection", "close");
  return { flat, length };
}
