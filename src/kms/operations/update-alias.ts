import { kmsAliasSpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { assert } from "../../base/index.ts";
import { aliasedKeyTarget, requireAliasName, withAlias, withoutAlias } from "../aliases.ts";
import { validation } from "../errors.ts";
import { changeKey } from "../key-change.ts";
import { keyOf, type KeyTarget, namedAliasTargets } from "../target.ts";

/** Moves a name from one key to another of the same kind. */
export const updateAlias = operation({
  service: "kms",
  name: "UpdateAlias",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ AliasName, TargetKeyId }, scope): Promise<readonly KeyTarget[]> {
    requireAliasName(AliasName);
    const old = await namedAliasTargets("kms:UpdateAlias", AliasName, scope);
    return [...old, await aliasedKeyTarget("kms:UpdateAlias", TargetKeyId, scope)];
  },

  async handle({ AliasName: name }, targets, { view, clock }) {
    const [old, next] = [keyOf(targets.at(1)), keyOf(targets.at(-1))];
    const { accountId, region, id: keyId } = next;
    const alias = await view.get(kmsAliasSpace, accountId, region, name);
    assert(alias, "an alias that is moved is there");
    if (old.spec !== next.spec || old.usage !== next.usage) {
      throw validation(
        "The current and the new key of an alias must be of the same type and have the same key usage.",
      );
    }
    const change = changeKey(next, withAlias(next, name));
    if (old.id !== next.id) change.include(changeKey(old, withoutAlias(old, name)));
    const updatedAt = clock.now().getTime();
    const record = { ...alias.value, keyId, updatedAt };
    return { output: {}, change: change.put(kmsAliasSpace, [accountId, region, name], record) };
  },
});
