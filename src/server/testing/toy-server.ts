/** A listener on a free port, and sockets that say to it exactly what a test wants said. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { systemClock } from "../../base/index.ts";
import type { Handler } from "../exchange.ts";
import { Health } from "../health.ts";
import { listen, type Listener, type ListenOptions } from "../listener.ts";
import { createLog } from "../log.ts";
import { Metrics } from "../metrics.ts";

export interface ToyServer {
  readonly listener: Listener;
  readonly port: number;
  readonly url: string;
  readonly metrics: Metrics;
  readonly health: Health;
  /** The log's lines so far, parsed. */
  readonly lines: Record<string, unknown>[];
  connect(): Promise<Talk>;
}

/** Ends with the test. */
export async function startToy(
  t: TestContext,
  handler: Handler,
  options: Partial<ListenOptions> = {},
): Promise<ToyServer> {
  const metrics = new Metrics();
  const health = new Health(systemClock);
  const lines: Record<string, unknown>[] = [];
  const log = createLog({
    level: "debug",
    destination: { write: (l) => lines.push(JSON.parse(l)) },
  });
  const status = { health, metricsText: () => metrics.text() };
  const host = options.host ?? "127.0.0.1";
  const listener = await listen({ port: 0, log, metrics, status, ...options, host }, handler);
  const { port } = listener;
  t.after(() => listener.drain(0));
  const scheme = options.tls ? "https" : "http";
  return {
    listener,
    port,
    url: `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}`,
    metrics,
    health,
    lines,
    connect: async () => {
      const socket = connect(port, host);
      await once(socket, "connect");
      t.after(() => socket.destroy());
      return new Talk(socket);
    },
  };
}

/** One connection, bytes in and bytes out. */
export class Talk {
  readonly socket: Socket;
  heard = "";
  readonly closed: Promise<void>;

  constructor(socket: Socket) {
    this.socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("error", () => {});
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.heard += text;
    });
  }

  say(text: string): this {
    this.socket.write(text, "latin1");
    return this;
  }

  /** Until the peer has said something that matches; throws when it closed, or ten seconds passed, without. */
  async hears(pattern: RegExp): Promise<RegExpExecArray> {
    const late = setTimeout(() => this.socket.destroy(), 10_000);
    this.closed.then(
      () => clearTimeout(late),
      () => {},
    );
    for (;;) {
      const match = pattern.exec(this.heard);
      if (match) {
        clearTimeout(late);
        return match;
      }
      if (this.socket.closed) throw new Error(`closed before ${pattern}: ${this.heard}`);
      // oxlint-disable-next-line no-await-in-loop -- until it is heard
      await Promise.race([once(this.socket, "data"), this.closed]);
    }
  }
}

export const GET = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
