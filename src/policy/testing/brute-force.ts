/**
 * The decision a second time, written from the rules of the IAM documentation as plainly as they
 * are told, slow, straight from the documents, sharing no code with the engine: what both agree on
 * is right, or wrong in the same way twice by two different roads.
 */
import type { AccessRequest } from "../access-request.ts";
import type { Principal } from "../principal.ts";
import type { DocumentPolicies, PolicyDocument } from "./cases.ts";

type Json = Readonly<Record<string, unknown>>;
type Outcome = "allowed" | "explicit-deny" | "implicit-deny";
type Naming = "everyone" | "self" | "issuer" | "account";

export function bruteForce(request: AccessRequest, policies: DocumentPolicies): Outcome {
  const { principal, resourceAccount } = request;
  const action = request.action.toLowerCase();
  if (action === "sts:getcalleridentity" && principal.kind !== "anonymous") return "allowed";
  if (action === "sts:getsessiontoken" && ["user", "root"].includes(principal.kind)) {
    return "allowed";
  }

  const linked = principal.kind === "role-session" && principal.serviceLinked === true;
  const outside = !("accountId" in principal);
  const scps = linked || outside ? undefined : policies.scps;
  const rcps = linked ? undefined : policies.rcps;
  const bounded = policies.boundary !== undefined;

  // Step 1: is there an explicit deny anywhere?
  const nameless = [
    ...(scps ?? []).flat(),
    ...(rcps ?? []).flat(),
    ...policies.identity,
    ...(policies.boundary ? [policies.boundary] : []),
    ...(policies.session ?? []),
  ];
  const resourceStatements = policies.resource ? statementsOf(policies.resource) : [];
  const version = versionOf(policies.resource);
  if (
    nameless.some((document) => hasMatching(document, "Deny", request)) ||
    resourceStatements.some(
      (statement) =>
        statement["Effect"] === "Deny" &&
        namings(statement, principal, { bounded }).length > 0 &&
        matches(statement, version, request, policies.resourceKind),
    )
  ) {
    return "explicit-deny";
  }

  // What nobody can be allowed.
  if (isAwsOwned(action, request.resource)) return "implicit-deny";

  // Step 2 and 3: every level of the organization's policies must allow.
  for (const level of [...(scps ?? []), ...(rcps ?? [])]) {
    if (!level.some((document) => hasMatching(document, "Allow", request))) return "implicit-deny";
  }

  // How the resource policy lets the caller in.
  const named = new Set<Naming>(
    resourceStatements
      .filter(
        (statement) =>
          statement["Effect"] === "Allow" &&
          matches(statement, version, request, policies.resourceKind),
      )
      .flatMap((statement) => namings(statement, principal, { bounded })),
  );
  if (policies.acl !== undefined) named.add(policies.acl);

  const ownAuthority =
    policies.resourceKind === "kms-key" || policies.resourceKind === "iam-role-trust";
  if (principal.kind === "anonymous") {
    return policies.resourceKind === "s3-bucket" && named.has("everyone")
      ? "allowed"
      : "implicit-deny";
  }
  if (principal.kind === "service" || principal.kind === "web-identity") {
    const everyone = named.has("everyone") && policies.resourceKind !== "iam-role-trust";
    return named.has("self") || everyone ? "allowed" : "implicit-deny";
  }

  const byRoot = principal.kind === "federated-user" && principal.issuerArn.endsWith(":root");
  const identity =
    principal.kind === "root" ||
    byRoot ||
    policies.identity.some((document) => hasMatching(document, "Allow", request));
  const boundary = !policies.boundary || hasMatching(policies.boundary, "Allow", request);
  const session =
    policies.session === undefined
      ? principal.kind !== "federated-user"
      : policies.session.some((document) => hasMatching(document, "Allow", request));
  const limits = boundary && session;
  const grants = policies.grants ?? [];

  if (principal.accountId === resourceAccount) {
    if (named.has("everyone") || named.has("self")) return "allowed";
    if (named.has("issuer") && limits) return "allowed";
    if (grants.length > 0 && limits) return "allowed";
    const delegated = !ownAuthority || named.has("account");
    return delegated && identity && limits ? "allowed" : "implicit-deny";
  }

  if (policies.resourceKind === "none") return "implicit-deny";
  if (policies.resourceKind === "kms-key" && !isKeyUse(action)) return "implicit-deny";
  if (named.size === 0 && grants.length === 0) return "implicit-deny";
  const ownGrant = grants.some((grant) => grant.issuingAccount === principal.accountId);
  return (identity || ownGrant) && limits ? "allowed" : "implicit-deny";
}

const KEY_USES = new Set(
  `encrypt decrypt reencryptfrom reencryptto generatedatakey generatedatakeywithoutplaintext
   generatedatakeypair generatedatakeypairwithoutplaintext generatemac verifymac sign verify
   derivesharedsecret describekey getpublickey creategrant listgrants revokegrant retiregrant
   getkeyrotationstatus`.split(/\s+/),
);

function isKeyUse(action: string): boolean {
  return action.startsWith("kms:") && KEY_USES.has(action.slice(4));
}

function isAwsOwned(action: string, resource: string): boolean {
  const parts = resource.split(":");
  const [, , service, , account = ""] = parts;
  const name = parts.slice(5).join(":").toLowerCase();
  const policyChange = /^iam:(create|delete)policy(version)?$|^iam:(un)?tagpolicy$/.test(action);
  if (policyChange || action === "iam:setdefaultpolicyversion") {
    return service === "iam" && account === "aws" && name.startsWith("policy/");
  }
  const aliasChange = /^kms:(create|delete|update)alias$/.test(action);
  return aliasChange && service === "kms" && name.startsWith("alias/aws/");
}

function statementsOf(document: PolicyDocument): readonly Json[] {
  const statement = document["Statement"];
  return (Array.isArray(statement) ? statement : [statement]) as readonly Json[];
}

function versionOf(document: PolicyDocument | undefined): string {
  return document?.["Version"] === "2012-10-17" ? "2012" : "2008";
}

function hasMatching(document: PolicyDocument, effect: string, request: AccessRequest): boolean {
  return statementsOf(document).some(
    (statement) =>
      statement["Effect"] === effect && matches(statement, versionOf(document), request, "none"),
  );
}

function matches(statement: Json, version: string, request: AccessRequest, kind: string): boolean {
  const variables = version === "2012";
  const actionOk = either(statement, "Action", (pattern) =>
    like(pattern.toLowerCase(), request.action.toLowerCase()),
  );
  const resourceOk =
    kind === "iam-role-trust" ||
    either(statement, "Resource", (pattern) => {
      if (pattern === "*") return true;
      let padded = pattern;
      while (padded.split(":").length < 6) padded += ":*";
      const head = padded.split(":").slice(0, 5).join(":");
      const tokens = variables ? expand(padded, request, { wildcards: true }) : raw(padded);
      if (head.includes("${")) return tokensLike(raw(padded), request.resource);
      return tokens !== undefined && tokensLike(tokens, request.resource);
    });
  return actionOk && resourceOk && conditionsHold(statement, request, { variables });
}

/** The element, or the negation of its Not twin; false when the statement has neither. */
function either(statement: Json, name: string, test: (value: string) => boolean): boolean {
  if (name in statement) return texts(statement[name]).some(test);
  if (`Not${name}` in statement) return !texts(statement[`Not${name}`]).some(test);
  return false;
}

function namings(
  statement: Json,
  principal: Principal,
  { bounded }: { bounded: boolean },
): readonly Naming[] {
  if ("Principal" in statement) return listed(statement["Principal"], principal);
  if (!("NotPrincipal" in statement)) return [];
  const ways = listed(statement["NotPrincipal"], principal);
  if (statement["Effect"] === "Allow") return ways.length === 0 ? ["everyone"] : [];
  if (bounded) return ["everyone"];
  const exempting = principal.kind === "root" ? ways : ways.filter((way) => way !== "account");
  return exempting.length === 0 ? ["everyone"] : [];
}

function listed(element: unknown, principal: Principal): readonly Naming[] {
  if (element === "*") return ["everyone"];
  const ways: Naming[] = [];
  for (const [type, values] of Object.entries(element as Json)) {
    for (const value of texts(values)) {
      const way = namedBy(type, value, principal);
      if (way !== undefined) ways.push(way);
    }
  }
  return ways;
}

function namedBy(type: string, value: string, principal: Principal): Naming | undefined {
  if (type === "AWS" && value === "*") return "everyone";
  if (principal.kind === "anonymous") return undefined;
  if (principal.kind === "service") {
    return type === "Service" && value === principal.service ? "self" : undefined;
  }
  if (principal.kind === "web-identity") {
    return type === "Federated" && value === principal.provider ? "self" : undefined;
  }
  if (type === "CanonicalUser") return value === principal.canonicalId ? "account" : undefined;
  if (type !== "AWS") return undefined;
  const { accountId } = principal;
  if (value === accountId || value === `arn:aws:iam::${accountId}:root`) return "account";
  if (principal.kind === "root") return undefined;
  if (principal.kind === "user") {
    return value === principal.arn || value === principal.uniqueId ? "self" : undefined;
  }
  if (value === principal.arn) return "self";
  return value === principal.issuerArn || value === principal.uniqueId ? "issuer" : undefined;
}

function conditionsHold(
  statement: Json,
  request: AccessRequest,
  options: { variables: boolean },
): boolean {
  const block = (statement["Condition"] ?? {}) as Readonly<Record<string, Json>>;
  return Object.entries(block).every(([operator, keys]) =>
    Object.entries(keys).every(([key, values]) =>
      holds(operator, request.context.get(key.toLowerCase()), texts(values), request, options),
    ),
  );
}

function holds(
  operatorText: string,
  requestValues: readonly string[] | undefined,
  policyValues: readonly string[],
  request: AccessRequest,
  options: { variables: boolean },
): boolean {
  const values = requestValues ?? [];
  if (operatorText === "Null") {
    return policyValues.some((wanted) => wanted.toLowerCase() === String(values.length === 0));
  }
  const setOperator = operatorText.includes(":") ? operatorText.split(":")[0] : undefined;
  const withoutSet = operatorText.slice(operatorText.indexOf(":") + 1);
  const ifExists = withoutSet.endsWith("IfExists");
  const operator = ifExists ? withoutSet.slice(0, -"IfExists".length) : withoutSet;
  const negated = operator.includes("Not");
  const one = (value: string) =>
    negated
      ? policyValues.every((wanted) => compare(operator, value, wanted, request, options))
      : policyValues.some((wanted) => compare(operator, value, wanted, request, options));

  if (setOperator === "ForAllValues") {
    if (values.length === 0 || (values.length === 1 && values[0] === "")) return true;
    return values.every(one);
  }
  if (setOperator === "ForAnyValue") return values.length === 0 ? ifExists : values.some(one);
  if (values.length === 0) return ifExists || negated;
  return negated ? values.every(one) : values.some(one);
}

/** One value of the request with one of the policy, by the operator including its negation. */
function compare(
  operator: string,
  value: string,
  wanted: string,
  request: AccessRequest,
  options: { variables: boolean },
): boolean {
  const negated = operator.includes("Not");
  const family = operator.replace("Not", "");
  const wild = family.endsWith("Like") || family.startsWith("Arn");
  const tokens = options.variables
    ? expand(wanted, request, { wildcards: wild })
    : raw(wanted, wild);
  switch (family) {
    case "StringEquals":
    case "StringLike":
      return tokens === undefined ? negated : tokensLike(tokens, value) !== negated;
    case "StringEqualsIgnoreCase": {
      if (tokens === undefined) return negated;
      const lower = tokens.map((token) =>
        token.length === 2 ? `=${token.slice(1).toLowerCase()}` : token,
      );
      return tokensLike(lower, value.toLowerCase()) !== negated;
    }
    case "Bool": {
      const asked = value.toLowerCase();
      if (tokens === undefined || (asked !== "true" && asked !== "false")) return false;
      return literal(tokens).toLowerCase() === asked;
    }
    case "BinaryEquals": {
      const base64 = /^[A-Za-z0-9+/]*={0,2}$/;
      if (!base64.test(value) || !base64.test(wanted)) return false;
      return (
        Buffer.from(value, "base64").toString("hex") ===
        Buffer.from(wanted, "base64").toString("hex")
      );
    }
    case "IpAddress":
      return compareAddresses(value, wanted, { negated });
    case "ArnEquals":
    case "ArnLike":
      return compareArns(value, wanted, tokens, { negated });
    default:
      return compareNumbers(operator, value, wanted);
  }
}

function compareNumbers(operator: string, value: string, wanted: string): boolean {
  const read = operator.startsWith("Date") ? dateOf : numberOf;
  const [left, right] = [read(value), read(wanted)];
  if (left === undefined || right === undefined) return false;
  const relation = operator.replace(/^Numeric|^Date/, "");
  if (relation === "Equals") return left === right;
  if (relation === "NotEquals") return left !== right;
  if (relation.endsWith("Equals") && left === right) return true;
  return relation.startsWith("LessThan") ? left < right : left > right;
}

function numberOf(text: string): number | undefined {
  return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number.parseFloat(text) : undefined;
}

/** The simple forms that the cases use; Date.parse knows them. */
function dateOf(text: string): number | undefined {
  if (/^[+-]?\d+$/.test(text)) return Number(text) * 1000;
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
}

function compareAddresses(
  value: string,
  wanted: string,
  { negated }: { negated: boolean },
): boolean {
  const [network = "", length] = wanted.split("/");
  const [address, base] = [bitsOf(value), bitsOf(network)];
  if (address === undefined || base === undefined) return false;
  const prefix = length === undefined ? base.length : Number(length);
  const inside = address.length === base.length && address.startsWith(base.slice(0, prefix));
  return inside !== negated;
}

/** An address as a text of 32 or 128 zeros and ones. */
function bitsOf(address: string): string | undefined {
  const mapped = address.replace(/^::ffff:(?=\d+\.)/i, "");
  const octets = mapped.split(".").map(Number);
  if (octets.length === 4 && octets.every((octet) => octet >= 0 && octet < 256)) {
    return octets.map((octet) => octet.toString(2).padStart(8, "0")).join("");
  }
  if (!mapped.includes(":")) return undefined;
  const [head = "", tail] = mapped.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right];
  if (groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) {
    return undefined;
  }
  return groups.map((group) => Number.parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}

/** Part by part, the tokens being cut at the policy value's own colons, not at those of variables. */
function compareArns(
  value: string,
  wanted: string,
  tokens: readonly string[] | undefined,
  { negated }: { negated: boolean },
): boolean {
  const outsideVariables = wanted.replaceAll(/\$\{[^}]*\}/g, "");
  if (outsideVariables.split(":").length < 6) return false;
  const parts = value.split(":");
  if (parts[0] !== "arn" || parts.length < 6) return false;
  if (tokens === undefined) return negated;
  const split: string[][] = [[]];
  for (const token of tokens) {
    if (token === "=:" && split.length < 6) split.push([]);
    else split.at(-1)?.push(token);
  }
  const values = [...parts.slice(0, 5), parts.slice(5).join(":")];
  const matched = split.every((part, i) => tokensLike(part, values[i] ?? ""));
  return matched !== negated;
}

/**
 * A pattern as tokens: `=x` is the character x, `*` and `?` are wildcards, `:` from a variable is
 * `=\u003A` like any other: variables in ARN values hold no colons in the cases.
 */
function expand(
  pattern: string,
  request: AccessRequest,
  { wildcards }: { wildcards: boolean },
): readonly string[] | undefined {
  const tokens: string[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const close = pattern.startsWith("${", at) ? pattern.indexOf("}", at) : -1;
    if (close < 0) {
      tokens.push(...raw(pattern[at] ?? "", wildcards));
      continue;
    }
    const body = pattern.slice(at + 2, close);
    const value = ["*", "?", "$"].includes(body) ? body : variable(body, request);
    if (value === undefined) return undefined;
    tokens.push(...characters(value));
    at = close;
  }
  return tokens;
}

function variable(body: string, request: AccessRequest): string | undefined {
  const [key = "", fallback] = body.split(", ");
  const values = request.context.get(key.toLowerCase());
  if (values?.length === 1) return values[0];
  return fallback?.slice(1, -1);
}

function raw(text: string, wildcards = true): string[] {
  return Array.from({ length: text.length }, (_, at) => text.charAt(at)).map((unit) =>
    wildcards && (unit === "*" || unit === "?") ? unit : `=${unit}`,
  );
}

function characters(text: string): string[] {
  return raw(text, false);
}

function literal(tokens: readonly string[]): string {
  return tokens.map((token) => token.slice(-1)).join("");
}

function like(pattern: string, text: string): boolean {
  return tokensLike(raw(pattern), text);
}

/** The textbook table: reach[j] tells whether the tokens so far can end before character j. */
function tokensLike(tokens: readonly string[], text: string): boolean {
  let reach = Array.from({ length: text.length + 1 }, (_, at) => at === 0);
  for (const token of tokens) {
    const next = reach.map(() => false);
    for (let at = 0; at <= text.length; at++) {
      if (token === "*") next[at] = reach.slice(0, at + 1).includes(true);
      else if (at > 0) {
        const fits = token === "?" || token.slice(1) === text.charAt(at - 1);
        next[at] = fits && reach[at - 1] === true;
      }
    }
    reach = next;
  }
  return reach[text.length] === true;
}

function texts(json: unknown): readonly string[] {
  return (Array.isArray(json) ? json : [json]).map(String);
}
