/**
 * The global condition keys of a decision, from the request and its caller (AWS: global condition
 * context keys). Names are in lower case; a key that has no value for this request is absent.
 * Values are made when a policy asks for them: most policies ask for few.
 */
import type { ContextValues } from "../policy/index.ts";
import type { AuthenticatedCaller, Caller } from "./caller.ts";
import type { RequestInfo } from "./request.ts";

interface Facts {
  readonly request: RequestInfo;
  readonly caller: Caller;
  /** The service that asks on the caller's behalf. */
  readonly via?: string | undefined;
  readonly now: Date;
}

/** What holds for every decision of one request. */
export function requestContext(facts: Facts): ContextValues {
  return {
    get(key) {
      const value = ofRequest(key, facts) ?? ofCaller(key, facts.caller);
      return value === undefined ? undefined : [value];
    },
  };
}

function ofRequest(key: string, { request, via, now }: Facts): string | undefined {
  switch (key) {
    case "aws:currenttime":
      return now.toISOString();
    case "aws:epochtime":
      return String(Math.floor(now.getTime() / 1000));
    case "aws:securetransport":
      return String(request.secure);
    case "aws:requestedregion":
      return request.region;
    case "aws:viaawsservice":
      return String(via !== undefined);
    case "aws:useragent":
      return request.userAgent === "" ? undefined : request.userAgent;
    case "aws:referer":
      return request.referer;
    case "aws:sourceip":
      // A forwarded call comes from the service, not from the client's address.
      return via === undefined ? request.sourceIp : undefined;
    default:
      return undefined;
  }
}

function ofCaller(key: string, caller: Caller): string | undefined {
  if (caller.kind === "anonymous") return anonymous.get(key);
  switch (key) {
    case "aws:userid":
      return caller.principalId;
    case "aws:principalaccount":
      return caller.accountId;
    case "aws:principalarn":
      return caller.session?.issuerArn ?? caller.arn;
    case "aws:principaltype":
      return principalTypes[caller.kind];
    case "aws:principalisawsservice":
      return "false";
    case "aws:username":
      return caller.userName;
    case "aws:tokenissuetime":
      return caller.session?.issuedAt.toISOString();
    case "aws:multifactorauthpresent":
      return caller.session && String(caller.session.mfa);
    case "aws:sourceidentity":
      return caller.session?.sourceIdentity;
    default:
      return key.startsWith(TAG) ? tagOf(caller, key.slice(TAG.length)) : undefined;
  }
}

const TAG = "aws:principaltag/";
const anonymous = new Map([
  ["aws:userid", "anonymous"],
  ["aws:principaltype", "Anonymous"],
]);
const principalTypes = { root: "Account", user: "User", "role-session": "AssumedRole" } as const;

/** Of two tags whose names differ in case only, the later. */
function tagOf({ tags }: AuthenticatedCaller, name: string): string | undefined {
  let found: string | undefined;
  for (const [key, value] of tags ?? []) if (key.toLowerCase() === name) found = value;
  return found;
}
