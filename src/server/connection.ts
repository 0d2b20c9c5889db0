/** What a listener knows of a connection beyond its socket. */
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { type Cidr, normaliseAddress } from "../base/index.ts";
import { isTrusted, type Peer } from "./client-address.ts";
import type { TlsDetails } from "./exchange.ts";

export interface Connection extends Peer {
  readonly socket: Socket;
  readonly tls: TlsDetails | undefined;
  /** The peer is a proxy that we believe. */
  readonly proxied: boolean;
  /** An exchange is under way. */
  busy: boolean;
  /** Nothing that comes after the present exchange is answered. */
  closing: boolean;
  /** What could not be read was answered; what follows it is not looked at. */
  refused: boolean;
  /** Requests sent ahead, to be answered one after the other. */
  readonly waiting: (() => void)[];
}

export function describeConnection(socket: Socket, trustedProxies: readonly Cidr[]): Connection {
  const address = normaliseAddress(socket.remoteAddress ?? "") ?? "0.0.0.0";
  const tls = socket instanceof TLSSocket ? tlsDetails(socket) : undefined;
  return {
    socket,
    address,
    tls,
    encrypted: tls !== undefined,
    proxied: isTrusted(address, trustedProxies),
    busy: false,
    closing: false,
    refused: false,
    waiting: [],
  };
}

/**
 * Bytes that the kernel has taken from us, to the byte also in the middle of a large write; and
 * whether some still wait for it. The sockets' own `bytesWritten` counts what waits as written.
 */
export function progress(socket: Socket): { readonly taken: number; readonly waiting: number } {
  // UNSAFE: the handle is node's own; without it progress shows only when whole writes end.
  const handle: unknown = Reflect.get(socket, "_handle");
  const waiting = countAt(handle, "writeQueueSize") ?? socket.writableLength;
  const written = countAt(handle, "bytesWritten") ?? socket.bytesWritten;
  return { taken: written - waiting, waiting };
}

function countAt(handle: unknown, name: string): number | undefined {
  if (typeof handle !== "object" || handle === null) return undefined;
  const count: unknown = Reflect.get(handle, name);
  return typeof count === "number" ? count : undefined;
}

/**
 * Makes the coming end of a connection gentle: our side closes after the reply, and what the
 * client is still sending is read for a while. Closing at once would answer those bytes with a
 * reset, which can overtake the reply and leave the client without it.
 */
export function lingerAtEnd(socket: Socket, lingerMs: number): void {
  socket.destroySoon = () => {
    socket.end();
    destroyAfter(socket, lingerMs);
  };
}

export function destroyAfter(socket: Socket, ms: number): void {
  const timer = setTimeout(() => socket.destroy(), ms);
  socket.once("close", () => clearTimeout(timer));
}

function tlsDetails(socket: TLSSocket): TlsDetails {
  const cipher = socket.getCipher();
  return { version: socket.getProtocol() ?? "unknown", cipherSuite: cipher.standardName };
}
