/** One listening address: requests in, exchanges to the handler, limits kept on the way. */
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { assert, type Cidr, type Clock, systemClock } from "../base/index.ts";
import { randomUuid } from "../crypto/index.ts";
import { logAccess } from "./access-line.ts";
import { ByteBudget } from "./byte-budget.ts";
import { type Connection, describeConnection, destroyAfter } from "./connection.ts";
import type { Handler } from "./exchange.ts";
import { ExchangeError, type ExchangeErrorCode } from "./exchange-error.ts";
import { HttpExchange } from "./http-exchange.ts";
import { SERVER_LIMITS, type ServerLimits } from "./limits.ts";
import type { ListenerContext } from "./listener-context.ts";
import type { ProcessLog } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { PaceWatch } from "./pace.ts";
import { refusalBytes, refuse } from "./refusal.ts";
import { readTarget } from "./request-target.ts";
import { answerStatus, STATUS_PREFIX, type StatusPages } from "./status-pages.ts";
import { TLS_VERSION_MIN, type TlsMaterial } from "./tls.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls?: TlsMaterial;
  readonly log: ProcessLog;
  readonly metrics: Metrics;
  readonly trustedProxies?: readonly Cidr[];
  /** Served under /-/, where the host is not that of a bucket. */
  readonly status?: StatusPages;
  readonly isBucketHost?: (host: string) => boolean;
  readonly limits?: Partial<ServerLimits>;
  readonly clock?: Clock;
}

/** Listens; throws node's error when the address is not to be had. */
export async function listen(options: ListenOptions, handler: Handler): Promise<Listener> {
  const listener = new Listener(options, handler);
  await listener.open(options.host, options.port);
  return listener;
}

export class Listener {
  readonly #server: Server | TlsServer;
  readonly #options: ListenOptions;
  readonly #handler: Handler;
  readonly #context: ListenerContext;
  readonly #connections = new Map<Duplex, Connection>();
  #draining = false;
  #inFlight = 0;

  constructor(options: ListenOptions, handler: Handler) {
    const limits = { ...SERVER_LIMITS, ...options.limits };
    this.#options = options;
    this.#handler = handler;
    this.#context = {
      limits,
      clock: options.clock ?? systemClock,
      log: options.log,
      pace: new PaceWatch(limits),
      budget: new ByteBudget(limits.bufferedBytesMax),
      trustedProxies: options.trustedProxies ?? [],
      draining: () => this.#draining,
    };
    const { tls } = options;
    this.#server = tls
      ? createTlsServer({ ...parserOptions(limits), ...tlsOptions(tls, limits) })
      : createServer(parserOptions(limits));
    this.#prepare(limits);
  }

  get port(): number {
    const address = this.#server.address();
    assert(typeof address === "object" && address !== null, "a listener that is open has a port");
    return address.port;
  }

  get connections(): number {
    return this.#connections.size;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Memory that whole bodies hold at present. */
  get bufferedBytes(): number {
    return this.#context.budget.heldBytes;
  }

  open(host: string, port: number): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#server.once("error", reject);
    this.#server.listen({ host, port, backlog: 1024 }, () => {
      this.#server.off("error", reject);
      this.#server.on("error", (error) => this.#options.log.error({ error }, "listener failed"));
      resolve();
    });
    return promise;
  }

  /** New connections get this certificate. Throws when the pair is unusable; the old one stays. */
  setTls({ cert, key }: TlsMaterial): void {
    if (!("setSecureContext" in this.#server)) throw new Error("this listener speaks plain HTTP");
    this.#server.setSecureContext({ cert, key, minVersion: TLS_VERSION_MIN });
  }

  /**
   * Takes no new connection, ends the idle ones, lets requests in flight finish, and after
   * `limitMs` cuts what is left.
   */
  async drain(limitMs: number): Promise<void> {
    this.#draining = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const connection of this.#connections.values()) {
      if (!connection.busy) connection.socket.destroy();
    }
    const late = setTimeout(() => {
      this.#server.closeAllConnections();
      for (const { socket } of this.#connections.values()) socket.destroy();
    }, limitMs);
    await closed;
    clearTimeout(late);
    this.#context.pace.close();
  }

  #prepare(limits: ServerLimits): void {
    const server = this.#server;
    server.maxHeadersCount = limits.headerCountMax;
    server.maxConnections = limits.connectionsMax;
    server.timeout = 0;
    server.on(this.#options.tls ? "secureConnection" : "connection", (socket: Socket) =>
      this.#connected(socket),
    );
    server.on("request", (request, response) => this.#arrived(request, response, {}));
    server.on("checkContinue", (request, response) =>
      this.#arrived(request, response, { awaitsContinue: true }),
    );
    server.on("checkExpectation", (request, response) =>
      this.#arrived(request, response, { unmet: "NotImplemented" }),
    );
    server.on("connect", (request, socket) => {
      this.#refuseBytes(socket, new ExchangeError("MethodNotAllowed"));
      request.resume();
    });
    server.on("clientError", (error, socket) => this.#unreadable(error, socket));
  }

  #connected(socket: Socket): void {
    const connection = describeConnection(socket, this.#context.trustedProxies);
    this.#connections.set(socket, connection);
    socket.on("close", () => {
      connection.waiting.length = 0;
      this.#connections.delete(socket);
    });
  }

  #arrived(request: IncomingMessage, response: ServerResponse, expectation: Expectation): void {
    const connection = this.#connections.get(request.socket);
    if (!connection || connection.closing) return;
    if (!connection.busy) {
      this.#begin(request, response, connection, expectation);
      return;
    }
    // Requests sent ahead may depend on one another: one after the other, in their order.
    if (connection.waiting.length >= this.#context.limits.pipelinedMax) {
      connection.socket.destroy();
      return;
    }
    connection.waiting.push(() => this.#begin(request, response, connection, expectation));
  }

  #begin(
    request: IncomingMessage,
    response: ServerResponse,
    connection: Connection,
    { awaitsContinue = false, unmet }: Expectation,
  ): void {
    connection.busy = true;
    this.#inFlight += 1;
    const { target, problem = unmet } = readTarget(request);
    if (problem !== undefined) connection.closing = true;
    const exchange = new HttpExchange(request, response, target, connection, this.#context, {
      requestId: randomUuid(),
      awaitsContinue,
    });
    response.on("close", () => this.#over(exchange, connection));
    void this.#serve(exchange, problem);
  }

  async #serve(exchange: HttpExchange, problem: ExchangeErrorCode | undefined): Promise<void> {
    try {
      if (problem !== undefined) await refuse(exchange, new ExchangeError(problem));
      else await this.#answer(exchange);
      if (!exchange.reply.begun) throw new Error("the handler returned without an answer");
    } catch (error) {
      this.#failed(exchange, error);
    }
  }

  #answer(exchange: HttpExchange): Promise<void> {
    const { status, isBucketHost } = this.#options;
    if (
      status &&
      exchange.path.startsWith(STATUS_PREFIX) &&
      isBucketHost?.(exchange.headers["host"] ?? "") !== true
    ) {
      exchange.describe({ service: "status" });
      return answerStatus(exchange, status);
    }
    if (this.#inFlight > this.#context.limits.requestsInFlightMax) {
      return refuse(exchange, new ExchangeError("SlowDown"));
    }
    return this.#handler(exchange);
  }

  #failed(exchange: HttpExchange, error: unknown): void {
    const { requestId, reply } = exchange;
    if (!(error instanceof ExchangeError)) {
      this.#options.log.error({ requestId, error }, "request not completed");
    }
    if (reply.begun) {
      reply.cut();
      return;
    }
    const shown = error instanceof ExchangeError ? error : new ExchangeError("InternalError");
    refuse(exchange, shown).catch(() => reply.cut());
  }

  #over(exchange: HttpExchange, connection: Connection): void {
    exchange.closed();
    this.#inFlight -= 1;
    this.#record(exchange);
    connection.busy = false;
    if (connection.closing) connection.waiting.length = 0;
    const next = connection.waiting.shift();
    if (next) next();
    else if (this.#draining && exchange.body.complete) connection.socket.destroySoon();
  }

  #record(exchange: HttpExchange): void {
    const { description, reply, startedMonotonicMs } = exchange;
    const outcome = {
      service: description.service ?? "none",
      operation: description.operation ?? "none",
      status: reply.begun ? reply.status : CLIENT_GONE_STATUS,
      seconds: (this.#context.clock.monotonicMs() - startedMonotonicMs) / 1000,
      bytesIn: exchange.body.receivedBytes,
      bytesOut: reply.bodyBytes,
    };
    this.#options.metrics.answered(outcome);
    logAccess(this.#options.log, exchange, outcome);
  }

  /** The parser gave up, or the client took too long over its headers. */
  #unreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
    const connection = this.#connections.get(socket);
    if (connection?.refused === true) return;
    const code = refusalOf(error);
    const silent = connection === undefined || connection.socket.bytesRead === 0;
    if (code === undefined || silent || !socket.writable || connection.busy) {
      socket.destroy();
      return;
    }
    this.#refuseBytes(socket, new ExchangeError(code));
  }

  #refuseBytes(socket: Duplex, error: ExchangeError): void {
    const requestId = randomUuid();
    const connection = this.#connections.get(socket);
    if (connection) {
      connection.refused = true;
      connection.closing = true;
      destroyAfter(connection.socket, this.#context.limits.lingerMs);
    }
    socket.end(refusalBytes(error, requestId, this.#context.clock.now()));
    const { metrics, log } = this.#options;
    const line = { requestId, remoteAddress: connection?.address, errorCode: error.code };
    log.info({ ...line, status: error.status }, "unreadable request");
    metrics.answered({ ...NOTHING_READ, status: error.status });
  }
}

interface Expectation {
  readonly awaitsContinue?: boolean;
  readonly unmet?: ExchangeErrorCode;
}

/** What nginx made customary for a client that left before its answer. It is never sent. */
const CLIENT_GONE_STATUS = 499;

const NOTHING_READ = { service: "none", operation: "none", seconds: 0, bytesIn: 0, bytesOut: 0 };

function refusalOf(error: NodeJS.ErrnoException): ExchangeErrorCode | undefined {
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") return "RequestTimeout";
  if (error.code === "HPE_HEADER_OVERFLOW") return "RequestHeaderSectionTooLarge";
  return error.code?.startsWith("HPE_") === true ? "BadRequest" : undefined;
}

function parserOptions(limits: ServerLimits): ServerOptions {
  return {
    httpValidation: "strict",
    optimizeEmptyRequests: true,
    joinDuplicateHeaders: true,
    // Ours to check, so that this reply too carries an id.
    requireHostHeader: false,
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, Math.ceil(limits.headersTimeoutMs / 4)),
    // Uploads may take hours; the pace watch sees to those that crawl.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    keepAlive: true,
    noDelay: true,
  };
}

function tlsOptions({ cert, key }: TlsMaterial, limits: ServerLimits) {
  return {
    cert,
    key,
    minVersion: TLS_VERSION_MIN,
    handshakeTimeout: limits.headersTimeoutMs,
  } as const;
}
