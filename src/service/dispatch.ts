/**
 * The life of one call: targets, decision, handler, commit with the audit block in it, and again
 * from the targets when something it read has changed meanwhile. Nothing is answered before what
 * it depends on is durable.
 */
import type { Clock, Log } from "../base/index.ts";
import type { Decision } from "../policy/index.ts";
import {
  CommitUnknown,
  ConfigurationCache,
  type Keyring,
  type ProcessSession,
  type RecordStore,
  View,
} from "../records/index.ts";
import type { Input, OperationName, Output, ServiceError, ServiceName } from "../wire/index.ts";
import { AuditLog, type Recorder } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { KeyedQueue } from "./keyed-queue.ts";
import { Lifetime } from "./lifetime.ts";
import type { AnyOperation, BodySource, Operation, Target } from "./operation.ts";
import type { Principals } from "./principals.ts";
import type { RequestInfo } from "./request.ts";
import { type Origin, Unit, type UnitTools } from "./unit.ts";

/** Where process sessions come from: the one to begin a request under, and its end. */
export interface SessionSource {
  /** The live session, held until `release`. */
  acquire(): { readonly session: ProcessSession; release(): void };
}

export interface DispatcherOptions {
  readonly store: RecordStore;
  readonly keyring: Keyring;
  readonly sessions: SessionSource;
  readonly principals: Principals;
  readonly recorder: Recorder;
  readonly clock: Clock;
  readonly log: Log;
  readonly uuid: () => string;
  /** A random whole number below the limit. */
  readonly below: (limit: number) => number;
  /** Told of every denial, outside the durable path. */
  readonly onDenied?: (request: RequestInfo, decision: Decision) => void;
}

/** A call as the server hands it in. */
export interface Call<I> {
  readonly caller: Caller;
  readonly request: RequestInfo;
  readonly input: I;
  readonly body?: BodySource;
}

/** A reply whose foundation is durable. */
export interface Answer<Out> {
  readonly output: Out;
  /** To be called once, when the reply has been sent or cut. Never throws. */
  release(): Promise<void>;
}

export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #tools: UnitTools;
  readonly #cache = new ConfigurationCache();
  readonly #queue = new KeyedQueue();
  readonly audit: AuditLog;

  constructor(options: DispatcherOptions) {
    this.#options = options;
    this.audit = new AuditLog(options.store, options.clock);
    this.#tools = {
      ...options,
      audit: this.audit,
      view: () => this.view(),
      runItem: (operation, call, lifetime, origin) =>
        this.#runUnit(operation, call, lifetime, origin),
    };
  }

  /** A fresh view of the configuration, for authentication and for jobs. */
  view(): View {
    return new View(this.#options.store, this.#cache);
  }

  /** Runs a call to its durable end. Throws what the caller is to see, after it was recorded. */
  async run<S extends ServiceName, Name extends OperationName<S>, T extends Target, Out, Received>(
    operation: Operation<S, Name, T, Out, Received>,
    call: Call<Input<S, Name>>,
  ): Promise<Answer<Output<S, Name>>> {
    const held = this.#options.sessions.acquire();
    const lifetime = new Lifetime(held.session, this.#options.log);
    lifetime.defer(() => held.release());
    let written = false;
    try {
      const output = await this.#runUnit(operation, call, lifetime);
      written = true;
      const presented = operation.present?.(output) ?? (output as Output<S, Name>);
      return { output: presented, release: () => lifetime.end() };
    } catch (error) {
      await lifetime.fail({ wroteNothing: !written && !(error instanceof CommitUnknown) });
      throw error;
    }
  }

  /**
   * Records a call that was refused before it had an input: by the model's constraints, or because
   * its body is not what it declared. Answers what the caller is to see.
   */
  async refuse(
    operation: AnyOperation,
    { caller, request }: Pick<Call<unknown>, "caller" | "request">,
    error: ServiceError,
  ): Promise<unknown> {
    if (operation.event.category !== "management") return error;
    const held = this.#options.sessions.acquire();
    const lifetime = new Lifetime(held.session, this.#options.log);
    lifetime.defer(() => held.release());
    try {
      const call = { caller, request, input: undefined as never };
      return await new Unit(operation as unknown as Operation, call, lifetime, this.#tools).fail(
        error,
      );
    } catch (failure) {
      return failure;
    } finally {
      await lifetime.end();
    }
  }

  async #runUnit<S extends ServiceName, Name extends OperationName<S>, T extends Target, Out, R>(
    operation: Operation<S, Name, T, Out, R>,
    call: Call<Input<S, Name>>,
    lifetime: Lifetime,
    origin?: Origin,
  ): Promise<Out> {
    const unit = new Unit(operation, call, lifetime, this.#tools, origin);
    try {
      await unit.prepare();
      const queue = unit.queue;
      if (queue === undefined) return await unit.complete();
      return await this.#queue.run(queue, () => unit.complete());
    } catch (error) {
      throw await unit.fail(error);
    }
  }
}
