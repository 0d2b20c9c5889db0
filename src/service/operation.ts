/**
 * What an API operation declares, and what acting on it means. Routing, authorisation, the audit
 * record and the compatibility page are derived from declarations: an operation never checks its
 * own permission, renders its own error, commits, or writes its own audit record.
 */
import type { AttachedPolicy, ContextValues, MatchingGrant, Policies } from "../policy/index.ts";
import type { Change } from "../records/index.ts";
import type {
  BodyReport,
  BodyWishes,
  Input,
  OperationName,
  Output,
  ServiceError,
  ServiceName,
} from "../wire/index.ts";
import type { Scope } from "./scope.ts";

/** One permission that the caller needs, on one resource. */
export interface Target {
  readonly action: string;
  readonly arn: string;
  /** The account that owns the resource: the other half of a cross-account decision is its. */
  readonly accountId: string;
  /** The service's condition keys for this decision, names in lower case. */
  readonly context?: ContextValues;
  /** The resource's own policy and what it is the policy of. */
  readonly resourceKind: Policies["resourceKind"];
  readonly policy?: AttachedPolicy | undefined;
  readonly grants?: readonly MatchingGrant[];
  /** There is no such resource: the decision comes first, and only then this error. */
  readonly absent?: Absent;
  /** Entry of the audit record's `resources`; absent where AWS's record has none. */
  readonly resource?: AuditResource;
  /** What a denial calls the resource, where it is not named by its ARN. */
  readonly deniedAs?: "named" | "this" | "ciphertext";
}

export interface Absent {
  readonly error: ServiceError;
  /** Who lacks this other permission is told AccessDenied: no oracle of what exists. */
  readonly visibleWith?: Pick<Target, "action" | "arn">;
}

export interface AuditResource {
  readonly type: string;
  readonly arn: string;
  readonly accountId?: string;
}

/** How CloudTrail files a call. */
export interface EventKind {
  /** `part`: of an item, for which the event of its batch stands. */
  readonly category: "management" | "data" | "part";
  readonly readOnly: boolean;
  /** Where the record's name is not the operation's: ListObjectsV2 is recorded as ListObjects. */
  readonly name?: string;
}

/** What a call's audit record says besides what follows from the declaration. */
export interface EventDetails<In, Out> {
  /** requestParameters; by default the input in lowerCamel without sensitive members. */
  readonly request?: (input: In, targets: readonly Target[]) => object | null;
  /** responseElements; by default null for reads, the output in lowerCamel for writes. */
  readonly response?: (output: Out) => object | null;
  readonly additional?: (output: Out | undefined) => object | undefined;
}

/** What a handler answers: the reply, and what is to be committed before it leaves. */
export interface Handled<Out> {
  readonly output: Out;
  readonly change?: Change;
}

export interface Operation<
  S extends ServiceName = ServiceName,
  Name extends OperationName<S> = OperationName<S>,
  T extends Target = Target,
  Out = Output<S, Name>,
  Received = undefined,
> {
  readonly service: S;
  /** As SDKs send it and the audit record says. */
  readonly name: Name & string;
  readonly event: EventKind;
  readonly details?: EventDetails<Input<S, Name>, Out>;
  /** What the request is about, looked up once per run: handlers act on these and nothing else. */
  targets(input: Input<S, Name>, scope: Scope): Promise<readonly T[]>;
  /** Requests with the same text commit one after another in a process: writers of one object. */
  queue?(input: Input<S, Name>, targets: readonly T[]): string;
  /** Seals a streamed body, once: re-runs of the handler get the same result. */
  receive?(
    body: BodySource,
    input: Input<S, Name>,
    targets: readonly T[],
    scope: Scope,
  ): Promise<Received>;
  /** The work: on a valid input, by a caller permitted to do it to these very targets. May run again. */
  handle(
    input: Input<S, Name>,
    targets: readonly T[],
    scope: Scope,
    received: Received,
  ): Promise<Handled<Out>>;
  /** From what handlers exchange (secrets) to what the wire carries (bytes). */
  present?(output: Out): Output<S, Name>;
}

/** An operation where its types do not matter: for registries, routing and records. */
export interface AnyOperation {
  readonly service: ServiceName;
  readonly name: string;
  readonly event: EventKind;
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly details?: EventDetails<any, any>;
  targets(input: object, scope: Scope): Promise<readonly Target[]>;
  queue?(input: object, targets: readonly Target[]): string;
  receive?(
    body: BodySource,
    input: object,
    targets: readonly Target[],
    scope: Scope,
  ): Promise<unknown>;
  handle(
    input: object,
    targets: readonly Target[],
    scope: Scope,
    received: unknown,
  ): Promise<Handled<unknown>>;
  present?(output: unknown): object;
}

/** Declares an operation; exists for the inference of its types. */
export function operation<
  S extends ServiceName,
  Name extends OperationName<S>,
  T extends Target = Target,
  Out = Output<S, Name>,
  Received = undefined,
>(declaration: Operation<S, Name, T, Out, Received>): Operation<S, Name, T, Out, Received> {
  return declaration;
}

/** A streamed request body: unframed, counted and verified by the wire as it is read. Read once. */
export interface BodySource {
  /** Plaintext bytes that will come, as the request declares them; undefined when it does not. */
  readonly length: number | undefined;
  /**
   * The whole body in memory, within the process's budget: for a declared length of at most
   * `limitBytes`. Throws ServiceError when it is not what the request declared.
   */
  readWhole(
    limitBytes: number,
    wishes: BodyWishes,
  ): Promise<{ readonly body: Uint8Array; readonly report: BodyReport }>;
  /**
   * Reads to the end. `piece` may return a promise to hold the client back; what it was given is
   * the client's body only when this has returned. Throws ServiceError.
   */
  read(piece: (bytes: Uint8Array) => void | Promise<void>, wishes: BodyWishes): Promise<BodyReport>;
}
