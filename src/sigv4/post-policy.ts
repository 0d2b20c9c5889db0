/**
 * What the signer of a browser's upload form permits: until when, and which values of the fields.
 *
 *     { "expiration": "2015-12-30T12:00:00.000Z",
 *       "conditions": [ {"bucket": "b"}, ["eq", "$acl", "private"], ["starts-with", "$key", "u/"],
 *                       ["content-length-range", 1, 1048576] ] }
 *
 * "POST policy", Amazon S3 API Reference.
 */
import { SigningError } from "./failure.ts";
import { POLICY_BASE64_MAX, POLICY_CONDITIONS_MAX } from "./limits.ts";
import type { FormFields } from "./post-form.ts";

/** One condition, and the words in which AWS quotes it when it fails. */
export type PolicyCondition =
  | {
      readonly kind: "equals" | "starts-with";
      /** In lower case; undefined where the "$" was missing, so that it never holds. */
      readonly field: string | undefined;
      readonly value: string;
      readonly quoted: string;
    }
  | {
      readonly kind: "length";
      /** NaN where the bound is no number, so that it never holds. */
      readonly bytesMin: number;
      readonly bytesMax: number;
      readonly quoted: string;
    };

export interface PostPolicy {
  readonly expiresAtMs: number;
  readonly conditions: readonly PolicyCondition[];
}

/** The length that a form's file may have. */
export interface LengthRange {
  readonly bytesMin: number;
  readonly bytesMax: number;
}

const EXPIRATION = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?Z$/;

/** Parses the policy field. Throws SigningError. */
export function parsePolicy(base64: string): PostPolicy {
  if (base64.length > POLICY_BASE64_MAX || !/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(base64)) {
    throw malformed("Invalid Base64 encoding.");
  }
  const document = parseJson(Buffer.from(base64, "base64").toString("utf8"));
  if (!isRecord(document)) throw malformed("Invalid JSON.");
  const { expiration, conditions } = document;
  if (expiration === undefined) throw malformed("Policy missing expiration.");
  if (conditions === undefined) throw malformed("Policy missing conditions.");
  if (!Array.isArray(conditions)) throw malformed("Invalid 'conditions' value: must be a List.");
  if (conditions.length > POLICY_CONDITIONS_MAX) throw malformed("Too many conditions.");
  return { expiresAtMs: parseExpiration(expiration), conditions: conditions.map(parseCondition) };
}

/**
 * Holds a form to its policy: not expired, each condition met, and each field named by one (so that
 * nobody adds what the signer did not think of). Returns the file's permitted length, for
 * `checkFormLength` while the file is read. Throws SigningError.
 */
export function checkPolicy(
  policy: PostPolicy,
  fields: FormFields,
  { now, bucket }: { readonly now: Date; readonly bucket: string },
): LengthRange {
  if (now.getTime() > policy.expiresAtMs) throw refused("Policy expired.");
  const values = new Map(fields).set("bucket", bucket);
  const covered = new Set<string>();
  let [bytesMin, bytesMax] = [0, Number.MAX_SAFE_INTEGER];
  for (const condition of policy.conditions) {
    if (!holds(condition, values)) throw refused(`Policy Condition failed: ${condition.quoted}`);
    if (condition.kind === "length") {
      bytesMin = Math.max(bytesMin, condition.bytesMin);
      bytesMax = Math.min(bytesMax, condition.bytesMax);
    } else if (condition.field !== undefined) {
      covered.add(condition.field);
    }
  }
  // AWS names one of them only.
  const extra = values.keys().find((name) => !covered.has(name) && !isExempt(name));
  if (extra !== undefined) throw refused(`Extra input fields: ${extra}`);
  return { bytesMin, bytesMax };
}

/**
 * Holds a file to its permitted length: with `"so-far"` bytes read, or with its `"whole"` length.
 * Throws SigningError.
 */
export function checkFormLength(
  { bytesMin, bytesMax }: LengthRange,
  bytes: number,
  read: "so-far" | "whole",
): void {
  if (bytes > bytesMax) throw new SigningError({ kind: "form-too-large", bytes, bytesMax });
  if (read === "whole" && bytes < bytesMin) {
    throw new SigningError({ kind: "form-too-small", bytes, bytesMin });
  }
}

function holds(condition: PolicyCondition, values: ReadonlyMap<string, string>): boolean {
  if (condition.kind === "length") {
    return !Number.isNaN(condition.bytesMin) && !Number.isNaN(condition.bytesMax);
  }
  const { field } = condition;
  const value = field === undefined ? undefined : values.get(field);
  if (condition.kind === "equals") return value === condition.value;
  if (condition.value === "") return field !== undefined;
  if (value === undefined) return false;
  // A form may offer several content types; each has to begin so.
  const parts = field === "content-type" ? value.split(",") : [value];
  return parts.every((part) => part.trimStart().startsWith(condition.value));
}

function isExempt(name: string): boolean {
  return (
    name === "x-amz-signature" ||
    name === "policy" ||
    name === "file" ||
    name.startsWith("x-ignore-")
  );
}

function parseCondition(condition: unknown): PolicyCondition {
  if (Array.isArray(condition)) return parseList(condition);
  if (!isRecord(condition)) throw malformed("Invalid Condition: must be a List or an Object.");
  const [entry, ...rest] = Object.entries(condition);
  if (entry === undefined || rest.length > 0) {
    throw malformed(
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    );
  }
  const [field, value] = entry;
  if (typeof value !== "string") {
    throw malformed("Invalid Simple-Condition: value must be a string.");
  }
  const quoted = quote(["eq", `$${field}`, value]);
  return { kind: "equals", field: field.toLowerCase(), value, quoted };
}

function parseList(list: readonly unknown[]): PolicyCondition {
  const [operator, first, second] = list;
  if (typeof operator !== "string" || list.length !== 3) {
    throw malformed("Invalid Condition: a Condition must have an operator and two operands.");
  }
  const quoted = quote(list);
  const name = operator.toLowerCase();
  if (name === "content-length-range") {
    return { kind: "length", bytesMin: bound(first), bytesMax: bound(second), quoted };
  }
  if (name !== "eq" && name !== "starts-with") {
    throw malformed(`Invalid Condition: unknown operation '${operator}'.`);
  }
  if (typeof first !== "string" || typeof second !== "string") {
    throw malformed("Invalid Condition: operands must be strings.");
  }
  const field = first.startsWith("$") ? first.slice(1).toLowerCase() : undefined;
  return { kind: name === "eq" ? "equals" : name, field, value: second, quoted };
}

function bound(value: unknown): number {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? value : NaN;
  return typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : NaN;
}

/** `["eq", "$key", "v"]`, with a blank after each comma. */
function quote(list: readonly unknown[]): string {
  return `[${list.map((item) => JSON.stringify(item)).join(", ")}]`;
}

function parseExpiration(expiration: unknown): number {
  const ms =
    typeof expiration === "string" && EXPIRATION.test(expiration) ? Date.parse(expiration) : NaN;
  if (Number.isNaN(ms)) throw malformed(`Invalid 'expiration' value: '${String(expiration)}'`);
  return ms;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw malformed("Invalid JSON.");
    throw error;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(problem: string): SigningError {
  return new SigningError({ kind: "policy-malformed", problem });
}

function refused(problem: string): SigningError {
  return new SigningError({ kind: "policy-refused", problem });
}
