/**
 * Reads the decision cases of testdata/. A case is data that a person can write who does not
 * program: callers go by the names in `cast`, common policies by those in
 * testdata/documents.json. What a case says beyond its known fields is refused, so that a misspelt
 * expectation fails instead of passing.
 */
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import type { AccessRequest, AttachedPolicy, Policies } from "../access-request.ts";
import { parsePolicy } from "../parse-policy.ts";
import type { PolicyKind } from "../policy.ts";
import type { Principal } from "../principal.ts";
import { cast } from "./cast.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A policy document as parsed JSON, for evaluators that read documents themselves. */
export type PolicyDocument = Fields;

export interface DocumentPolicies {
  readonly identity: readonly PolicyDocument[];
  readonly boundary: PolicyDocument | undefined;
  readonly session: readonly PolicyDocument[] | undefined;
  readonly scps: readonly (readonly PolicyDocument[])[] | undefined;
  readonly rcps: readonly (readonly PolicyDocument[])[] | undefined;
  readonly resource: PolicyDocument | undefined;
  readonly resourceKind: Policies["resourceKind"];
  readonly grants: readonly { grantId: string; issuingAccount: string }[] | undefined;
  readonly acl: "everyone" | "account" | undefined;
}

export interface Case {
  readonly name: string;
  readonly file: string;
  readonly request: AccessRequest;
  readonly documents: DocumentPolicies;
  readonly policies: Policies;
  readonly expected: { readonly decision: "allow" | "deny"; readonly reason: string };
}

const folder = `${import.meta.dirname}/../testdata`;
const documents = objectIn(readJson("documents.json"));

export const HOME = "123456789012";

/** Every case of testdata/cases/. */
export function readCases(): readonly Case[] {
  return globSync("cases/*.json", { cwd: folder })
    .toSorted()
    .flatMap((file) => listIn(readJson(file)).map((one) => caseOf(objectIn(one), file)));
}

export function readJson(file: string): unknown {
  return JSON.parse(readFileSync(`${folder}/${file}`, "utf8"));
}

/** The caller of that name in `cast`. */
export function castMember(name: string): Principal {
  const member = cast.get(name);
  assert.ok(member, `the cast has no ${name}`);
  return member;
}

function caseOf(fields: Fields, file: string): Case {
  onlyFields(fields, ["name", "source", "request", "policies", "expected"]);
  const name = textIn(fields["name"]);
  assert.notEqual(textIn(fields["source"]), "", `${name}: a case names its source`);
  const expected = objectIn(fields["expected"]);
  onlyFields(expected, ["decision", "reason"]);
  const decision = expected["decision"];
  assert.ok(decision === "allow" || decision === "deny", `${name}: allow or deny`);
  const read = documentPolicies(objectIn(fields["policies"]));
  return {
    name,
    file,
    request: requestOf(objectIn(fields["request"])),
    documents: read,
    policies: compilePolicies(read),
    expected: { decision, reason: textIn(expected["reason"]) },
  };
}

export function requestOf(fields: Fields): AccessRequest {
  onlyFields(fields, ["principal", "action", "resource", "resourceAccount", "context"]);
  const context = Object.entries(objectIn(fields["context"] ?? {}));
  return {
    principal: castMember(textIn(fields["principal"])),
    action: textIn(fields["action"]),
    resource: textIn(fields["resource"]),
    resourceAccount: textIn(fields["resourceAccount"] ?? HOME),
    context: new Map(context.map(([key, value]) => [key.toLowerCase(), textsIn(value)])),
  };
}

const POLICY_FIELDS = "identity boundary session scps rcps resource resourceKind grants acl".split(
  " ",
);

export function documentPolicies(fields: Fields): DocumentPolicies {
  onlyFields(fields, POLICY_FIELDS);
  const kind = fields["resourceKind"] ?? "none";
  assert.ok(isResourceKind(kind), "resourceKind is one that decisions know");
  const acl = fields["acl"];
  assert.ok(acl === undefined || acl === "everyone" || acl === "account");
  return {
    identity: listIn(fields["identity"] ?? []).map(documentOf),
    boundary: fields["boundary"] === undefined ? undefined : documentOf(fields["boundary"]),
    session: optionalList(fields["session"])?.map(documentOf),
    scps: optionalList(fields["scps"])?.map((level) => listIn(level).map(documentOf)),
    rcps: optionalList(fields["rcps"])?.map((level) => listIn(level).map(documentOf)),
    resource: fields["resource"] === undefined ? undefined : documentOf(fields["resource"]),
    resourceKind: kind,
    grants: optionalList(fields["grants"])?.map((one) => {
      const grant = objectIn(one);
      onlyFields(grant, ["grantId", "issuingAccount"]);
      return {
        grantId: textIn(grant["grantId"]),
        issuingAccount: textIn(grant["issuingAccount"]),
      };
    }),
    acl,
  };
}

/** A document, its name in testdata/documents.json, or just its statements. */
function documentOf(json: unknown): PolicyDocument {
  if (typeof json === "string") {
    assert.ok(json in documents, `testdata/documents.json has no ${json}`);
    return objectIn(documents[json]);
  }
  const fields = objectIn(json);
  if ("Statement" in fields) return fields;
  return { Version: "2012-10-17", Statement: fields };
}

const RESOURCE_KINDS = {
  "kms-key": "key",
  "s3-bucket": "resource",
  "iam-role-trust": "trust",
  none: "resource",
} as const;

/** What the documents are to a decision, compiled. */
export function compilePolicies(read: DocumentPolicies): Policies {
  const attach = (kind: PolicyKind) => (document: PolicyDocument, at: number) =>
    attached(kind, document, at);
  const { boundary, session, scps, rcps, resource, resourceKind, grants, acl } = read;
  return {
    identity: read.identity.map(attach("identity")),
    ...(boundary && { boundary: attached("boundary", boundary, 0) }),
    ...(session && { session: session.map(attach("session")) }),
    ...(scps && { scps: scps.map((level) => level.map(attach("scp"))) }),
    ...(rcps && { rcps: rcps.map((level) => level.map(attach("rcp"))) }),
    ...(resource && { resource: attached(RESOURCE_KINDS[resourceKind], resource, 0) }),
    resourceKind,
    ...(grants && { grants }),
    ...(acl && { acl }),
  };
}

function attached(kind: PolicyKind, document: PolicyDocument, at: number): AttachedPolicy {
  const arn = `arn:aws:iam::${HOME}:policy/${kind}-${at}`;
  return { policy: parsePolicy(JSON.stringify(document), kind), name: `${kind}-${at}`, arn };
}

function isResourceKind(kind: unknown): kind is Policies["resourceKind"] {
  return typeof kind === "string" && kind in RESOURCE_KINDS;
}

export function onlyFields(fields: Fields, known: readonly string[]): void {
  for (const field of Object.keys(fields)) {
    assert.ok(known.includes(field), `unknown field ${field} in ${JSON.stringify(fields)}`);
  }
}

export function objectIn(json: unknown): Fields {
  assert.ok(typeof json === "object" && json !== null && !Array.isArray(json));
  return Object.fromEntries(Object.entries(json));
}

export function listIn(json: unknown): readonly unknown[] {
  assert.ok(Array.isArray(json));
  return json;
}

export function textsIn(json: unknown): readonly string[] {
  return (Array.isArray(json) ? json : [json]).map(textIn);
}

export function textIn(json: unknown): string {
  assert.ok(typeof json === "string", `${JSON.stringify(json)} is a string`);
  return json;
}

function optionalList(json: unknown): readonly unknown[] | undefined {
  return json === undefined ? undefined : listIn(json);
}
