import { operation } from "../../service/index.ts";
import { keyMetadata } from "../key-metadata.ts";
import { ensureManagedKey, isManagedAlias } from "../managed-keys.ts";
import { anyKeyTarget, keyOf } from "../target.ts";

export const describeKey = operation({
  service: "kms",
  name: "DescribeKey",
  event: { category: "management", readOnly: true },
  details: { request: ({ KeyId }) => ({ keyId: KeyId }) },

  async targets({ KeyId }, scope) {
    // AWS: asking after a predefined alias makes the key behind it.
    if (isManagedAlias(KeyId)) await ensureManagedKey(KeyId, scope);
    return [await anyKeyTarget("kms:DescribeKey", KeyId, scope)];
  },

  async handle(_input, [target]) {
    return { output: { KeyMetadata: keyMetadata(keyOf(target)) } };
  },
});
