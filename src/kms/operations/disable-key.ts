import { operation } from "../../service/index.ts";
import { changeKey } from "../key-change.ts";
import { requireNotPendingDeletion } from "../key-state.ts";
import { keyOf, keyTarget } from "../target.ts";

/** From the reply on, nothing encrypts or decrypts with the key. No error where it is disabled already. */
export const disableKey = operation({
  service: "kms",
  name: "DisableKey",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:DisableKey", KeyId, scope)];
  },

  async handle(_input, [target]) {
    const key = keyOf(target);
    requireNotPendingDeletion(key, ["PendingImport", "Creating", "Updating"]);
    return { output: {}, change: changeKey(key, { ...key, state: "Disabled" }) };
  },
});
