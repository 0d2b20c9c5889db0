/** A call's input, out of its request: decoded, held to the model, its body verified. */
import { noSuchBucket } from "../../s3/index.ts";
import type { BodySource } from "../../service/index.ts";
import {
  type BodyReport,
  decodeInput,
  planBody,
  ServiceError,
  validateInput,
  verifyBody,
} from "../../wire/index.ts";
import type { Exchange } from "../exchange.ts";
import { bodySource } from "./body.ts";
import {
  COMPLETION_BODY_BYTES_MAX,
  CONTROL_BODY_BYTES_MAX,
  DELETE_OBJECTS_BODY_BYTES_MAX,
} from "./limits.ts";
import { refuseMisplacedHeaders } from "./misplaced-headers.ts";
import type { PreparedCall } from "./prepared-call.ts";

export async function readInput(
  exchange: Exchange,
  call: PreparedCall,
): Promise<{ input: object; body?: BodySource }> {
  try {
    return await readAny(exchange, call);
  } catch (error) {
    // AWS: that there is no such bucket is said before what is wrong with the request's body.
    if (call.bucketMissing && error instanceof ServiceError) {
      throw noSuchBucket(call.routed.bucket ?? "");
    }
    throw error;
  }
}

async function readAny(
  exchange: Exchange,
  { request, routed, authenticated, body, payload, form }: PreparedCall,
): Promise<{ input: object; body?: BodySource }> {
  if (form) return form;
  if (payload === undefined) {
    const input = decodeInput(routed, request, body);
    validateInput(routed, input);
    return { input };
  }
  refuseMisplacedHeaders(routed, request.headers);
  const { chunkSeed } = authenticated;
  const whole = routed.operation === "CompleteMultipartUpload";
  const plan = planBody(request.headers, { payload, chunkSeed }, wishesOf(whole));
  if (routed.shape.requestBody === "streamed") {
    const input = decodeInput(routed, request, undefined);
    validateInput(routed, input);
    return { input, body: bodySource(exchange, plan) };
  }
  const verified = verifyBody(plan, await exchange.readBody(bodyBytesMax(routed)));
  if (routed.operation === "DeleteObjects") requireIntegrity(verified.report);
  const input = decodeInput(routed, request, Buffer.from(verified.body));
  validateInput(routed, input);
  return { input };
}

function bodyBytesMax({ operation }: PreparedCall["routed"]): number {
  if (operation === "DeleteObjects") return DELETE_OBJECTS_BODY_BYTES_MAX;
  if (operation === "CompleteMultipartUpload") return COMPLETION_BODY_BYTES_MAX;
  return CONTROL_BODY_BYTES_MAX;
}

function wishesOf(describesTheObject: boolean) {
  return describesTheObject ? ({ checksumHeaders: "of-the-object" } as const) : {};
}

/** AWS: what removes many objects at once must say what its body is. */
function requireIntegrity({ md5, checksum }: BodyReport): void {
  if (md5 !== undefined || checksum !== undefined) return;
  throw new ServiceError(
    "InvalidRequest",
    400,
    "Missing required header for this request: Content-MD5 OR x-amz-checksum-*",
  );
}
