/** How the transport itself says no, where no API got to render an error in its own protocol. */
import { STATUS_CODES } from "node:http";
import type { Exchange } from "./exchange.ts";
import { ExchangeError } from "./exchange-error.ts";
import { extendedRequestId, s3RequestId } from "./request-ids.ts";

/** Answers in the form that the request's headers suggest: JSON 1.1 has a target, the rest reads XML. */
export function refuse(exchange: Exchange, error: ExchangeError): Promise<void> {
  exchange.describe({ errorCode: error.code });
  if (exchange.headers["x-amz-target"] !== undefined) {
    const headers = {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": exchange.requestId,
    };
    const body = JSON.stringify({ __type: error.code, message: error.message });
    return exchange.respond(error.status, headers, body);
  }
  const body = errorDocument(error, exchange.requestId);
  return exchange.respond(error.status, { "content-type": "application/xml" }, body);
}

/** A whole reply as bytes, for a connection on which no request could be read. */
export function refusalBytes(error: ExchangeError, requestId: string, date: Date): string {
  const body = errorDocument(error, requestId);
  return [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    `date: ${date.toUTCString()}`,
    "server: Strongroom",
    "connection: close",
    "content-type: application/xml",
    `content-length: ${Buffer.byteLength(body)}`,
    `x-amz-request-id: ${s3RequestId(requestId)}`,
    `x-amz-id-2: ${extendedRequestId(requestId)}`,
    "",
    body,
  ].join("\r\n");
}

/** Code and message are from our own closed list: nothing in them needs escaping. */
function errorDocument(error: ExchangeError, requestId: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${error.code}</Code>` +
    `<Message>${error.message}</Message><RequestId>${s3RequestId(requestId)}</RequestId>` +
    `<HostId>${extendedRequestId(requestId)}</HostId></Error>`
  );
}
