import { operation } from "../../service/index.ts";
import { changeKey } from "../key-change.ts";
import { requireNotPendingDeletion } from "../key-state.ts";
import { keyOf, keyTarget } from "../target.ts";

/** No error for a key that is enabled already. */
export const enableKey = operation({
  service: "kms",
  name: "EnableKey",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:EnableKey", KeyId, scope)];
  },

  async handle(_input, [target]) {
    const key = keyOf(target);
    requireNotPendingDeletion(key, ["PendingImport", "Creating", "Updating"]);
    return { output: {}, change: changeKey(key, { ...key, state: "Enabled" }) };
  },
});
