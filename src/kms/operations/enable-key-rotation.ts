import { DAY_MS } from "../../base/index.ts";
import { operation } from "../../service/index.ts";
import { validation } from "../errors.ts";
import { changeKey } from "../key-change.ts";
import { requireUsable } from "../key-state.ts";
import {
  ROTATION_PERIOD_DAYS_DEFAULT,
  ROTATION_PERIOD_DAYS_MAX,
  ROTATION_PERIOD_DAYS_MIN,
} from "../limits.ts";
import { requireRotatable } from "../rotation.ts";
import { keyOf, keyTarget } from "../target.ts";

/** Turns automatic rotation on, or gives it another period. */
export const enableKeyRotation = operation({
  service: "kms",
  name: "EnableKeyRotation",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ KeyId, RotationPeriodInDays }, scope) {
    const period = RotationPeriodInDays === undefined ? undefined : String(RotationPeriodInDays);
    const conditions = [["kms:rotationperiodindays", period]] as const;
    return [await keyTarget("kms:EnableKeyRotation", KeyId, scope, { conditions })];
  },

  async handle({ RotationPeriodInDays = ROTATION_PERIOD_DAYS_DEFAULT }, [target], { clock }) {
    const periodDays = RotationPeriodInDays;
    if (periodDays < ROTATION_PERIOD_DAYS_MIN || periodDays > ROTATION_PERIOD_DAYS_MAX) {
      throw validation("RotationPeriodInDays must be between 90 and 2560");
    }
    const key = keyOf(target);
    requireUsable(key);
    requireRotatable(key);
    const { rotation } = key;
    const enabledAt = rotation?.enabledAt ?? clock.now().getTime();
    // A new period counts from where the old one did: the last rotation, or the day it was enabled.
    const from = rotation ? rotation.nextAt - rotation.periodDays * DAY_MS : enabledAt;
    const nextAt = from + periodDays * DAY_MS;
    return {
      output: {},
      change: changeKey(key, { ...key, rotation: { periodDays, enabledAt, nextAt } }),
    };
  },
});
