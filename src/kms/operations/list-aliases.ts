import { kmsAliasSpace, kmsKeySpace, type KmsAliasRecord } from "../../records/index.ts";
import { operation, type Scope } from "../../service/index.ts";
import { keyNotFound } from "../errors.ts";
import { aliasArn, keyArn, parseKeyNameOnly } from "../key-id.ts";
import { pageOf, parseMarker, readLimit, storedPage } from "../paging.ts";
import { accountTarget, placeOf } from "../target.ts";

const BOUNDS = { usual: 50, max: 100 };

/** The aliases of the caller's account in the region, or of one of its keys. */
export const listAliases = operation({
  service: "kms",
  name: "ListAliases",
  event: { category: "management", readOnly: true },

  async targets(_input, scope) {
    return [accountTarget("kms:ListAliases", scope)];
  },

  async handle({ KeyId, Limit, Marker }, _targets, scope) {
    const place = placeOf(scope);
    const limit = readLimit(Limit, BOUNDS);
    const after = parseMarker("ListAliases", Marker);
    const list = { list: "ListAliases", limit, after };
    const { items, ...page } =
      KeyId === undefined
        ? await aliasesOfAccount(list, scope)
        : pageOf(await aliasesOfKey(KeyId, scope), ({ name }) => name, list);
    const aliases = items.map(({ name, keyId, createdAt, updatedAt }) => ({
      AliasName: name,
      AliasArn: aliasArn(place, name),
      TargetKeyId: keyId,
      CreationDate: new Date(createdAt),
      LastUpdatedDate: new Date(updatedAt),
    }));
    return { output: { Aliases: aliases, ...page } };
  },
});

interface AskedPage {
  readonly list: string;
  readonly limit: number;
  readonly after: string | undefined;
}

async function aliasesOfAccount({ list, limit, after }: AskedPage, scope: Scope) {
  const { accountId, region } = placeOf(scope);
  const source = {
    space: kmsAliasSpace,
    range: kmsAliasSpace.under(accountId, region),
    after: after === undefined ? undefined : kmsAliasSpace.key(accountId, region, after),
  };
  return storedPage(scope.store, source, { list, limit, name: ({ name }) => name });
}

async function aliasesOfKey(text: string, scope: Scope): Promise<readonly KmsAliasRecord[]> {
  const name = parseKeyNameOnly(text, placeOf(scope));
  const { accountId, region, id } = name;
  const key = await scope.view.get(kmsKeySpace, accountId, region, id);
  // AWS lists aliases of the caller's own account; of another's key it tells nothing.
  if (!key || accountId !== placeOf(scope).accountId) throw keyNotFound(keyArn(name));
  const aliases = await Promise.all(
    key.value.aliases.map((alias) => scope.view.get(kmsAliasSpace, accountId, region, alias)),
  );
  return aliases.flatMap((found) => found?.value ?? []);
}
