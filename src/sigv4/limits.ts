import { MINUTE_MS } from "../base/index.ts";

/** How far a request's own date may lie from ours, either way. */
export const CLOCK_SKEW_MS = 15 * MINUTE_MS;

/** X-Amz-Expires: a week, in seconds. */
export const PRESIGNED_SECONDS_MAX = 604_800;

/** AWS's longest access key id. */
export const ACCESS_KEY_ID_MAX = 128;

/** A credential scope has four short parts; regions and services have names, not essays. */
export const CREDENTIAL_MAX = 512;

/** As many as a request may have headers. */
export const SIGNED_HEADERS_MAX = 128;

/** Signing keys remembered: about half a kilobyte each. */
export const SIGNING_KEYS_MAX = 4096;

/** A browser form's policy, before base64 is undone. */
export const POLICY_BASE64_MAX = 20_480;

/** Conditions in one form policy. */
export const POLICY_CONDITIONS_MAX = 512;
