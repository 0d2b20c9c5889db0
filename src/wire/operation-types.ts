/** What handlers take and return, inferred from the SDK's own types. Nothing of the SDK runs. */
import type * as cloudtrail from "@aws-sdk/client-cloudtrail";
import type * as iam from "@aws-sdk/client-iam";
import type * as kms from "@aws-sdk/client-kms";
import type * as s3 from "@aws-sdk/client-s3";
import type * as sts from "@aws-sdk/client-sts";

interface Clients {
  readonly kms: typeof kms;
  readonly iam: typeof iam;
  readonly sts: typeof sts;
  readonly cloudtrail: typeof cloudtrail;
  readonly s3: typeof s3;
}

export type ServiceName = keyof Clients;

/** The operations of a service as its API reference writes them: "CreateKey". */
export type OperationName<S extends ServiceName> = {
  [K in keyof Clients[S] & string]: K extends `${infer Name}Command`
    ? Name extends "$"
      ? never
      : Name
    : never;
}[keyof Clients[S] & string];

/** A command class tells its input by a member and its output by what its middleware resolves to. */
type Call<S extends ServiceName, Op extends string> = Clients[S][`${Op}Command` &
  keyof Clients[S]] extends abstract new (...parameters: never[]) => infer Command
  ? Command extends {
      readonly input: infer In;
      resolveMiddleware(...parameters: never[]): (...parameters: never[]) => Promise<infer Result>;
    }
    ? { input: In; output: Result extends { output: infer Out } ? Out : Result }
    : never
  : never;

/** Members whose bytes are streamed past the codecs. */
type Streamed = "Body" | "AnnotationPayload";

/** A streamed body on its way out. */
export type BodyStream = AsyncIterable<Uint8Array> | Uint8Array;

/**
 * What decoding and validation have seen to: required members are present at every depth. The one
 * date that AWS keeps as the text it was sent, S3's `Expires`, is text.
 */
type Decoded<T> = T extends Date | Uint8Array | string | number | boolean | bigint
  ? T
  : T extends readonly (infer Item)[]
    ? Decoded<Item>[]
    : {
        [K in keyof T]: K extends "Expires"
          ? Exclude<T[K], undefined> extends Date
            ? string
            : Decoded<Exclude<T[K], undefined>>
          : Decoded<Exclude<T[K], undefined>>;
      };

type Encoded<T> = {
  [K in keyof T as K extends "$metadata" | "ExpiresString" ? never : K]: K extends Streamed
    ? BodyStream | Extract<T[K], undefined>
    : K extends "Expires"
      ? string | undefined
      : T[K];
};

/** What an operation's handler is given. A streamed body is not in it. */
export type Input<S extends ServiceName, Op extends OperationName<S>> = Decoded<
  Omit<Call<S, Op>["input"], Streamed>
>;

/** What an operation's handler returns; members that are undefined are left out. */
export type Output<
  S extends ServiceName,
  Op extends OperationName<S>,
> = Op extends "SelectObjectContent"
  ? { readonly Payload?: BodyStream | undefined }
  : Encoded<Call<S, Op>["output"]>;
