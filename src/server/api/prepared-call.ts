/** A call whose sender and operation are known, and whose input is yet to be read. */
import { randomUuid } from "../../crypto/index.ts";
import type { BodySource, RequestInfo } from "../../service/index.ts";
import type { Payload } from "../../sigv4/index.ts";
import type { ExchangeIds, RawRequest, Route, ServiceName } from "../../wire/index.ts";
import type { Exchange } from "../exchange.ts";
import { s3RequestId } from "../request-ids.ts";
import type { Authenticated } from "./authenticate.ts";

export interface PreparedCall {
  readonly request: RawRequest;
  readonly routed: Route;
  readonly authenticated: Authenticated;
  readonly region: string;
  /** The bucket that an S3 request names is not there. */
  readonly bucketMissing?: boolean;
  /** Of a control-plane request, already read and covered by the signature. */
  readonly body?: Buffer;
  /** How the body of an S3 request is covered. */
  readonly payload?: Payload;
  /** Of a form, what was read out of it. */
  readonly form?: { readonly input: object; readonly body: BodySource };
}

export function requestInfo(
  exchange: Exchange,
  { headers }: RawRequest,
  { authenticated, region, routed }: PreparedCall,
  startedAt: Date,
): RequestInfo {
  const { requestId } = idsOf(exchange, routed.service);
  const { tls, contentLength } = exchange;
  return {
    requestId,
    extendedId: exchange.extendedId,
    eventId: randomUuid(),
    startedAt,
    region,
    sourceIp: exchange.remoteAddress,
    userAgent: headers["user-agent"] ?? "",
    host: headers["host"] ?? "",
    secure: exchange.secure,
    ...(tls && { tls }),
    ...(headers["referer"] !== undefined && { referer: headers["referer"] }),
    ...(contentLength !== undefined && { bodyBytes: contentLength }),
    ...(authenticated.signature && { signature: authenticated.signature }),
  };
}

/** S3's request ids have their own form. */
export function idsOf({ requestId, extendedId }: Exchange, service: ServiceName): ExchangeIds {
  return { requestId: service === "s3" ? s3RequestId(requestId) : requestId, extendedId };
}
