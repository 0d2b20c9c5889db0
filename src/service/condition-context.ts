/**
 * The global condition keys of a decision, from the request and its caller (AWS: global condition
 * context keys). Names are in lower case; a key that has no value for this request is absent.
 */
import type { Caller } from "./caller.ts";
import type { RequestInfo } from "./request.ts";

export type ConditionContext = Map<string, readonly string[]>;

interface Facts {
  readonly request: RequestInfo;
  readonly caller: Caller;
  /** The service that asks on the caller's behalf. */
  readonly via?: string | undefined;
  readonly now: Date;
}

/** What holds for every decision of one request. */
export function requestContext({ request, caller, via, now }: Facts): ConditionContext {
  const context: ConditionContext = new Map();
  const set = (key: string, value: string) => context.set(key, [value]);
  set("aws:currenttime", now.toISOString());
  set("aws:epochtime", String(Math.floor(now.getTime() / 1000)));
  set("aws:securetransport", String(request.secure));
  set("aws:requestedregion", request.region);
  set("aws:viaawsservice", String(via !== undefined));
  if (request.userAgent !== "") set("aws:useragent", request.userAgent);
  if (request.referer !== undefined) set("aws:referer", request.referer);
  // A forwarded call comes from the service, not from the client's address.
  if (via === undefined) set("aws:sourceip", request.sourceIp);
  addCaller(context, caller);
  return context;
}

function addCaller(context: ConditionContext, caller: Caller): void {
  const set = (key: string, value: string) => context.set(key, [value]);
  if (caller.kind === "anonymous") {
    set("aws:userid", "anonymous");
    set("aws:principaltype", "Anonymous");
    return;
  }
  set("aws:userid", caller.principalId);
  set("aws:principalaccount", caller.accountId);
  set("aws:principalarn", caller.session?.issuerArn ?? caller.arn);
  set("aws:principaltype", principalTypes[caller.kind]);
  set("aws:principalisawsservice", "false");
  if (caller.userName !== undefined) set("aws:username", caller.userName);
  for (const [key, value] of caller.tags ?? []) {
    set(`aws:principaltag/${key.toLowerCase()}`, value);
  }
  const { session } = caller;
  if (session === undefined) return;
  set("aws:tokenissuetime", session.issuedAt.toISOString());
  set("aws:multifactorauthpresent", String(session.mfa));
  if (session.sourceIdentity !== undefined) set("aws:sourceidentity", session.sourceIdentity);
}

const principalTypes = { root: "Account", user: "User", "role-session": "AssumedRole" } as const;
