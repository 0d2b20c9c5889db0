export type { EncodedResponse, ExchangeIds, RawRequest, Route } from "./exchange.ts";
export type { BodyStream, Input, OperationName, Output, ServiceName } from "./operation-types.ts";
export { ServiceError } from "./service-error.ts";
export type { BodyKind, OperationShape, Shape } from "./shape.ts";
export {
  decodeInput,
  encodeError,
  encodeOutput,
  operationsOf,
  route,
  serviceOf,
  validateInput,
} from "./wire.ts";
