import { operation } from "../../service/index.ts";
import { changeKey } from "../key-change.ts";
import { requireUsable } from "../key-state.ts";
import { requireRotatable } from "../rotation.ts";
import { keyOf, keyTarget } from "../target.ts";

export const disableKeyRotation = operation({
  service: "kms",
  name: "DisableKeyRotation",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:DisableKeyRotation", KeyId, scope)];
  },

  async handle(_input, [target]) {
    const key = keyOf(target);
    requireUsable(key);
    requireRotatable(key);
    const { rotation: _, ...rest } = key;
    return { output: {}, change: changeKey(key, rest) };
  },
});
