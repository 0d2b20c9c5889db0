import { operation } from "../../service/index.ts";
import { keyArn } from "../key-id.ts";
import { keyOf, keyTarget } from "../target.ts";

export const getKeyRotationStatus = operation({
  service: "kms",
  name: "GetKeyRotationStatus",
  event: { category: "management", readOnly: true },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:GetKeyRotationStatus", KeyId, scope)];
  },

  async handle(_input, [target]) {
    const key = keyOf(target);
    const { state } = key;
    // AWS: while deletion is pending it says no, and remembers what it was.
    const rotation = state === "PendingDeletion" ? undefined : key.rotation;
    return {
      output: {
        KeyId: keyArn(key),
        KeyRotationEnabled: rotation !== undefined,
        ...(rotation && {
          RotationPeriodInDays: rotation.periodDays,
          NextRotationDate: new Date(rotation.nextAt),
        }),
      },
    };
  },
});
