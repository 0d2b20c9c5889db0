import { createServer } from "node:net";
import type { Address } from "./values.ts";

/**
 * The address with a port in it: workers can only share one that is named, so port 0 is resolved
 * before they start. An address that cannot be had stays as it is, for the listener to explain.
 */
export function withPort(address: Address): Promise<Address> {
  if (address.port !== 0) return Promise.resolve(address);
  const { promise, resolve } = Promise.withResolvers<Address>();
  const probe = createServer();
  probe.on("error", () => resolve(address));
  probe.listen({ host: address.host, port: 0, exclusive: true }, () => {
    const taken = probe.address();
    const port = typeof taken === "object" && taken !== null ? taken.port : 0;
    probe.close(() => resolve({ ...address, port }));
  });
  return promise;
}
