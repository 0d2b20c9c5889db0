import assert from "node:assert/strict";
import { inspect } from "node:util";

/** What AWS answers: the code as it is on the wire, the HTTP status, and the text where known. */
export interface Refusal {
  readonly code: string | readonly string[];
  readonly status?: number;
  /** Whole text, or a pattern of it; `none` when AWS sends no text at all. */
  readonly message?: string | RegExp | { none: true };
  /** More elements of an S3 error document, such as BucketName or Condition. */
  readonly extra?: Readonly<Record<string, string | RegExp>>;
}

interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly Code?: string;
  readonly Error?: { Code?: string; Message?: string };
  readonly $metadata?: { httpStatusCode?: number };
  readonly [member: string]: unknown;
}

/** Asserts that the call is refused in exactly this way. Answers the error for more questions. */
export async function refused(call: Promise<unknown>, expected: Refusal): Promise<SdkError> {
  const error = await failure(call);
  const code = error.Error?.Code ?? error.Code ?? error.name;
  const text = `${code}: ${error.message}`;
  assert.ok(
    [expected.code].flat().includes(code),
    `expected ${String(expected.code)}, got ${text}`,
  );
  if (expected.status !== undefined) {
    assert.equal(error.$metadata?.httpStatusCode, expected.status, text);
  }
  checkMessage(error, expected.message, code);
  for (const [member, value] of Object.entries(expected.extra ?? {})) {
    checkText(String(error[member]), value, `${member} of ${text}`);
  }
  return error;
}

function checkMessage(error: SdkError, expected: Refusal["message"], code: string): void {
  if (expected === undefined) return;
  if (typeof expected === "object" && "none" in expected) {
    const silent = ["", "UnknownError", "Unknown", code, "undefined"].includes(error.message);
    assert.ok(silent, `expected no message, got ${error.message}`);
    return;
  }
  checkText(error.message, expected, "message");
}

function checkText(actual: string, expected: string | RegExp, what: string): void {
  if (typeof expected === "string") assert.equal(actual, expected, what);
  else assert.match(actual, expected, what);
}

async function failure(call: Promise<unknown>): Promise<SdkError> {
  const answer: unknown = await call.catch((error: unknown) => {
    if (isSdkError(error)) return new Caught(error);
    throw error;
  });
  if (answer instanceof Caught) return answer.error;
  return assert.fail(
    `expected a refusal, was answered ${inspect(answer, { depth: 1 }).slice(0, 400)}`,
  );
}

class Caught {
  readonly error: SdkError;

  constructor(error: SdkError) {
    this.error = error;
  }
}

function isSdkError(error: unknown): error is SdkError {
  return error instanceof Error && "$metadata" in error;
}
