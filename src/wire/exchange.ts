import type { FormNode } from "./form.ts";
import type { BodyStream, ServiceName } from "./operation-types.ts";
import type { OperationShape } from "./shape.ts";

/** A request as it came in, before anything is decoded. */
export interface RawRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** Without the "?"; still percent-encoded. */
  readonly query: string;
  /** Names in lower case; repeated headers joined by ",". */
  readonly headers: Readonly<Record<string, string>>;
}

/** Which operation a request is for. */
export interface Route {
  readonly service: ServiceName;
  readonly method: string;
  /** As the API reference writes it; also S3's "PostObject" and "OptionsObject". */
  readonly operation: string;
  readonly shape: OperationShape;
  /** Percent-decoded; present for S3 where the operation has one. */
  readonly bucket?: string;
  readonly key?: string;
  /** The decoded query; of a repeated parameter the first. */
  readonly parameters: ReadonlyMap<string, string>;
  /** What an IAM or STS request was read from. */
  readonly form?: FormNode;
}

/** What identifies one exchange: x-amz-request-id and, for S3, x-amz-id-2. */
export interface ExchangeIds {
  readonly requestId: string;
  readonly extendedId: string;
}

/** A reply, ready to be written. The server adds Date, Server and the length. */
export interface EncodedResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: string | BodyStream | undefined;
}
