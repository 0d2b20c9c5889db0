import type { EncodedResponse, ExchangeIds, RawRequest, Route } from "./exchange.ts";
import type { ServiceName } from "./operation-types.ts";

/** The service a request is for, by its signature's scope, its target header, its form or its method. */
export function serviceOf(_request: RawRequest, _signedService?: string): ServiceName {
  throw new Error("not built yet");
}

/**
 * The operation. `body` is needed for IAM and STS, whose forms name it. Throws ServiceError with
 * the protocol's own code when there is none.
 */
export function route(
  _request: RawRequest,
  _options: { domains: readonly string[]; signedService?: string | undefined; body?: Buffer },
): Route {
  throw new Error("not built yet");
}

/** The handler's input, without a streamed payload. Throws ServiceError. */
export function decodeInput(
  _route: Route,
  _request: RawRequest,
  _body: Buffer | undefined,
): object {
  throw new Error("not built yet");
}

/** Throws ServiceError with AWS's message when the input breaks the model's constraints. */
export function validateInput(_route: Route, _input: object): void {
  throw new Error("not built yet");
}

export function encodeOutput(_route: Route, _output: object, _ids: ExchangeIds): EncodedResponse {
  throw new Error("not built yet");
}

/** What is not a ServiceError becomes the protocol's internal failure, without its text. */
export function encodeError(
  _where: { readonly service: ServiceName; readonly method: string },
  _error: unknown,
  _ids: ExchangeIds,
): EncodedResponse {
  throw new Error("not built yet");
}

export function operationsOf(_service: ServiceName): readonly string[] {
  throw new Error("not built yet");
}
