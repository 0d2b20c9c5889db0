import { kmsAliasSpace } from "../../records/index.ts";
import { operation, type Target } from "../../service/index.ts";
import { aliasedKeyTarget, requireAliasName, withAlias } from "../aliases.ts";
import { aliasExists } from "../errors.ts";
import { changeKey } from "../key-change.ts";
import { aliasTarget, keyOf, type KeyTarget } from "../target.ts";

export const createAlias = operation({
  service: "kms",
  name: "CreateAlias",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ AliasName, TargetKeyId }, scope): Promise<[Target, KeyTarget]> {
    requireAliasName(AliasName);
    return [
      aliasTarget("kms:CreateAlias", AliasName, scope),
      await aliasedKeyTarget("kms:CreateAlias", TargetKeyId, scope),
    ];
  },

  async handle({ AliasName: name }, targets, { view, clock }) {
    const [alias, target] = targets as readonly [Target, KeyTarget];
    const key = keyOf(target);
    const { accountId, region, id: keyId } = key;
    if (await view.get(kmsAliasSpace, accountId, region, name)) throw aliasExists(alias.arn);
    const now = clock.now().getTime();
    const change = changeKey(key, withAlias(key, name)).put(
      kmsAliasSpace,
      [accountId, region, name],
      { name, keyId, createdAt: now, updatedAt: now },
    );
    return { output: {}, change };
  },
});
