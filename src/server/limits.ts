/** What one listener grants its clients. Every process has its own: N workers grant N times this. */
export interface ServerLimits {
  /** From the first byte of a request, or from the connection, to the end of its headers. */
  readonly headersTimeoutMs: number;
  /** How long a connection may wait for its next request. */
  readonly keepAliveMs: number;
  /** Request line, headers and, of a chunked body, trailers. */
  readonly headerBytesMax: number;
  readonly headerCountMax: number;
  /** Who moves less than this on average over the window is cut. */
  readonly paceBytesPerSecondMin: number;
  readonly paceWindowMs: number;
  readonly connectionsMax: number;
  readonly requestsInFlightMax: number;
  /** Requests that one connection may send ahead of their replies. */
  readonly pipelinedMax: number;
  /** All bodies that are held whole, together. */
  readonly bufferedBytesMax: number;
  /** An unread body up to this size is read and dropped so that the connection lives on. */
  readonly discardBytesMax: number;
  /** After a reply that cuts a body short, how long and how much more of it is taken, so that the client sees the reply. */
  readonly lingerMs: number;
  readonly lingerBytesMax: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;

export const SERVER_LIMITS: ServerLimits = {
  headersTimeoutMs: 15_000,
  keepAliveMs: 75_000,
  headerBytesMax: 16 * KIB,
  headerCountMax: 128,
  paceBytesPerSecondMin: KIB,
  paceWindowMs: 30_000,
  connectionsMax: 16_384,
  requestsInFlightMax: 2048,
  pipelinedMax: 32,
  bufferedBytesMax: 64 * MIB,
  discardBytesMax: 256 * KIB,
  lingerMs: 5000,
  lingerBytesMax: 64 * MIB,
};
