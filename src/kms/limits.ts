/** Quotas and bounds of KMS: AWS KMS Developer Guide, "Quotas". */

/** Customer managed keys of an account in a region. */
export const KEYS_MAX = 100_000;
export const ALIASES_PER_KEY_MAX = 50;
export const TAGS_PER_KEY_MAX = 50;
export const ON_DEMAND_ROTATIONS_MAX = 25;

/** Keys and values of an encryption context together, in UTF-16 units as AWS counts characters. */
export const CONTEXT_CHARS_MAX = 8192;

export const PENDING_WINDOW_DAYS_MIN = 7;
export const PENDING_WINDOW_DAYS_MAX = 30;
export const ROTATION_PERIOD_DAYS_DEFAULT = 365;
export const ROTATION_PERIOD_DAYS_MIN = 90;
export const ROTATION_PERIOD_DAYS_MAX = 2560;

/** No on-demand rotation this close before an automatic one: AWS says 20 minutes. */
export const ROTATION_CLOSENESS_MINUTES = 20;

/** Unwrapped materials that a process keeps, and for how long without reading them anew. */
export const MATERIALS_KEPT_MAX = 10_000;
export const MATERIAL_LIFE_MINUTES = 60;

/** Keys that one run of a job deals with. */
export const JOB_KEYS_MAX = 1_000;
