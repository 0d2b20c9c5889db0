/** Whose words a refusal uses: the same fault reads differently in IAM, trust, key and bucket policies. */
export type PolicyDialect = "iam" | "trust" | "kms" | "s3";

/** What is wrong with a policy document. Services map it to their own error where they must. */
export type PolicyFault =
  | { readonly kind: "json" }
  | { readonly kind: "syntax" }
  | { readonly kind: "missing-field"; readonly field: string }
  | { readonly kind: "unknown-field"; readonly field: string }
  | { readonly kind: "prohibited-field"; readonly field: string }
  | { readonly kind: "version" }
  | { readonly kind: "old-version" }
  | { readonly kind: "legacy-parsing" }
  | { readonly kind: "sid-characters" }
  | { readonly kind: "sid-duplicate" }
  | { readonly kind: "effect"; readonly effect: string }
  | { readonly kind: "operator"; readonly operator: string }
  | { readonly kind: "principal-missing" }
  | { readonly kind: "principal-invalid"; readonly type: string; readonly value: string }
  | { readonly kind: "principal-arn"; readonly value: string }
  | { readonly kind: "actions-missing" }
  | { readonly kind: "action-invalid"; readonly text: string }
  | { readonly kind: "resources-missing" }
  | { readonly kind: "resource-invalid"; readonly text: string }
  | { readonly kind: "action-resource-mismatch" }
  | { readonly kind: "too-large" };

/** A policy document that AWS refuses, with the code and the text that AWS answers. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly kind: PolicyFault["kind"];
  /** AWS's code: MalformedPolicyDocument, MalformedPolicyDocumentException, MalformedPolicy, … */
  readonly code: string;
  /** What S3 puts into the `Detail` element: the principal that it could not resolve. */
  readonly detail: string | undefined;

  constructor(dialect: PolicyDialect, fault: PolicyFault) {
    super(messageOf(dialect, fault));
    this.kind = fault.kind;
    this.code = codeOf(dialect, fault);
    this.detail = principalIn(fault);
  }
}

function principalIn(fault: PolicyFault): string | undefined {
  if (fault.kind === "principal-arn") return `"AWS" : "${fault.value}"`;
  return fault.kind === "principal-invalid" ? `"${fault.type}" : "${fault.value}"` : undefined;
}

function codeOf(dialect: PolicyDialect, { kind }: PolicyFault): string {
  const codes = CODES[dialect];
  return codes[kind] ?? codes.syntax;
}

type Codes = { readonly [Kind in PolicyFault["kind"]]?: string } & { readonly syntax: string };

const CODES: { readonly [Dialect in PolicyDialect]: Codes } = {
  iam: { syntax: "MalformedPolicyDocument", "too-large": "LimitExceeded" },
  trust: { syntax: "MalformedPolicyDocument", "too-large": "LimitExceeded" },
  kms: {
    syntax: "MalformedPolicyDocumentException",
    "too-large": "LimitExceededException",
    "principal-arn": "InvalidArnException",
  },
  s3: { syntax: "MalformedPolicy" },
};

/** A dialect's words by fault, `{field}` being a member of it; the others read as `syntax`. */
type Words = { readonly [Kind in PolicyFault["kind"]]?: string } & { readonly syntax: string };

const iamWords: Words = {
  syntax: "Syntax errors in policy.",
  "old-version": "Policy document must be version 2012-10-17 or greater.",
  "legacy-parsing": "The policy failed legacy parsing",
  "sid-characters":
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*",
  "sid-duplicate": "Statement IDs (SID) in a single policy must be unique.",
  "prohibited-field": "Policy document should not specify a principal.",
  "principal-invalid": 'Invalid principal in policy: "{type}":"{value}"',
  "principal-arn": 'Invalid principal in policy: "AWS":"{value}"',
  "actions-missing": "Policy statement must contain actions.",
  "action-invalid": "{text}",
  "resources-missing": "Policy statement must contain resources.",
  "resource-invalid": "{text}",
  "too-large": "Cannot exceed quota for PolicySize",
};

const words: { readonly [Dialect in PolicyDialect]: Words } = {
  iam: iamWords,
  trust: {
    ...iamWords,
    json: "This policy contains invalid Json",
    "prohibited-field": "Has prohibited field {field}.",
    "principal-missing": "Missing required field Principal",
  },
  // AWS: KMS answers a policy that it cannot read with the code alone, without a text.
  kms: {
    syntax: "",
    "principal-missing": "Policy contains a statement with no principal.",
    "principal-invalid": "Policy contains a statement with one or more invalid principals.",
    "principal-arn": "An ARN in the specified key policy is invalid.",
    "too-large": "The key policy is larger than 32768 bytes",
  },
  s3: {
    syntax: "Invalid policy syntax.",
    json: "Policies must be valid JSON and the first byte must be '{'",
    "missing-field": "Missing required field {field}",
    "unknown-field": "Unknown field {field}",
    version: "The policy must contain a valid version string",
    "sid-duplicate": "Statement IDs (SID) in a single policy must be unique.",
    effect: "Invalid effect: {effect}",
    operator: "Invalid Condition type : {operator}",
    "principal-missing": "Missing required field Principal",
    "principal-invalid": "Invalid principal in policy",
    "principal-arn": "Invalid principal in policy",
    "actions-missing": "Missing required field Action",
    "action-invalid": "Policy has invalid action",
    "resources-missing": "Missing required field Resource",
    "resource-invalid": "Policy has invalid resource",
    "action-resource-mismatch": "Action does not apply to any resource(s) in statement",
    "too-large": "The bucket policy is larger than 20480 bytes",
  },
};

function messageOf(dialect: PolicyDialect, fault: PolicyFault): string {
  const table: Words = words[dialect];
  const members = new Map(Object.entries(fault));
  const text = table[fault.kind] ?? table.syntax;
  return text.replaceAll(/\{(\w+)\}/g, (_, member: string) => members.get(member) ?? "");
}
