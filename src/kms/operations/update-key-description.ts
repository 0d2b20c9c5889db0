import { operation } from "../../service/index.ts";
import { changeKey } from "../key-change.ts";
import { requireNotPendingDeletion } from "../key-state.ts";
import { keyOf, keyTarget } from "../target.ts";

export const updateKeyDescription = operation({
  service: "kms",
  name: "UpdateKeyDescription",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:UpdateKeyDescription", KeyId, scope)];
  },

  async handle({ Description }, [target]) {
    const key = keyOf(target);
    requireNotPendingDeletion(key);
    return { output: {}, change: changeKey(key, { ...key, description: Description }) };
  },
});
