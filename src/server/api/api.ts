/**
 * From bytes to bytes: which operation a request is for, who sends it, what it says, what comes of
 * it, and the reply in the caller's protocol. All that lies between is dispatch's.
 */
import type { Clock, Log } from "../../base/index.ts";
import { sha256Hex } from "../../crypto/index.ts";
import type { View } from "../../records/index.ts";
import {
  accountOf,
  type AnyOperation,
  type Credentials,
  type Dispatcher,
} from "../../service/index.ts";
import {
  hoistedHeaders,
  parseSignature,
  payloadOf,
  type Signature,
  SigningError,
  type SigningFailureKind,
} from "../../sigv4/index.ts";
import {
  bucketInHost,
  type EncodedResponse,
  encodeError,
  encodeOutput,
  POST_OBJECT,
  type RawRequest,
  type Route,
  route,
  ServiceError,
  serviceOf,
  type ServiceName,
  unimplemented,
} from "../../wire/index.ts";
import type { Exchange, Handler } from "../exchange.ts";
import { ExchangeError } from "../exchange-error.ts";
import { Authenticator } from "./authenticate.ts";
import { parseForm } from "./form-parser.ts";
import {
  ANONYMOUS_BODIES_MAX,
  CONTROL_BODY_BYTES_MAX,
  FORMS_BEGUN_MAX,
  PUT_HEADER_BYTES_MAX,
} from "./limits.ts";
import { authenticateForm, formBody } from "./post-form.ts";
import { idsOf, type PreparedCall, requestInfo } from "./prepared-call.ts";
import { readInput } from "./read-input.ts";
import { shownError } from "./shown-error.ts";

export interface ApiOptions {
  readonly operations: readonly AnyOperation[];
  readonly dispatcher: Dispatcher;
  readonly credentials: Credentials;
  /** Base domains of virtual-hosted buckets. */
  readonly domains: readonly string[];
  /** The region of requests whose signature names none. */
  readonly region: string;
  /** Every region that is answered. */
  readonly regions: readonly string[];
  /** The region of a bucket: S3 requests are answered, and recorded, there. */
  readonly bucketRegion: (bucket: string, view: View) => Promise<string | undefined>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told of every request that fails authentication: these are counted, not recorded. */
  readonly onUnauthenticated: (kind: SigningFailureKind) => void;
}

/** The API as the listener's handler. Answers every exchange, whatever happens. */
export function createApi(options: ApiOptions): Handler {
  const api = new Api(options);
  return (exchange) => api.answer(exchange);
}

class Api {
  readonly #options: ApiOptions;
  readonly #operations: ReadonlyMap<string, AnyOperation>;
  readonly #authenticator: Authenticator;
  readonly #regions: ReadonlySet<string>;
  /** Anonymous requests whose body is being read whole, before anything is decided. */
  #strangers = 0;
  /** Forms whose sender is not known yet. */
  #forms = 0;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#operations = new Map(
      options.operations.map((operation) => [nameOf(operation.service, operation.name), operation]),
    );
    this.#authenticator = new Authenticator(options.credentials);
    this.#regions = new Set(options.regions);
  }

  async answer(exchange: Exchange): Promise<void> {
    const request = rawRequest(exchange);
    let service = serviceOf(request);
    try {
      const signature = parseSignature(request);
      service = serviceOf(request, scopeService(signature, request));
      this.#checkRegion(signature);
      if (service === "s3") await this.#answerS3(exchange, request, signature);
      else await this.#answerControl(exchange, request, service, signature);
    } catch (error) {
      await this.#answerError(exchange, service, error);
    }
  }

  /** Keys and buckets are kept per region: a region that does not exist holds none. */
  #checkRegion(signature: Signature | undefined): void {
    if (signature?.version !== "AWS4-HMAC-SHA256") return;
    const { region } = signature.scope;
    if (this.#regions.has(region)) return;
    const place = signature.authType === "REST-HEADER" ? "header" : "query";
    throw new SigningError({ kind: "region-wrong", place, region, expected: this.#options.region });
  }

  /** KMS, IAM, STS and CloudTrail: the body is whole before anything else is known. */
  async #answerControl(
    exchange: Exchange,
    request: RawRequest,
    service: ServiceName,
    signature: Signature | undefined,
  ): Promise<void> {
    await this.#authenticator.admit(signature, this.#options.dispatcher.view());
    const body = await exchange.readBody(CONTROL_BODY_BYTES_MAX);
    const view = this.#options.dispatcher.view();
    const claim = { request, service, signature, now: this.#options.clock.now() };
    const payloadHash = sha256Hex(body);
    const authenticated = await this.#authenticator.authenticate({ ...claim, payloadHash }, view);
    const routed = route(request, { domains: this.#options.domains, signedService: service, body });
    const region = service === "iam" ? "us-east-1" : (authenticated.region ?? this.#options.region);
    await this.#run(exchange, { request, routed, authenticated, region, body });
  }

  async #answerS3(
    exchange: Exchange,
    signed: RawRequest,
    signature: Signature | undefined,
  ): Promise<void> {
    const { domains, clock, dispatcher } = this.#options;
    const request =
      signature?.authType === "REST-QUERY-STRING" ? withHoisted(signed, signature) : signed;
    const inHost = bucketInHost(signed.headers["host"] ?? "", domains);
    const routing = this.#routeS3(request);
    if (!(routing instanceof ServiceError) && routing.operation === POST_OBJECT) {
      await this.#answerForm(exchange, request, routing, signature);
      return;
    }
    if (request.method === "PUT" && exchange.headerBytes > PUT_HEADER_BYTES_MAX) {
      throw new ExchangeError("RequestHeaderSectionTooLarge");
    }
    const payload = payloadOf(signed, signature);
    const view = dispatcher.view();
    // A bucket's region says nothing about one that is to be made.
    const found = await this.#bucketRegion(routing, view);
    const creates = !(routing instanceof ServiceError) && routing.operation === "CreateBucket";
    const own = creates ? undefined : found;
    const authenticated = await this.#authenticator.authenticate(
      {
        request: signed,
        ...(own !== undefined && { region: own }),
        service: "s3",
        signature,
        payloadHash: payload.text,
        now: clock.now(),
        ...(inHost !== undefined && { bucket: inHost }),
      },
      view,
    );
    // Strangers are not told what a request of theirs would have been.
    if (routing instanceof ServiceError) throw routing;
    const routed = routing;
    const region = own ?? authenticated.region ?? this.#options.region;
    const bucketMissing = routed.bucket !== undefined && found === undefined && !creates;
    const call = { request, routed, authenticated, region, payload, bucketMissing };
    await this.#run(exchange, call);
  }

  /** The operation, or why there is none. */
  #routeS3(request: RawRequest): Route | ServiceError {
    try {
      return route(request, { domains: this.#options.domains, signedService: "s3" });
    } catch (error) {
      if (error instanceof ServiceError) return error;
      throw error;
    }
  }

  /** A browser's form: who sends it is said in its fields. */
  async #answerForm(
    exchange: Exchange,
    request: RawRequest,
    routed: Route,
    signature: Signature | undefined,
  ): Promise<void> {
    if (signature) {
      const authorization = request.headers["authorization"] ?? "";
      throw new SigningError({ kind: "several-mechanisms", authorization });
    }
    if (this.#forms >= FORMS_BEGUN_MAX) throw new ExchangeError("SlowDown");
    this.#forms += 1;
    const call = await this.#readForm(exchange, request, routed).finally(() => {
      this.#forms -= 1;
    });
    await this.#run(exchange, call);
  }

  /** Up to what is known before the operation asks for the file. */
  async #readForm(exchange: Exchange, request: RawRequest, routed: Route): Promise<PreparedCall> {
    const { bucket = "" } = routed;
    const form = await parseForm(request.headers["content-type"] ?? "", exchange.readChunks());
    const view = this.#options.dispatcher.view();
    const own = await this.#bucketRegion(routed, view);
    const now = this.#options.clock.now();
    const claim = { form, bucket, region: own, now };
    const { authenticated, length } = await authenticateForm(claim, this.#authenticator, view);
    const region = own ?? authenticated.region ?? this.#options.region;
    const input = { Bucket: bucket, Fields: form.fields };
    const body = await formBody(form, length);
    return { request, routed, authenticated, region, form: { input, body } };
  }

  /** A bucket's requests belong to its region; what names no bucket, to the signature's. */
  async #bucketRegion(routing: Route | ServiceError, view: View): Promise<string | undefined> {
    const bucket = routing instanceof ServiceError ? undefined : routing.bucket;
    return bucket === undefined ? undefined : this.#options.bucketRegion(bucket, view);
  }

  async #run(exchange: Exchange, call: PreparedCall): Promise<void> {
    const { routed, request, authenticated } = call;
    const operation = this.#operations.get(nameOf(routed.service, routed.operation));
    exchange.describe({
      service: routed.service,
      operation: operation ? routed.operation : "NotImplemented",
      principal: accountOf(authenticated.caller) ?? "anonymous",
    });
    if (operation === undefined) throw unimplemented(routed);
    const { dispatcher, clock } = this.#options;
    const { caller } = authenticated;
    const { input, body } = await this.#read(exchange, call).catch(async (error: unknown) => {
      if (!(error instanceof ServiceError)) throw error;
      const info = requestInfo(exchange, request, call, clock.now());
      throw await dispatcher.refuse(operation, { caller, request: info }, error);
    });
    const answer = await dispatcher.run(operation as never, {
      caller,
      request: requestInfo(exchange, request, call, clock.now()),
      input: input as never,
      ...(body && { body }),
    });
    try {
      const ids = idsOf(exchange, routed.service);
      await this.#reply(exchange, encodeOutput(routed, answer.output, ids));
    } finally {
      await answer.release();
    }
  }

  /** Strangers may have bodies read too, but a few at once: they are to hold little memory. */
  async #read(exchange: Exchange, call: PreparedCall): ReturnType<typeof readInput> {
    const { authenticated, routed } = call;
    const stranger = authenticated.caller.kind === "anonymous" && exchange.contentLength !== 0;
    if (!stranger || routed.shape.requestBody === "streamed") return readInput(exchange, call);
    if (this.#strangers >= ANONYMOUS_BODIES_MAX) throw new ExchangeError("SlowDown");
    this.#strangers += 1;
    try {
      return await readInput(exchange, call);
    } finally {
      this.#strangers -= 1;
    }
  }

  /** What fails from here on has been answered: the connection was cut, and nothing can be added. */
  async #reply(exchange: Exchange, { status, headers, body }: EncodedResponse): Promise<void> {
    try {
      await exchange.respond(status, headers, body);
    } catch (error) {
      const { requestId, signal } = exchange;
      if (!signal.aborted) this.#options.log.error({ err: error, requestId }, "a reply was cut");
    }
  }

  async #answerError(exchange: Exchange, service: ServiceName, error: unknown): Promise<void> {
    if (error instanceof SigningError) this.#options.onUnauthenticated(error.failure.kind);
    const shown = shownError(service, error);
    if (!(shown instanceof ServiceError)) {
      this.#options.log.error({ err: shown, requestId: exchange.requestId }, "a request failed");
    }
    exchange.describe({
      errorCode: shown instanceof ServiceError ? shown.code : "InternalError",
    });
    const { method } = exchange;
    const ids = idsOf(exchange, service);
    await this.#reply(exchange, encodeError({ service, method }, shown, ids));
  }
}

function rawRequest({ method, path, query, headers }: Exchange): RawRequest {
  return { method, path, query, headers };
}

/** A presigned URL carries headers in its query; one that is also sent counts as sent. */
function withHoisted(request: RawRequest, { version }: Signature): RawRequest {
  return { ...request, headers: { ...hoistedHeaders(request, version), ...request.headers } };
}

/** The service of the signature's scope; of a bucket's path only S3 can be meant. */
function scopeService(signature: Signature | undefined, { path }: RawRequest): string | undefined {
  if (signature === undefined) return undefined;
  return signature.version === "AWS" || path !== "/" ? "s3" : signature.scope.service;
}

function nameOf(service: ServiceName, operation: string): string {
  return `${service}:${operation}`;
}
