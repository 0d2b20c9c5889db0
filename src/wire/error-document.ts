/** Errors as each protocol writes them. */
import type { EncodedResponse, ExchangeIds } from "./exchange.ts";
import { modelOf } from "./model.ts";
import type { ServiceName } from "./operation-types.ts";
import { ServiceError } from "./service-error.ts";
import { escapeXml, XML_DECLARATION } from "./xml-writer.ts";

/** What an error is an answer to; a Route is one. */
export interface ErrorContext {
  readonly service: ServiceName;
  readonly method: string;
}

/**
 * Renders an error in its service's protocol. What is not a ServiceError becomes an internal
 * failure, without its text.
 */
export function encodeError(
  { service, method }: ErrorContext,
  error: unknown,
  ids: ExchangeIds,
): EncodedResponse {
  if (service === "s3") {
    const shown = error instanceof ServiceError ? error : internalError();
    return s3Error(shown, ids, { bodiless: method === "HEAD" || shown.status === 304 });
  }
  const shown = error instanceof ServiceError ? error : internalFailure();
  if (service === "iam" || service === "sts") return queryError(service, shown, ids);
  return jsonError(service, shown, ids);
}

function internalError(): ServiceError {
  const message = "We encountered an internal error. Please try again.";
  return new ServiceError("InternalError", 500, message);
}

function internalFailure(): ServiceError {
  return new ServiceError("InternalFailure", 500, "");
}

/** AWS: every error of the caller's is 400 on the wire, whatever status the API reference prints. */
function jsonError(
  service: ServiceName,
  { code, status, message, members, headers }: ServiceError,
  { requestId }: ExchangeIds,
): EncodedResponse {
  const name = modelOf(service).errors.get(code)?.message ?? "message";
  const body = { __type: code, ...(message === "" ? {} : { [name]: message }), ...members };
  return {
    status: status < 500 ? 400 : status,
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amzn-requestid": requestId,
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

function queryError(
  service: ServiceName,
  { code, status, message, members, headers }: ServiceError,
  { requestId }: ExchangeIds,
): EncodedResponse {
  const { errors, xmlns } = modelOf(service);
  // NoSuchEntityException is the name of the shape; the wire says NoSuchEntity.
  const wireCode = errors.get(code)?.code ?? code;
  const elements = {
    Type: status < 500 ? "Sender" : "Receiver",
    Code: wireCode,
    ...(message === "" ? {} : { Message: message }),
    ...members,
  };
  return {
    status,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId, ...headers },
    body:
      `<ErrorResponse xmlns="${xmlns}"><Error>${elementsOf(elements)}</Error>` +
      `<RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`,
  };
}

function s3Error(
  { code, status, message, members, headers }: ServiceError,
  { requestId, extendedId }: ExchangeIds,
  { bodiless }: { bodiless: boolean },
): EncodedResponse {
  const all = { "x-amz-request-id": requestId, "x-amz-id-2": extendedId, ...headers };
  if (bodiless) return { status, headers: all, body: undefined };
  const elements = {
    Code: code,
    Message: message,
    ...members,
    RequestId: requestId,
    HostId: extendedId,
  };
  return {
    status,
    headers: { "content-type": "application/xml", ...all },
    body: `${XML_DECLARATION}<Error>${elementsOf(elements)}</Error>`,
  };
}

function elementsOf(elements: Readonly<Record<string, string>>): string {
  return Object.entries(elements)
    .map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`)
    .join("");
}
