/** Random requests and policies from a small world, in which things often match. */
import fc from "fast-check";
import type { AccessRequest, Policies } from "../access-request.ts";
import { cast } from "./cast.ts";
import { type DocumentPolicies, HOME, type PolicyDocument } from "./cases.ts";

const ACTIONS = [
  "s3:GetObject",
  "s3:PutObject",
  "kms:Decrypt",
  "kms:PutKeyPolicy",
  "sts:AssumeRole",
];
const ACTION_PATTERNS = [...ACTIONS, "*", "s3:*", "S3:get*", "kms:*", "kms:De?rypt", "*:Get*"];
const RESOURCES = [
  "arn:aws:s3:::b/home/alice/x",
  "arn:aws:s3:::b/home/*/x",
  "arn:aws:s3:::b",
  "arn:aws:kms:us-east-1:123456789012:key/1",
  "*",
];
const RESOURCE_PATTERNS = [
  ...RESOURCES,
  "arn:aws:s3:::b/*",
  "arn:aws:s3:::?",
  "arn:aws:s3:::b/home/${aws:username}/*",
  "arn:aws:s3:::b/home/${aws:PrincipalTag/home, 'alice'}/?",
  "arn:aws:s3:::b/home/${*}/x",
  "arn:aws:s3",
  "arn:aws:s3:*a*e*",
  "arn:aws:kms:*:*:key/*",
];
const BUCKET_PATTERNS = RESOURCE_PATTERNS.filter((pattern) =>
  pattern.startsWith("arn:aws:s3:::b/"),
);
const TEXTS = [
  "alice",
  "Alice",
  "al?ce",
  "a*",
  "*",
  "",
  "${aws:username}",
  "${aws:x, 'alice'}",
  "${*}",
];
const ARNS = [
  "arn:aws:s3:::b",
  "arn:aws:s3:::*",
  "arn:*:s3:::${aws:username}",
  "arn:aws:iam::123456789012:role/a:b",
  "arn:aws:iam::*:role/*",
  "not an arn",
];
const NUMBERS = ["0", "1", "10", "9.5", "-1", "ten"];
const DATES = [
  "2026-11-21",
  "2026-11-21T00:00:00Z",
  "2026-11-21T01:00:00+01:00",
  "1795219200",
  "0",
];
const ADDRESSES = [
  "10.0.0.1",
  "10.0.0.0/8",
  "10.0.0.1/31",
  "0.0.0.0/0",
  "2001:db8::/32",
  "2001:db8::1",
];

function ordered(type: string): readonly string[] {
  const relations = "Equals NotEquals LessThan LessThanEquals GreaterThan GreaterThanEquals".split(
    " ",
  );
  return relations.map((relation) => type + relation);
}

const families: readonly (readonly [readonly string[], readonly string[]])[] = [
  [
    ["StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"],
    TEXTS,
  ],
  [["StringLike", "StringNotLike"], TEXTS],
  [["ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"], ARNS],
  [ordered("Numeric"), NUMBERS],
  [ordered("Date"), DATES],
  [["IpAddress", "NotIpAddress"], ADDRESSES],
  [["Bool"], ["true", "false", "TRUE", "yes"]],
  [["BinaryEquals"], ["QQ==", "QQ", "QUI=", "no!"]],
];

const KEYS = ["aws:username", "aws:PrincipalTag/home", "x:one", "x:two"];

const condition = fc.constantFrom(...families).chain(([operators, values]) =>
  fc
    .record({
      set: fc.constantFrom("", "", "ForAllValues:", "ForAnyValue:"),
      operator: fc.constantFrom(...operators),
      ifExists: fc.constantFrom("", "", "IfExists"),
      key: fc.constantFrom(...KEYS),
      values: fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 3 }),
    })
    .map(({ set, operator, ifExists, key, values: list }) => ({
      [`${set}${operator}${ifExists}`]: { [key]: list },
    })),
);

const nullCondition = fc
  .record({ key: fc.constantFrom(...KEYS), value: fc.constantFrom("true", "false") })
  .map(({ key, value }) => ({ Null: { [key]: value } }));

const conditions = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: condition },
  { weight: 1, arbitrary: nullCondition },
  {
    weight: 1,
    arbitrary: fc.tuple(condition, condition).map((both) => Object.assign({}, ...both)),
  },
);

const principalValues = [
  { AWS: "*" },
  { AWS: HOME },
  { AWS: "999888777666" },
  { Service: "cloudtrail.amazonaws.com" },
  ...[...cast.values()].flatMap((one) => ("arn" in one ? [{ AWS: one.arn }] : [])),
  ...[...cast.values()].flatMap((one) => ("issuerArn" in one ? [{ AWS: one.issuerArn }] : [])),
  { AWS: ["arn:aws:iam::123456789012:root", "arn:aws:iam::123456789012:user/alice"] },
  { AWS: "AIDAALICE00000000000A" },
  { AWS: "AROAAPP0000000000000A" },
];

function oneOrMore(values: readonly string[]) {
  return fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
}

function twin(name: string, values: readonly string[]) {
  return fc
    .tuple(fc.constantFrom(name, name, name, `Not${name}`), oneOrMore(values))
    .map(([element, list]) => ({ [element]: list }));
}

const allow = { Effect: "Allow" };

function document(
  elements: readonly fc.Arbitrary<Readonly<Record<string, unknown>>>[],
): fc.Arbitrary<PolicyDocument> {
  const statement = fc
    .tuple(
      fc.constantFrom(allow, allow, allow, allow, { Effect: "Deny" }),
      conditions.map((block) => ({ Condition: block })),
      ...elements,
    )
    .map((parts) => Object.assign({}, ...parts) as Readonly<Record<string, unknown>>);
  return fc.record({
    Version: fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
    Statement: fc.array(statement, { minLength: 1, maxLength: 3 }),
  });
}

const identityDocument = fc.oneof(
  fc.constant<PolicyDocument>({
    Version: "2012-10-17",
    Statement: { Effect: "Allow", Action: "*", Resource: "*" },
  }),
  document([twin("Action", ACTION_PATTERNS), twin("Resource", RESOURCE_PATTERNS)]),
);

const principals = fc
  .tuple(
    fc.constantFrom("Principal", "Principal", "Principal", "NotPrincipal"),
    fc.constantFrom(...principalValues),
  )
  .map(([element, value]) => ({ [element]: value }));

const trusted = fc.constantFrom(...principalValues).map((value) => ({ Principal: value }));

const resourceDocuments = {
  "s3-bucket": document([
    twin("Action", ["s3:GetObject", "s3:Get*", "s3:*", "*"]),
    twin("Resource", BUCKET_PATTERNS),
    principals,
  ]),
  "kms-key": document([twin("Action", ACTION_PATTERNS), twin("Resource", ["*"]), principals]),
  "iam-role-trust": document([
    fc.constantFrom("sts:AssumeRole", "sts:*", "sts:TagSession").map((Action) => ({ Action })),
    trusted,
  ]),
  none: document([twin("Action", ["s3:*"]), twin("Resource", BUCKET_PATTERNS), principals]),
} as const;

const often = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 6 });
const levels = fc.array(fc.array(identityDocument, { minLength: 1, maxLength: 2 }), {
  maxLength: 2,
});

const rcpDocument = document([
  fc.constantFrom("*", "s3:*").map((Action) => ({ Action })),
  fc.constant({ Resource: "*", Principal: "*" }),
]);

const grant = fc.record({
  grantId: fc.constant("g"),
  issuingAccount: fc.constantFrom(HOME, "999888777666"),
});

function policiesFor(kind: Policies["resourceKind"]): fc.Arbitrary<DocumentPolicies> {
  const nothing = fc.constant(undefined);
  const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
    fc.option(arbitrary, { nil: undefined, freq: 1 });
  return fc.record({
    identity: fc.array(identityDocument, { maxLength: 2 }),
    boundary: rarely(identityDocument),
    session: rarely(fc.array(identityDocument, { maxLength: 2 })),
    scps: rarely(levels),
    rcps: rarely(fc.array(fc.array(rcpDocument, { maxLength: 2 }), { maxLength: 2 })),
    resource: kind === "none" ? nothing : often(resourceDocuments[kind]),
    resourceKind: fc.constant(kind),
    grants: kind === "kms-key" ? rarely(fc.array(grant, { maxLength: 1 })) : nothing,
    acl: kind === "s3-bucket" ? rarely(fc.constantFrom("everyone" as const, "account")) : nothing,
  });
}

const contextValue = fc.array(
  fc.constantFrom(
    "alice",
    "Alice",
    "*",
    "",
    "1",
    "10",
    "2026-11-21T00:00:00Z",
    "10.0.0.1",
    "true",
    "QQ==",
    "2001:db8::1",
    "arn:aws:s3:::b",
    "arn:aws:iam::123456789012:role/a:b",
  ),
  { maxLength: 2 },
);

const ABOUT = {
  "s3-bucket": { actions: ["s3:GetObject", "s3:PutObject"], resources: RESOURCES.slice(0, 3) },
  "kms-key": { actions: ["kms:Decrypt", "kms:PutKeyPolicy"], resources: RESOURCES.slice(3, 4) },
  "iam-role-trust": { actions: ["sts:AssumeRole"], resources: ["arn:aws:iam::1:role/r"] },
  none: { actions: ACTIONS, resources: RESOURCES },
} as const;

function requestAbout(kind: Policies["resourceKind"]): fc.Arbitrary<AccessRequest> {
  return fc.record({
    principal: fc.constantFrom(...cast.values()),
    action: fc.constantFrom(...ABOUT[kind].actions),
    resource: fc.constantFrom(...ABOUT[kind].resources),
    resourceAccount: fc.constantFrom(HOME, HOME, HOME, "999888777666"),
    context: fc
      .dictionary(fc.constantFrom(...KEYS.map((key) => key.toLowerCase())), contextValue)
      .map((values) => new Map(Object.entries(values))),
  });
}

/** A request and the policies that apply to it. */
export const scenario: fc.Arbitrary<readonly [AccessRequest, DocumentPolicies]> = fc
  .constantFrom<Policies["resourceKind"]>("s3-bucket", "kms-key", "iam-role-trust", "none")
  .chain((kind) => fc.tuple(requestAbout(kind), policiesFor(kind)));
