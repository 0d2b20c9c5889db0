import type { EncodedResponse, ExchangeIds, RawRequest, Route } from "./exchange.ts";
import { readForm } from "./form-reader.ts";
import { readJson } from "./json-reader.ts";
import { writeJson } from "./json-writer.ts";
import { modelOf } from "./model.ts";
import { readRest } from "./rest-reader.ts";
import { writeRest } from "./rest-writer.ts";
import { escapeXml, membersWriter, QUERY_XML } from "./xml-writer.ts";

/** A handler's input, without a streamed payload. Throws ServiceError for what cannot be read. */
export function decodeInput(route: Route, request: RawRequest, body: Buffer | undefined): object {
  switch (route.service) {
    case "s3":
      return readRest(route, request, body);
    case "kms":
    case "cloudtrail":
      return readJson(route.shape.input, body);
    case "iam":
    case "sts":
    default:
      return readForm(route.shape.input, route.form ?? {});
  }
}

/** A handler's output as its protocol writes it. Members that the model does not name are left out. */
export function encodeOutput(route: Route, output: object, ids: ExchangeIds): EncodedResponse {
  switch (route.service) {
    case "s3":
      return s3Response(route, output, ids);
    case "kms":
    case "cloudtrail":
      return jsonResponse(route, output, ids);
    case "iam":
    case "sts":
    default:
      return queryResponse(route, output, ids);
  }
}

function s3Response({ shape }: Route, output: object, ids: ExchangeIds): EncodedResponse {
  const response = writeRest(shape, output, modelOf("s3").xmlns);
  response.headers["x-amz-request-id"] = ids.requestId;
  response.headers["x-amz-id-2"] = ids.extendedId;
  return response;
}

function jsonResponse({ shape }: Route, output: object, { requestId }: ExchangeIds) {
  const headers = {
    "content-type": "application/x-amz-json-1.1",
    "x-amzn-requestid": requestId,
    // Answers of KMS may hold plaintext keys: no one on the way keeps them.
    "cache-control": "no-cache, no-store, must-revalidate, private",
  };
  return { status: shape.status, headers, body: writeJson(shape.output, output) };
}

function queryResponse({ service, shape }: Route, output: object, { requestId }: ExchangeIds) {
  const { xmlns } = modelOf(service);
  const { name } = shape;
  const result =
    shape.output === undefined
      ? ""
      : `<${name}Result>${membersWriter(shape.output, QUERY_XML)(output)}</${name}Result>`;
  const body =
    `<${name}Response xmlns="${xmlns}">${result}` +
    `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>` +
    `</${name}Response>`;
  const headers = { "content-type": "text/xml", "x-amzn-requestid": requestId };
  return { status: shape.status, headers, body };
}
