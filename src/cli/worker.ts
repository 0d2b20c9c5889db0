/** One worker: opens the deployment, listens, and drains when told to. */
import cluster from "node:cluster";
import { SECOND_MS, systemClock } from "../base/index.ts";
import {
  consolePage,
  createLog,
  Health,
  listen,
  type Listener,
  Metrics,
  type ProcessLog,
} from "../server/index.ts";
import { endOnBugs } from "./bugs.ts";
import type { Config } from "./config.ts";
import type { Deployment, OpenDeployment, RequestService } from "./deployment.ts";
import { deploymentOptions } from "./deployment-options.ts";
import { endpointOf, isBucketHost } from "./endpoint.ts";
import type { Ports } from "./messages.ts";
import { PrimaryLink } from "./primary-link.ts";
import { Refusal } from "./sentences.ts";
import { readTls, watchTls } from "./tls-files.ts";
import type { Address } from "./values.ts";

/** How long requests in flight may take to finish. */
export const DRAIN_MS_MAX = 25 * SECOND_MS;

interface Running {
  readonly listeners: readonly Listener[];
  readonly service: RequestService;
  readonly deployment: Deployment;
  readonly health: Health;
}

/** Ends the process. */
export async function runWorker(config: Config, open: OpenDeployment): Promise<number> {
  const log = createLog({ level: config.logLevel, fields: { worker: workerId() } });
  endOnBugs(log);
  process.on("disconnect", () => {
    // Without its primary nobody holds the folder's lock.
    log.flush();
    process.exit(1);
  });
  const metrics = new Metrics();
  const link = new PrimaryLink(metrics);
  try {
    const running = await begun(config, open, { ports: await link.started, link, log, metrics });
    await link.drained;
    await ended(running);
    log.flush();
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    await link.tellAndWait({ type: "refused", sentence: error.message });
    log.flush();
    return 1;
  }
}

async function begun(
  config: Config,
  open: OpenDeployment,
  {
    ports,
    link,
    log,
    metrics,
  }: { ports: Ports; link: PrimaryLink; log: ProcessLog; metrics: Metrics },
): Promise<Running> {
  const tls = config.tlsFiles && readTls(config.tlsFiles);
  const secure = { tls: tls !== undefined };
  const health = new Health(systemClock);
  const deployment = await open(deploymentOptions(config, { role: "worker", fresh: false, log }));
  const endpoint = endpointOf({ ...config.listen, port: ports.api }, secure);
  const service = await deployment.start({
    workerId: workerId(),
    apiEndpoint: endpoint,
    consoleOrigin: endpointOf({ ...config.console, port: ports.console }, secure),
    metrics,
    health,
  });
  const shared = {
    log,
    metrics,
    trustedProxies: config.trustedProxies,
    limits: {
      connectionsMax: config.connectionsMax,
      requestsInFlightMax: config.requestsInFlightMax,
    },
    ...(tls && { tls }),
  };
  const api = await listenOn("--listen", { ...config.listen, port: ports.api }, (address) =>
    listen(
      {
        ...shared,
        ...address,
        status: { health, metricsText: () => link.metricsText() },
        isBucketHost: (host) => isBucketHost(host, config.domains),
      },
      service.handle,
    ),
  );
  const apiEndpoint = endpointOf({ ...config.listen, port: api.port }, secure);
  const page = await listenOn("--console", { ...config.console, port: ports.console }, (address) =>
    listen({ ...shared, ...address }, consolePage(apiEndpoint)),
  );
  const listeners = [api, page];
  metrics.gauge("connections", "Open connections", () => sum(listeners, "connections"));
  metrics.gauge("requests_in_flight", "Requests being answered", () => sum(listeners, "inFlight"));
  metrics.gauge("buffered_body_bytes", "Memory held by request bodies", () => api.bufferedBytes);
  if (config.tlsFiles) {
    watchTls(config.tlsFiles, log, (material) => {
      for (const listener of listeners) listener.setTls(material);
    });
  }
  link.tell({ type: "ready" });
  return { listeners, service, deployment, health };
}

async function ended({ listeners, service, deployment, health }: Running): Promise<void> {
  health.check("draining", () => "this process takes no new requests");
  await Promise.all(listeners.map((listener) => listener.drain(DRAIN_MS_MAX)));
  await service.stop();
  await deployment.close();
}

async function listenOn(
  flag: string,
  address: Address,
  begin: (address: Address) => Promise<Listener>,
): Promise<Listener> {
  try {
    return await begin(address);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const where = `${flag}: cannot listen on ${address.host}:${address.port}`;
    if (code === "EADDRINUSE") {
      throw new Refusal(`${where}: another program does; stop it or name another port`, {
        cause: error,
      });
    }
    if (code === "EACCES") {
      throw new Refusal(`${where}: ports below 1024 need a privilege; name a higher one`, {
        cause: error,
      });
    }
    if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
      throw new Refusal(`${where}: this machine has no such address`, { cause: error });
    }
    throw error;
  }
}

function workerId(): number {
  return cluster.worker?.id ?? 0;
}

function sum(listeners: readonly Listener[], count: "connections" | "inFlight"): number {
  return listeners.reduce((total, listener) => total + listener[count], 0);
}
