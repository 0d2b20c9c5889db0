/** The unit of work of one call: its runs, the events of the calls nested in it, its commit. */
import type { Decision } from "../policy/index.ts";
import type { AuditEventRecord, View } from "../records/index.ts";
import { Change, CommitUnknown, StorageFullError } from "../records/index.ts";
import type { Input, OperationName, ServiceName } from "../wire/index.ts";
import { ServiceError } from "../wire/index.ts";
import { AuditUnavailable, type BlockPlace } from "./audit.ts";
import { requestContext } from "./condition-context.ts";
import { accessDenied, type Asker, decideTarget } from "./decide.ts";
import type { Call, DispatcherOptions } from "./dispatch.ts";
import { busy, internalFailure, unavailable } from "./faults.ts";
import { inputKey } from "./input-key.ts";
import type { Lifetime } from "./lifetime.ts";
import type { Absent, AnyOperation, Operation, Target } from "./operation.ts";
import { pauseBeforeRun, RETRY_MS_MAX, RUNS_MAX } from "./retry.ts";
import type { ItemResult, Scope } from "./scope.ts";
import type { AuditLog } from "./audit.ts";

/** What units share. */
export interface UnitTools extends DispatcherOptions {
  readonly audit: AuditLog;
  view(): View;
  /** Runs an item of a batch as a unit of its own within the request. */
  runItem<S extends ServiceName, Name extends OperationName<S>, T extends Target, Out>(
    operation: Operation<S, Name, T, Out>,
    call: Call<Input<S, Name>>,
    lifetime: Lifetime,
    origin?: Origin,
  ): Promise<Out>;
}

/** Where a unit that is part of a request comes from, when another service asked for it. */
export interface Origin {
  readonly via: ServiceName;
  readonly eventId: string;
  readonly requestId: string;
}

/** How many items of a batch are under way at once. */
const ITEMS_AT_ONCE = 16;

export class Unit<S extends ServiceName, Name extends OperationName<S>, T extends Target, Out, R> {
  readonly #operation: Operation<S, Name, T, Out, R>;
  readonly #call: Call<Input<S, Name>>;
  readonly #lifetime: Lifetime;
  readonly #tools: UnitTools;
  readonly #origin: Origin | undefined;
  /**
   * Events of nested calls, by what was asked and whether it was done: a call that runs again
   * replaces its event, but a refusal does not take back that a key was used before.
   */
  readonly #nestedEvents = new Map<string, readonly AuditEventRecord[]>();
  readonly #common: CommonScope;
  #run: Run<T>;
  #received: R | undefined;
  #place: BlockPlace | undefined;

  constructor(
    operation: Operation<S, Name, T, Out, R>,
    call: Call<Input<S, Name>>,
    lifetime: Lifetime,
    tools: UnitTools,
    origin?: Origin,
  ) {
    this.#origin = origin;
    this.#operation = operation;
    this.#call = call;
    this.#lifetime = lifetime;
    this.#tools = tools;
    this.#common = this.#commonScope();
    this.#run = this.#newRun();
  }

  /** The first decision, and the body, which is read once: before the unit waits in its queue. */
  async prepare(): Promise<void> {
    await this.#decide();
    const { body, input } = this.#call;
    const { targets, scope } = this.#run;
    if (body) this.#received = await this.#operation.receive?.(body, input, targets, scope);
  }

  /** Requests with the same text commit one after another; undefined: no need to wait. */
  get queue(): string | undefined {
    return this.#operation.queue?.(this.#call.input, this.#run.targets);
  }

  /** Handles and commits; again from the decision while a check fails. */
  async complete(): Promise<Out> {
    const { clock, below } = this.#tools;
    const startedMs = clock.monotonicMs();
    for (let run = 1; ; run += 1) {
      const output = await this.#handleOnce();
      if (output !== undefined) return output.value;
      if (run >= RUNS_MAX || clock.monotonicMs() - startedMs > RETRY_MS_MAX) {
        throw busy(this.#operation.service);
      }
      await pauseBeforeRun(run, below);
      this.#run = this.#newRun();
      await this.#decide();
    }
  }

  /**
   * Reduces a unit that failed to its events, and answers what the caller is to see. Throws when
   * they cannot be made durable.
   */
  async fail(cause: unknown): Promise<unknown> {
    const error = asServiceError(this.#operation.service, cause);
    // The block may be there already, with the unit's success: writing it again could hide that.
    if (error instanceof CommitUnknown) return error;
    const shown = error instanceof ServiceError ? error : internalFailure();
    const events = [...this.#eventsOfNested(), ...this.#record({ error: shown })];
    const { audit } = this.#tools;
    const place = this.#place;
    this.#place = undefined;
    try {
      if (place) await audit.settle(place, events);
      else await audit.append(this.#lifetime.session, this.#call.request.region, events);
    } catch (failure) {
      throw asServiceError(this.#operation.service, failure);
    }
    return error;
  }

  async #handleOnce(): Promise<{ value: Out } | undefined> {
    const { targets, scope } = this.#run;
    const handled = await this.#operation.handle(
      this.#call.input,
      targets,
      scope,
      this.#received as R,
    );
    const { output } = handled;
    const change = handled.change ?? new Change();
    if (this.#run.nested.writes) change.include(this.#run.nested);
    const events = [...this.#eventsOfNested(), ...this.#record({ output: output as object })];
    if (!change.writes) {
      await this.#tools.audit.append(this.#lifetime.session, this.#call.request.region, events);
      return { value: output };
    }
    return (await this.#commit(change, events)) ? { value: output } : undefined;
  }

  /** Whether it took effect. */
  async #commit(change: Change, events: readonly AuditEventRecord[]): Promise<boolean> {
    const { audit, store } = this.#tools;
    const { session } = this.#lifetime;
    const place = (this.#place ??= audit.place(session, this.#call.request.region));
    const unit = session.nextUnit();
    this.#run.scope.view.addTo(change);
    audit.write(change, place, unit, events);
    try {
      const version = await store.commit(change, session);
      if (version === undefined) return false;
    } catch (error) {
      if (!(error instanceof CommitUnknown)) throw error;
      if (!(await this.#wasWritten(place, unit, error))) return false;
    }
    this.#place = undefined;
    audit.wrote(events.length);
    return true;
  }

  /** The unit's own audit block tells. When it cannot be read the outcome stays unknown. */
  async #wasWritten(place: BlockPlace, unit: Buffer, unknown: CommitUnknown): Promise<boolean> {
    try {
      return await this.#tools.audit.wasWritten(place, unit);
    } catch {
      throw unknown;
    }
  }

  async #decide(): Promise<void> {
    this.#run.targets = await this.#operation.targets(this.#call.input, this.#run.scope);
    await this.#authorise(this.#operation, this.#run.targets, this.#run.asker);
  }

  /** Throws AccessDenied, or not-found for a target that is absent, in that order. */
  async #authorise(
    operation: AnyOperation,
    targets: readonly Target[],
    asker: Asker,
  ): Promise<void> {
    for (const target of targets) {
      const decision = await decideTarget(asker, target);
      if (!decision.allowed) throw this.#denied(operation, target, decision);
    }
    const missing = targets.find(({ absent }) => absent !== undefined);
    if (missing?.absent) throw await this.#notFound(operation, missing, missing.absent, asker);
  }

  #denied(operation: AnyOperation, target: Target, decision: Decision): ServiceError {
    this.#tools.onDenied?.(this.#call.request, decision);
    return accessDenied(operation.service, target, decision);
  }

  /** That there is none: to who lacks the permission to know, AccessDenied. */
  async #notFound(
    operation: AnyOperation,
    target: Target,
    { error, visibleWith }: Absent,
    asker: Asker,
  ): Promise<ServiceError> {
    if (visibleWith === undefined) return error;
    const visible = { ...target, ...visibleWith };
    const decision = await decideTarget(asker, visible);
    return decision.allowed ? error : accessDenied(operation.service, visible, decision);
  }

  #newRun(): Run<T> {
    const { caller, request } = this.#call;
    const view = this.#tools.view();
    const now = this.#tools.clock.now();
    const via = this.#origin?.via;
    const context = requestContext({ request, caller, via, now });
    const asker = { caller, principals: this.#tools.principals, view, context };
    return { targets: [], asker, nested: new Change(), scope: this.#scope(asker, via) };
  }

  #scope(asker: Asker, via?: ServiceName): Scope {
    return {
      ...this.#common,
      via,
      view: asker.view,
      call: (operation, input) => this.#callNested(operation, input, asker),
      allows: async (target) => (await decideTarget(asker, target)).allowed,
    };
  }

  #commonScope(): CommonScope {
    const { clock, log, store, keyring, principals } = this.#tools;
    const { request, caller } = this.#call;
    const { session } = this.#lifetime;
    return {
      request,
      caller,
      clock,
      log,
      store,
      keyring,
      principals,
      session,
      callApart: (operation, input) => this.#callApart(operation, input),
      each: (operation, inputs) => this.#runItems(operation, inputs),
      abandon: (cleanUp) => this.#lifetime.abandon(cleanUp),
      defer: (release) => this.#lifetime.defer(release),
    };
  }

  async #callNested<
    NS extends ServiceName,
    NName extends OperationName<NS>,
    NT extends Target,
    NOut,
  >(
    operation: Operation<NS, NName, NT, NOut>,
    input: Input<NS, NName>,
    outer: Asker,
  ): Promise<NOut> {
    const { caller, request } = this.#call;
    const via = this.#operation.service;
    const now = this.#tools.clock.now();
    const asker = { ...outer, context: requestContext({ request, caller, via, now }) };
    const scope = this.#scope(asker, via);
    if (operation.event.category === "part") {
      return this.#decideNested(operation, input, asker, scope);
    }
    const key = inputKey(operation, input);
    let targets: readonly NT[] = [];
    try {
      targets = await operation.targets(input, scope);
      await this.#authorise(operation, targets, asker);
      const id = `${key}@${targets.map(({ arn }) => arn).join()}`;
      if (this.#lifetime.memo.has(id)) return this.#lifetime.memo.get(id) as NOut;
      const { output, change } = await operation.handle(input, targets, scope, undefined);
      // A call that writes is part of this run's commit, and is made again by another run.
      if (change?.writes) this.#run.nested.include(change);
      else this.#lifetime.memo.set(id, output);
      this.#recordNested(key, operation, input, targets, { output: output as object });
      return output;
    } catch (error) {
      const shown = error instanceof ServiceError ? error : internalFailure();
      this.#recordNested(key, operation, input, targets, { error: shown });
      throw error;
    }
  }

  /** A call without an event: what it answers follows from the decision, and is not remembered. */
  async #decideNested<
    NS extends ServiceName,
    NName extends OperationName<NS>,
    NT extends Target,
    NOut,
  >(
    operation: Operation<NS, NName, NT, NOut>,
    input: Input<NS, NName>,
    asker: Asker,
    scope: Scope,
  ): Promise<NOut> {
    const targets = await operation.targets(input, scope);
    await this.#authorise(operation, targets, asker);
    const { output, change } = await operation.handle(input, targets, scope, undefined);
    if (change?.writes) this.#run.nested.include(change);
    return output;
  }

  async #runItems<IS extends ServiceName, IName extends OperationName<IS>, IT extends Target, IOut>(
    operation: Operation<IS, IName, IT, IOut>,
    inputs: readonly Input<IS, IName>[],
  ): Promise<ItemResult<IOut>[]> {
    const { caller, request } = this.#call;
    const results: ItemResult<IOut>[] = [];
    let next = 0;
    const worker = async () => {
      for (let at = next; at < inputs.length; at = next) {
        next += 1;
        const input = inputs[at] as Input<IS, IName>;
        const call: Call<Input<IS, IName>> = { caller, request, input };
        try {
          results[at] = { output: await this.#tools.runItem(operation, call, this.#lifetime) };
        } catch (error) {
          if (!(error instanceof ServiceError)) throw error;
          results[at] = { error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(ITEMS_AT_ONCE, inputs.length) }, worker));
    return results;
  }

  #callApart<IS extends ServiceName, IName extends OperationName<IS>, IT extends Target, IOut>(
    operation: Operation<IS, IName, IT, IOut>,
    input: Input<IS, IName>,
  ): Promise<IOut> {
    const { caller, request } = this.#call;
    const tools = this.#tools;
    const via = this.#operation.service;
    const origin = { via, eventId: tools.uuid(), requestId: tools.uuid() };
    return tools.runItem(operation, { caller, request, input }, this.#lifetime, origin);
  }

  #eventsOfNested(): AuditEventRecord[] {
    return this.#nestedEvents.size === 0 ? [] : [...this.#nestedEvents.values()].flat();
  }

  #record(result: { output?: object; error?: ServiceError }): readonly AuditEventRecord[] {
    const { caller, request, input } = this.#call;
    const completedAt = this.#tools.clock.now();
    return this.#tools.recorder.record({
      operation: this.#operation,
      request,
      caller,
      input: input,
      targets: this.#run.targets,
      completedAt,
      eventId: this.#origin?.eventId ?? request.eventId,
      requestId: this.#origin?.requestId ?? request.requestId,
      ...(this.#origin && { via: this.#origin.via }),
      ...result,
    });
  }

  #recordNested(
    key: string,
    operation: AnyOperation,
    input: object,
    targets: readonly Target[],
    result: { output?: object; error?: ServiceError },
  ): void {
    const { caller, request } = this.#call;
    const events = this.#tools.recorder.record({
      operation,
      request,
      caller,
      via: this.#operation.service,
      input,
      targets,
      completedAt: this.#tools.clock.now(),
      eventId: this.#tools.uuid(),
      requestId: this.#tools.uuid(),
      ...result,
    });
    this.#nestedEvents.set(result.error ? `refused ${key}` : key, events);
  }
}

/** What is the same for every run of a unit and for the calls nested in it. */
type CommonScope = Omit<Scope, "via" | "view" | "call" | "allows">;

/** One run: what it read, whom it is about, what its nested calls write. */
interface Run<T extends Target> {
  targets: readonly T[];
  readonly asker: Asker;
  readonly nested: Change;
  readonly scope: Scope;
}

function asServiceError(service: ServiceName, error: unknown): unknown {
  return error instanceof StorageFullError || error instanceof AuditUnavailable
    ? unavailable(service)
    : error;
}
