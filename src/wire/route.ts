import { addressOf } from "./address.ts";
import type { RawRequest, Route } from "./exchange.ts";
import { parseForm, type FormNode } from "./form.ts";
import { modelOf } from "./model.ts";
import type { ServiceName } from "./operation-types.ts";
import { parseQuery } from "./query.ts";
import { invalidBucketName, notImplemented } from "./s3-errors.ts";
import { routeS3 } from "./s3-router.ts";
import { ServiceError } from "./service-error.ts";

export interface RouteOptions {
  /** Base domains of virtual-hosted buckets, in lower case. */
  readonly domains: readonly string[];
  /** The service in the scope of the request's signature. */
  readonly signedService?: string | undefined;
  /** Needed for IAM and STS, whose forms name their operation. */
  readonly body?: Buffer | undefined;
}

const NO_PARAMETERS: ReadonlyMap<string, string> = new Map();

/**
 * The service that a request is for: that of its signature's scope; of its x-amz-target; STS or IAM
 * where it looks like their forms; else S3. Reads no body, so a server knows before it takes one.
 */
export function serviceOf(request: RawRequest, signedService?: string): ServiceName {
  if (isServiceName(signedService)) return signedService;
  const target = request.headers["x-amz-target"];
  if (target !== undefined) {
    if (target.startsWith(`${modelOf("kms").target}.`)) return "kms";
    if (target.includes(`${modelOf("cloudtrail").target}.`)) return "cloudtrail";
  }
  if (isForm(request) || /(^|&)Action=/.test(request.query)) {
    return request.query.includes(`Version=${modelOf("iam").version}`) ? "iam" : "sts";
  }
  return "s3";
}

/** Throws ServiceError, with the code and text of the protocol, when there is no such operation. */
export function route(request: RawRequest, options: RouteOptions): Route {
  const service = serviceOf(request, options.signedService);
  switch (service) {
    case "s3":
      return s3Route(request, options.domains);
    case "kms":
    case "cloudtrail":
      return jsonRoute(request, service);
    case "iam":
    case "sts":
    default:
      return queryRoute(request, service, options);
  }
}

function s3Route(request: RawRequest, domains: readonly string[]): Route {
  const { bucket, key } = addressOf(request, domains);
  if (bucket === "" && key !== "") throw invalidBucketName("");
  const parameters = parseQuery(request.query);
  const headers = withHoisted(request.headers, parameters);
  const shape = routeS3({ method: request.method, headers }, { bucket, key }, parameters);
  return {
    service: "s3",
    method: request.method,
    operation: shape.name,
    shape,
    ...(bucket === "" ? {} : { bucket }),
    ...(key === "" ? {} : { key }),
    parameters,
  };
}

/**
 * The error for an operation that AWS has and nothing here handles: what each protocol says of an
 * operation that it does not know.
 */
export function unimplemented({ service, operation }: Pick<Route, "service" | "operation">) {
  switch (service) {
    case "s3":
      return notImplemented();
    case "kms":
    case "cloudtrail":
      return unknownOperation();
    case "iam":
    case "sts":
    default:
      return invalidAction(operation, modelOf(service).version);
  }
}

/** The source of a copy is the one header that routes, and a presigned URL has it in its query. */
function withHoisted(
  headers: RawRequest["headers"],
  parameters: ReadonlyMap<string, string>,
): RawRequest["headers"] {
  if (parameters.size === 0) return headers;
  const source = parameters.get("x-amz-copy-source");
  return source === undefined ? headers : { "x-amz-copy-source": source, ...headers };
}

function jsonRoute(request: RawRequest, service: "kms" | "cloudtrail"): Route {
  const model = modelOf(service);
  const target = request.headers["x-amz-target"] ?? "";
  const dot = target.lastIndexOf(".");
  const prefix = target.slice(0, Math.max(dot, 0));
  // CloudTrail's clients write its target with and without a namespace before it.
  const ours = prefix === model.target || prefix.endsWith(`.${model.target}`);
  const shape = ours ? model.operations.get(target.slice(dot + 1)) : undefined;
  if (shape === undefined || request.method !== "POST") {
    throw unknownOperation();
  }
  const { method } = request;
  return { service, method, operation: shape.name, shape, parameters: NO_PARAMETERS };
}

function queryRoute(
  request: RawRequest,
  named: "iam" | "sts",
  { signedService, body }: RouteOptions,
): Route {
  const form = formOf(request, body);
  const action = form.children?.get("Action")?.text;
  const version = form.children?.get("Version")?.text;
  if (action === undefined || action === "") {
    throw new ServiceError("MissingAction", 400, "The request must contain the parameter Action");
  }
  // Only an unsigned request leaves the service open until its form is read.
  const unsigned = signedService === undefined && version === modelOf("iam").version;
  const service = unsigned ? "iam" : named;
  const model = modelOf(service);
  const shape = version === model.version ? model.operations.get(action) : undefined;
  if (shape === undefined) throw invalidAction(action, version);
  const { method } = request;
  return { service, method, operation: action, shape, parameters: NO_PARAMETERS, form };
}

/** The parameters of the address count as much as those of the body. */
function formOf(request: RawRequest, body: Buffer | undefined): FormNode {
  const inBody = request.method === "POST" && body !== undefined ? body.toString() : "";
  return parseForm([request.query, inBody].filter((part) => part !== "").join("&"));
}

function unknownOperation(): ServiceError {
  return new ServiceError("UnknownOperationException", 400, "");
}

function invalidAction(action: string, version = "NO_VERSION_SPECIFIED"): ServiceError {
  const message = `Could not find operation ${cut(action)} for version ${cut(version)}`;
  return new ServiceError("InvalidAction", 400, message);
}

function cut(text: string): string {
  return text.length > 128 ? `${text.slice(0, 128)}…` : text;
}

function isForm({ method, path, headers }: RawRequest): boolean {
  const type = headers["content-type"] ?? "";
  return method === "POST" && path === "/" && type.startsWith("application/x-www-form-urlencoded");
}

function isServiceName(name: string | undefined): name is ServiceName {
  return (
    name === "s3" || name === "kms" || name === "iam" || name === "sts" || name === "cloudtrail"
  );
}
