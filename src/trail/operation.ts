/** What CloudTrail's operations may touch. */
import type { HmacKey } from "../crypto/index.ts";

export interface TrailServices {
  /** Authenticates page tokens; the same on all processes of a deployment. */
  readonly pageKey: HmacKey;
}
