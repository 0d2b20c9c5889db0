import type { IncomingMessage, ServerResponse } from "node:http";
import { assert } from "../base/index.ts";
import { forwardedAddress, forwardedSecure } from "./client-address.ts";
import { type Connection, destroyAfter, lingerAtEnd } from "./connection.ts";
import type { CallDescription, Exchange, ReplyBody, ReplyHeaders, TlsDetails } from "./exchange.ts";
import type { ListenerContext } from "./listener-context.ts";
import { Reply } from "./reply.ts";
import { RequestBody } from "./request-body.ts";
import { extendedRequestId } from "./request-ids.ts";
import { bytesOf, type RequestTarget } from "./request-target.ts";
import { readWhole } from "./whole-body.ts";

/** An exchange over a node:http connection. */
export class HttpExchange implements Exchange {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly repeatedHeaders: readonly string[];
  readonly startedMonotonicMs: number;
  readonly reply: Reply;
  readonly body: RequestBody;
  description: CallDescription = {};
  readonly #request: IncomingMessage;
  readonly #connection: Connection;
  readonly #context: ListenerContext;
  #extendedId: string | undefined;
  #abort: AbortController | undefined;
  #heldBytes = 0;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    target: RequestTarget,
    connection: Connection,
    context: ListenerContext,
    { requestId, awaitsContinue }: { requestId: string; awaitsContinue: boolean },
  ) {
    this.requestId = requestId;
    this.method = request.method ?? "";
    this.path = target.path;
    this.query = target.query;
    this.headers = target.headers;
    this.repeatedHeaders = target.repeatedHeaders;
    this.#request = request;
    this.startedMonotonicMs = context.clock.monotonicMs();
    this.#connection = connection;
    this.#context = context;
    this.body = new RequestBody({
      message: request,
      length: target.contentLength,
      pace: context.pace,
      askForIt: awaitsContinue ? () => response.writeContinue() : undefined,
      cutOff: () => this.#cutSender(),
    });
    this.reply = new Reply(response, this.method, connection, context.pace);
  }

  get extendedId(): string {
    return (this.#extendedId ??= extendedRequestId(this.requestId));
  }

  get headerBytes(): number {
    return bytesOf(this.#request.rawHeaders);
  }

  get contentLength(): number | undefined {
    return this.body.length;
  }

  get tls(): TlsDetails | undefined {
    return this.#connection.tls;
  }

  get remoteAddress(): string {
    const { address, proxied } = this.#connection;
    if (!proxied) return address;
    return forwardedAddress(this.#connection, this.headers, this.#context.trustedProxies);
  }

  get secure(): boolean {
    const { encrypted, proxied } = this.#connection;
    return proxied ? forwardedSecure(this.#connection, this.headers) : encrypted;
  }

  get signal(): AbortSignal {
    if (!this.#abort) {
      this.#abort = new AbortController();
      if (this.reply.broken) this.#abort.abort();
    }
    return this.#abort.signal;
  }

  readBody(limitBytes: number): Promise<Buffer> {
    return readWhole(this.body, limitBytes, { take: (bytes) => this.#hold(bytes) });
  }

  readChunks(): AsyncIterableIterator<Buffer> {
    return this.body.begin();
  }

  respond(status: number, headers: ReplyHeaders, body?: ReplyBody): Promise<void> {
    assert(!this.reply.begun, "an exchange is answered once");
    const connectionEnds = this.#settleBody();
    return this.reply.send(status, headers, body, { ids: this, connectionEnds });
  }

  describe(call: CallDescription): void {
    this.description = { ...this.description, ...call };
  }

  /** The connection is done with this exchange, well or badly. */
  closed(): void {
    this.#context.budget.give(this.#heldBytes);
    this.#heldBytes = 0;
    if (this.reply.closed()) this.#abort?.abort();
  }

  #hold(bytes: number): boolean {
    if (!this.#context.budget.take(bytes)) return false;
    this.#heldBytes += bytes;
    return true;
  }

  /** Decides what becomes of the unread rest of the body; true when the connection ends by it. */
  #settleBody(): boolean {
    const { body } = this;
    const { socket, closing } = this.#connection;
    if (body.complete) return closing || this.#context.draining();
    const { discardBytesMax, lingerBytesMax, lingerMs } = this.#context.limits;
    const missing = body.missingBytes;
    const ends =
      closing || body.awaitsContinue || missing === undefined || missing > discardBytesMax;
    let passed = 0;
    body.drop((bytes) => {
      passed += bytes;
      if (passed > lingerBytesMax) socket.destroy();
    });
    if (ends) lingerAtEnd(socket, lingerMs);
    return ends || this.#context.draining();
  }

  #cutSender(): void {
    this.#connection.closing = true;
    destroyAfter(this.#connection.socket, this.#context.limits.lingerMs);
  }
}
