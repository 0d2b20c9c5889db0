import type { Clock, Log } from "../base/index.ts";
import type { Keyring, ProcessSession, RecordStore, View } from "../records/index.ts";
import type { Input, OperationName, ServiceError, ServiceName } from "../wire/index.ts";
import type { Caller } from "./caller.ts";
import type { Operation, Target } from "./operation.ts";
import type { Principals } from "./principals.ts";
import type { RequestInfo } from "./request.ts";

/** What a request lasts: shared by its runs and by the calls nested in it. */
export interface Scope {
  readonly request: RequestInfo;
  readonly caller: Caller;
  /** The service through which the caller asks: "s3" when S3 asks KMS on the caller's behalf. */
  readonly via?: ServiceName | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly principals: Principals;
  /** The process session under which this request writes blobs and commits. */
  readonly session: ProcessSession;
  /** The configuration as this run sees it. */
  readonly view: View;
  /**
   * Calls another operation as this caller: decided by its own targets, recorded as its own event
   * in this request's unit. Within one request a call with the same input is made once; runs again
   * decide again. Throws the operation's ServiceError.
   */
  call<S extends ServiceName, Name extends OperationName<S>, T extends Target, Out>(
    operation: Operation<S, Name, T, Out>,
    input: Input<S, Name>,
  ): Promise<Out>;
  /**
   * Calls another operation as this caller, in a unit of its own: what it writes and its event are
   * durable when it returns. For what outlives the request and serves others.
   */
  callApart<S extends ServiceName, Name extends OperationName<S>, T extends Target, Out>(
    operation: Operation<S, Name, T, Out>,
    input: Input<S, Name>,
  ): Promise<Out>;
  /**
   * Runs an operation once per input, each as a unit of its own that is decided and committed by
   * itself: the items of a batch. Results stand in the order of the inputs.
   */
  each<S extends ServiceName, Name extends OperationName<S>, T extends Target, Out>(
    operation: Operation<S, Name, T, Out>,
    inputs: readonly Input<S, Name>[],
  ): Promise<ItemResult<Out>[]>;
  /** Whether the caller has a permission, without error or event: for what a reply may reveal. */
  allows(target: Target): Promise<boolean>;
  /**
   * Runs when the request has failed and certainly wrote nothing: for blobs that no record names.
   * What it leaves undone is the collector's.
   */
  abandon(cleanUp: () => void | Promise<void>): void;
  /** Runs when the request has ended, its reply sent or cut: for readers, secrets and blobs. */
  defer(release: () => void | Promise<void>): void;
}

/** What became of one item of a batch. */
export type ItemResult<Out> =
  | { readonly output: Out; readonly error?: undefined }
  | { readonly output?: undefined; readonly error: ServiceError };
