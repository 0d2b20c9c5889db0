/** IAM and STS quotas: IAM User Guide, "IAM and AWS STS quotas". */
import { DAY_MS, HOUR_MS } from "../base/index.ts";

export const ACCESS_KEYS_MAX = 2;
export const ATTACHED_POLICIES_MAX = 10;
export const TAGS_MAX = 50;

export const USERS_MAX = 5_000;
export const ROLES_MAX = 1_000;
export const POLICIES_MAX = 1_500;

/** Characters without white space: of a managed policy, of a trust policy. */
export const POLICY_CHARS_MAX = 6_144;
export const TRUST_CHARS_MAX = 2_048;

/** Characters without white space of all inline policies of an owner together. */
export const INLINE_CHARS_MAX = { user: 2_048, role: 10_240 } as const;

/** Inline policies have no quota of their own; this bounds the record that lists them. */
export const INLINE_POLICIES_MAX = 100;

/** AWS: paging of IAM. */
export const PAGE_ITEMS_DEFAULT = 100;

/** A role session through another role session. */
export const CHAINED_SESSION_SECONDS_MAX = 3_600;
export const ROOT_SESSION_SECONDS_MAX = 3_600;

/** Inline session policy and ARNs of session policies together; session tags together. */
export const SESSION_POLICY_CHARS_MAX = 2_048;
export const SESSION_TAG_CHARS_MAX = 4_096;

/** A sealed session token in base 64; a longer one was not issued here. */
export const SESSION_TOKEN_CHARS_MAX = 14_000;

/** A new key seals tokens every day; the longest session lasts 36 hours. */
export const SESSION_KEY_LIFE_MS = DAY_MS;
export const SESSION_KEY_OVERLAP_MS = 36 * HOUR_MS;

/** Secrets and opened tokens that a process remembers. */
export const SECRETS_REMEMBERED_MAX = 2_000;
export const TOKENS_REMEMBERED_MAX = 2_000;

/** Attempts to make an account while others change the same records. */
export const ACCOUNT_COMMITS_MAX = 10;

/** AWS: how long a role session lasts unless the request says otherwise, and may by default. */
export const SESSION_SECONDS_DEFAULT = 3_600;

/** AWS: how long credentials of GetSessionToken last unless the request says otherwise. */
export const TOKEN_SESSION_SECONDS_DEFAULT = 43_200;
