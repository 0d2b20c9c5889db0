/** What KMS's operations may touch. */
import type { Clock } from "../base/index.ts";
import { KEYS_MAX } from "./limits.ts";
import { Materials } from "./materials.ts";

export interface KmsServices {
  readonly materials: Materials;
  /** Customer managed keys of an account in a region. */
  readonly keysMax: number;
}

interface Options {
  readonly clock: Clock;
  readonly keysMax?: number;
  /** Unwrapped materials kept in memory. */
  readonly materialsKeptMax?: number;
}

/** Made once per process. */
export function createKmsServices({
  clock,
  keysMax = KEYS_MAX,
  materialsKeptMax,
}: Options): KmsServices {
  return { materials: new Materials(clock, materialsKeptMax), keysMax };
}
