import type { SigningFailure, SigningFailureKind } from "./failure.ts";
import { FRONT_END_ERRORS } from "./front-end-error.ts";
import { S3_ERRORS } from "./s3-error.ts";

/** Whose words an answer is in: S3's, or those of the JSON and the Query protocol. */
export type Dialect = "s3" | "json" | "query";

export interface AwsError {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** Further elements of S3's error document, in AWS's order. */
  readonly members: Readonly<Record<string, string>>;
}

/** An answer for each kind of failure: a new kind does not compile without one. */
export type ErrorTable<Answer> = {
  readonly [Kind in SigningFailureKind]: (
    failure: Extract<SigningFailure, { kind: Kind }>,
  ) => Answer;
};

/** What the sender of a request that is not authenticated is told, as AWS tells it. */
export function awsError(failure: SigningFailure, dialect: Dialect): AwsError {
  if (dialect === "s3") return answer(S3_ERRORS, failure);
  const { code, message, queryMessage } = answer(FRONT_END_ERRORS, failure);
  return dialect === "json"
    ? { code: code.json, status: 400, message, members: {} }
    : { code: code.query, status: code.status, message: queryMessage ?? message, members: {} };
}

function answer<Answer>(table: ErrorTable<Answer>, failure: SigningFailure): Answer {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a row takes what it is named for
  const row = table[failure.kind] as (failure: SigningFailure) => Answer;
  return row(failure);
}
