import assert from "node:assert/strict";
import { ServiceError } from "../../wire/index.ts";

export interface Refusal {
  readonly code: string;
  readonly status?: number;
  readonly message?: string;
  readonly members?: Readonly<Record<string, string>>;
}

/** The call is refused with just this. */
export async function refused(call: Promise<unknown>, expected: Refusal): Promise<void> {
  const error: unknown = await call.then(
    () => assert.fail(`${expected.code} was expected, but the call succeeded`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ServiceError, String(error));
  const { code, status, message, members } = error;
  assert.partialDeepStrictEqual({ code, status, message, members }, expected);
}
