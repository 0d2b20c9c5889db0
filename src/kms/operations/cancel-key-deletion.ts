import { operation } from "../../service/index.ts";
import { invalidState } from "../errors.ts";
import { keyArn } from "../key-id.ts";
import { changeKey } from "../key-change.ts";
import { keyOf, keyTarget } from "../target.ts";

/** The key stays, disabled. */
export const cancelKeyDeletion = operation({
  service: "kms",
  name: "CancelKeyDeletion",
  event: { category: "management", readOnly: false },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:CancelKeyDeletion", KeyId, scope)];
  },

  async handle(_input, [target]) {
    const key = keyOf(target);
    if (key.state !== "PendingDeletion") throw invalidState(keyArn(key), "is not pending deletion");
    const { deletesAt: _, ...rest } = key;
    return {
      output: { KeyId: keyArn(key) },
      change: changeKey(key, { ...rest, state: "Disabled" }),
    };
  },
});
