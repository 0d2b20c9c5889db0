/** The longest policy text that is looked at at all; each service's own quota is smaller. */
export const POLICY_CHARS_MAX = 131_072;

/** KMS refuses a longer key policy with LimitExceededException. */
export const KEY_POLICY_BYTES_MAX = 32_768;

/** S3 refuses a longer bucket policy. */
export const BUCKET_POLICY_BYTES_MAX = 20 * 1024;

/** A policy nests six levels deep (document, statement list, statement, Condition, operator, values). */
export const JSON_DEPTH_MAX = 16;

/** AWS bounds statements by size only; this bounds the work of one decision. */
export const STATEMENTS_MAX = 1_000;
