export {
  AuditLog,
  type BlockPlace,
  type CallFacts,
  type Recorder,
  type ServiceEvent,
} from "./audit.ts";
export {
  accountOf,
  type AnonymousCaller,
  type AuthenticatedCaller,
  type Caller,
  requesterId,
  type SessionInfo,
} from "./caller.ts";
export type { CredentialFailure, Credentials, FoundCredential } from "./credentials.ts";
export {
  type Answer,
  type Call,
  Dispatcher,
  type DispatcherOptions,
  type SessionSource,
} from "./dispatch.ts";
export {
  type Absent,
  type AnyOperation,
  type AuditResource,
  type BodySource,
  type EventDetails,
  type EventKind,
  type Handled,
  operation,
  type Operation,
  type Target,
} from "./operation.ts";
export type { PrincipalPolicies, Principals } from "./principals.ts";
export type { RequestInfo, SignatureInfo } from "./request.ts";
export type { ItemResult, Scope } from "./scope.ts";
