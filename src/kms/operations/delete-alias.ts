import { kmsAliasSpace } from "../../records/index.ts";
import { operation, type Target } from "../../service/index.ts";
import { requireAliasName, withoutAlias } from "../aliases.ts";
import { changeKey } from "../key-change.ts";
import { keyOf, type KeyTarget, namedAliasTargets } from "../target.ts";

/** Takes a name from a key; the key stays as it is. */
export const deleteAlias = operation({
  service: "kms",
  name: "DeleteAlias",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ AliasName }, scope): Promise<readonly KeyTarget[]> {
    requireAliasName(AliasName);
    return namedAliasTargets("kms:DeleteAlias", AliasName, scope);
  },

  async handle({ AliasName }, [, target]: readonly (Target & KeyTarget)[]) {
    const key = keyOf(target);
    const change = changeKey(key, withoutAlias(key, AliasName));
    return {
      output: {},
      change: change.delete(kmsAliasSpace, key.accountId, key.region, AliasName),
    };
  },
});
