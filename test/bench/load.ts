/** A closed loop: each connection sends its next request when the reply to the last has come. */
import { Connection, type Prepared } from "./connection.ts";
import { Latencies } from "./latencies.ts";

/** The next request, for one of the connections. */
export type Source = (connection: number) => Prepared;

export interface Measured {
  readonly requests: number;
  readonly seconds: number;
  readonly failures: number;
  /** The status of the first failure. */
  readonly firstFailure: number | undefined;
  readonly latencies: Latencies;
  /** Of the bodies of replies. */
  readonly bytes: number;
}

export interface Loop {
  readonly url: string;
  readonly connections: number;
  readonly source: Source;
}

/** An open set of connections: warmed up, then measured. */
export class Load implements Disposable {
  readonly #connections: readonly Connection[];
  readonly #source: Source;

  private constructor(connections: readonly Connection[], source: Source) {
    this.#connections = connections;
    this.#source = source;
  }

  static async open({ url, connections, source }: Loop): Promise<Load> {
    const opened = Array.from({ length: connections }, () => Connection.open(url));
    return new Load(await Promise.all(opened), source);
  }

  /** For so long, or until each connection has done `requestsMax`; requests begun are ended. */
  async run(seconds: number, requestsMax = Number.POSITIVE_INFINITY): Promise<Measured> {
    const latencies = new Latencies();
    const started = performance.now();
    const endMs = started + seconds * 1000;
    let failures = 0;
    let firstFailure: number | undefined;
    let bytes = 0;
    const lane = async (connection: Connection, index: number) => {
      let from = performance.now();
      for (let count = 0; count < requestsMax && from < endMs; count += 1) {
        const outcome = await connection.send(this.#source(index));
        const now = performance.now();
        latencies.add(now - from);
        from = now;
        bytes += outcome.bytes;
        if (outcome.status >= 300) {
          failures += 1;
          firstFailure ??= outcome.status;
        }
      }
    };
    await Promise.all(this.#connections.map(lane));
    const elapsed = (performance.now() - started) / 1000;
    const requests = latencies.count;
    return { requests, seconds: elapsed, failures, firstFailure, latencies, bytes };
  }

  [Symbol.dispose](): void {
    for (const connection of this.#connections) connection.close();
  }
}
