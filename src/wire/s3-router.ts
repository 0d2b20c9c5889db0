/**
 * Finds the S3 operation of a request, from the model's own `http` traits: method, level, the
 * query parameters in the operation's address and those that its input requires.
 */
import type { RawRequest } from "./exchange.ts";
import { modelOf } from "./model.ts";
import { POST_OBJECT, PREFLIGHT } from "./s3-additions.ts";
import { invalidArgument, methodNotAllowed, notAForm } from "./s3-errors.ts";
import { assert } from "../base/index.ts";
import type { OperationShape } from "./shape.ts";

type Level = "SERVICE" | "BUCKET" | "OBJECT";
type Query = ReadonlyMap<string, string>;

interface Candidate {
  readonly shape: OperationShape;
  /** Parameters that must be there, with a value where only one will do. */
  readonly wanted: readonly (readonly [name: string, value: string | undefined])[];
  readonly header: string | undefined;
  /** Every parameter that the operation knows. */
  readonly known: ReadonlySet<string>;
  readonly weight: number;
}

interface Routes {
  /** By method and level, the most demanding candidate first. */
  readonly candidates: ReadonlyMap<string, readonly Candidate[]>;
  /** Parameters that choose an operation: none may be passed over. */
  readonly choosing: ReadonlySet<string>;
}

/** Sent by some SDKs to name the operation; no request is told apart by it but one. */
const HINT = "x-id";
/** Lies outside the usual addresses: S3 Object Lambda's callback. */
const CALLBACK = "WriteGetObjectResponse";
/** UploadPart without its number or its upload must not become PutObject. */
const ALSO_CHOOSING = ["uploadId", "partNumber"];

let routes: Routes | undefined;

/** Throws MethodNotAllowed, or InvalidArgument when two sub-resources are named at once. */
export function routeS3(
  { method, headers }: Pick<RawRequest, "method" | "headers">,
  { bucket, key }: { bucket: string; key: string },
  query: Query,
): OperationShape {
  const level: Level = bucket === "" ? "SERVICE" : key === "" ? "BUCKET" : "OBJECT";
  const special = routeSpecial(method, level, { bucket, query, headers });
  if (special !== undefined) return operation(special);

  routes ??= buildRoutes();
  const chosen = query.size === 0 ? [] : choosingIn(query, routes.choosing);
  for (const candidate of routes.candidates.get(`${method} ${level}`) ?? []) {
    if (matches(candidate, query, headers) && chosen.every((name) => candidate.known.has(name))) {
      return candidate.shape;
    }
  }
  if (chosen.length > 1) {
    const message = `Conflicting query string parameters: ${chosen.join(", ")}`;
    throw invalidArgument(message, "ResourceType", chosen[0] ?? "");
  }
  throw methodNotAllowed(method, level);
}

function routeSpecial(
  method: string,
  level: Level,
  request: { bucket: string; query: Query; headers: RawRequest["headers"] },
): string | undefined {
  if (method === "OPTIONS" && level !== "SERVICE") return PREFLIGHT;
  if (method === "GET" && level === "SERVICE") {
    // AWS tells these two apart by the host.
    return request.query.get(HINT) === "ListDirectoryBuckets" ? "ListDirectoryBuckets" : undefined;
  }
  if (method !== "POST" || level !== "BUCKET") return undefined;
  if (request.bucket === CALLBACK) return CALLBACK;
  routes ??= buildRoutes();
  if (choosingIn(request.query, routes.choosing).length > 0) return undefined;
  if (!/^multipart\/form-data\b/i.test(request.headers["content-type"] ?? "")) throw notAForm();
  return POST_OBJECT;
}

function matches({ wanted, header }: Candidate, query: Query, headers: RawRequest["headers"]) {
  if (header !== undefined && headers[header] === undefined) return false;
  for (const [name, value] of wanted) {
    if (value === undefined ? !query.has(name) : query.get(name) !== value) return false;
  }
  return true;
}

function choosingIn(query: Query, choosing: ReadonlySet<string>): string[] {
  return [...query.keys()].filter((name) => choosing.has(name));
}

function operation(name: string): OperationShape {
  const shape = modelOf("s3").operations.get(name);
  assert(shape !== undefined, "an operation that is routed to is in the model");
  return shape;
}

function buildRoutes(): Routes {
  const candidates = new Map<string, Candidate[]>();
  const choosing = new Set(ALSO_CHOOSING);
  for (const shape of modelOf("s3").operations.values()) {
    const [method = "", address = ""] = (shape.http ?? "").split(" ");
    const [path = "", search = ""] = address.split("?");
    if (path !== "/" && path !== "/{Key+}") continue;
    if (shape.name === "ListDirectoryBuckets") continue;
    const candidate = candidateFor(shape, search);
    for (const [name, value] of literalsIn(search)) if (value === undefined) choosing.add(name);
    const place = `${method} ${levelOf(shape, path)}`;
    candidates.set(place, [...(candidates.get(place) ?? []), candidate]);
  }
  for (const list of candidates.values()) list.sort((a, b) => b.weight - a.weight);
  return { candidates, choosing };
}

function candidateFor(shape: OperationShape, search: string): Candidate {
  const members = shape.input?.members ?? [];
  const wanted = literalsIn(search);
  const known = new Set(wanted.map(([name]) => name));
  let header: string | undefined;
  for (const { place, required } of members) {
    if (place?.in === "query") {
      known.add(place.name);
      if (required) wanted.push([place.name, undefined]);
    }
    // The header that makes a copy of a put is the one header that chooses an operation.
    if (place?.in === "header" && place.name === "x-amz-copy-source") header = place.name;
  }
  const weight = wanted.length * 2 + (header === undefined ? 0 : 1);
  return { shape, wanted, header, known, weight };
}

function literalsIn(search: string): [name: string, value: string | undefined][] {
  return [...new URLSearchParams(search)]
    .filter(([name]) => name !== HINT)
    .map(([name, value]) => [name, value === "" ? undefined : value]);
}

function levelOf(shape: OperationShape, path: string): Level {
  if (path === "/{Key+}") return "OBJECT";
  const named = shape.input?.members.some(
    ({ name, place }) => name === "Bucket" && place?.in === "label",
  );
  return named ? "BUCKET" : "SERVICE";
}
