/**
 * The shapes of the model: what the codecs and the validator are compiled from. One object per
 * structure, shared by all that refer to it, so that compiled closures are found by identity.
 */
import type { ServiceName } from "./operation-types.ts";

/** What the model demands of a value. Lengths are in characters, bytes or items. */
export interface Constraints {
  readonly min?: number;
  readonly max?: number;
  /** As AWS shows it in messages. */
  readonly pattern?: string;
  /** What is run in its stead, where AWS's own form is not JavaScript's or not safe. */
  readonly safePattern?: string;
  readonly enum?: readonly string[];
}

export interface ScalarShape extends Constraints {
  readonly kind: "string" | "integer" | "float" | "boolean" | "blob" | "timestamp";
  /** Never shown in messages, logs or audit records. */
  readonly sensitive?: boolean;
  /** The form of a timestamp where it is not its protocol's own. */
  readonly format?: "date-time" | "http-date" | "epoch-seconds";
}

export interface ListShape extends Constraints {
  readonly kind: "list";
  readonly item: Shape;
  readonly itemName?: string;
  /** Items stand in XML and forms without an element around them. */
  readonly flat?: boolean;
  readonly sensitive?: boolean;
}

export interface MapShape extends Constraints {
  readonly kind: "map";
  readonly key: Shape;
  readonly item: Shape;
  readonly sensitive?: boolean;
}

export interface StructureShape extends Constraints {
  readonly kind: "structure";
  readonly name: string;
  /** At most one member is set. */
  readonly union?: boolean;
  readonly sensitive?: boolean;
  readonly xmlName?: string;
  readonly members: readonly Member[];
}

export type Shape = ScalarShape | ListShape | MapShape | StructureShape;

/** Where HTTP carries a member; without a place it is in the body. */
export type Place =
  | { readonly in: "label" }
  | { readonly in: "header"; readonly name: string }
  | { readonly in: "headers"; readonly prefix: string }
  | { readonly in: "query"; readonly name: string }
  | { readonly in: "payload" }
  | { readonly in: "stream" }
  | { readonly in: "status" }
  | { readonly in: "attribute" };

export interface Member {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly place?: Place;
  /** The element or form name where it is not the member's. */
  readonly xmlName?: string;
  /** The prefix and address of a namespace declared on its element. */
  readonly xmlns?: readonly string[];
}

/** How a body is carried: not at all, small and whole, or as a stream past the codecs. */
export type BodyKind = "none" | "buffered" | "streamed";

export interface OperationShape {
  readonly service: ServiceName;
  readonly name: string;
  /** Undefined for an operation without any: its body is empty. */
  readonly input: StructureShape | undefined;
  readonly output: StructureShape | undefined;
  readonly requestBody: BodyKind;
  readonly responseBody: BodyKind;
  /** The status of success. */
  readonly status: number;
  /** Method, path and query, for the protocols that bind to HTTP: "PUT /{Key+}?acl". */
  readonly http?: string;
  /** The output's only member is the text of the root element. */
  readonly unwrapped?: boolean;
}
