/** The real SDK clients with a function in place of the network. */
import * as cloudtrail from "@aws-sdk/client-cloudtrail";
import * as iam from "@aws-sdk/client-iam";
import * as kms from "@aws-sdk/client-kms";
import * as s3 from "@aws-sdk/client-s3";
import * as sts from "@aws-sdk/client-sts";
import { Readable } from "node:stream";
import type { EncodedResponse, RawRequest } from "../exchange.ts";
import type { ServiceName } from "../operation-types.ts";

/** What a test answers in the server's place. */
type Exchange = (request: RawRequest, body: Buffer) => EncodedResponse;

/** The names that a client module exports, classes of commands and exceptions among them. */
export const sdk: Readonly<Record<ServiceName, Readonly<Record<string, unknown>>>> = {
  kms,
  iam,
  sts,
  cloudtrail,
  s3,
};

interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Calls operations by name through the service's client; the promise is the SDK's own. */
export function loopbackClient(
  service: ServiceName,
  exchange: Exchange,
): (operation: string, input: object) => Promise<object> {
  const client = clientOf(service, {
    region: "us-east-1",
    endpoint: "http://127.0.0.1:1",
    maxAttempts: 1,
    disableHostPrefix: true,
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    logger: { debug() {}, info() {}, warn() {}, error() {}, trace() {} },
    requestHandler: {
      destroy() {},
      metadata: { handlerProtocol: "http/1.1" },
      async handle(request: SdkRequest) {
        const response = exchange(rawRequest(request), await bytesOf(request.body));
        const { status: statusCode, headers, body } = response;
        return { response: { statusCode, headers, body: streamOf(body) } };
      },
    },
  });
  return (operation, input) => {
    const command: unknown = Reflect.construct(functionNamed(service, `${operation}Command`), [
      input,
    ]);
    return client.send(command);
  };
}

function clientOf(service: ServiceName, configuration: object) {
  const name = { kms: "KMS", iam: "IAM", sts: "STS", cloudtrail: "CloudTrail", s3: "S3" }[service];
  const client: { send(command: unknown): Promise<object> } = Reflect.construct(
    functionNamed(service, `${name}Client`),
    [configuration],
  );
  return client;
}

function functionNamed(service: ServiceName, name: string): Function {
  const found = sdk[service][name];
  if (typeof found !== "function") throw new Error(`client-${service} exports no ${name}`);
  return found;
}

function rawRequest({ method, path, query = {}, headers }: SdkRequest): RawRequest {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one ?? "")}`),
  );
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return { method, path, query: pairs.join("&"), headers: Object.fromEntries(lower) };
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (body instanceof Readable) return Buffer.concat(await body.toArray());
  throw new Error("the SDK sent a body of an unknown kind");
}

function streamOf(body: EncodedResponse["body"]): Readable {
  if (body === undefined || body === "") return Readable.from([]);
  if (typeof body === "string") return Readable.from([Buffer.from(body)]);
  return Readable.from(body instanceof Uint8Array ? [body] : body);
}
