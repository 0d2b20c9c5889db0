import { MINUTE_MS } from "../../base/index.ts";
import { operation } from "../../service/index.ts";
import { conflict, limitExceeded } from "../errors.ts";
import { keyArn } from "../key-id.ts";
import { requireUsable } from "../key-state.ts";
import { ON_DEMAND_ROTATIONS_MAX, ROTATION_CLOSENESS_MINUTES } from "../limits.ts";
import { requireRotatable, rotateKey } from "../rotation.ts";
import { keyOf, keyTarget } from "../target.ts";

/** New material now. The schedule of automatic rotation stays as it is. */
export const rotateKeyOnDemand = operation({
  service: "kms",
  name: "RotateKeyOnDemand",
  event: { category: "management", readOnly: false },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:RotateKeyOnDemand", KeyId, scope)];
  },

  async handle(_input, [target], scope) {
    const key = keyOf(target);
    requireUsable(key);
    requireRotatable(key);
    if (key.onDemandRotations >= ON_DEMAND_ROTATIONS_MAX) {
      throw limitExceeded(
        `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${keyArn(key)}`,
      );
    }
    const untilNextMs = (key.rotation?.nextAt ?? Infinity) - scope.clock.now().getTime();
    if (untilNextMs < ROTATION_CLOSENESS_MINUTES * MINUTE_MS) {
      throw conflict(`Automatic rotation of ${keyArn(key)} is in progress or about to begin.`);
    }
    const { change } = await rotateKey(key, "ON_DEMAND", scope);
    return { output: { KeyId: keyArn(key) }, change };
  },
});
