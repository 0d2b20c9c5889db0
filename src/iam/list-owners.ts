import type { Scope } from "../service/index.ts";
import { namesOf, type OwnerKind, ownersById, type Owners } from "./owners.ts";
import { type PageInput, type PageOutput, pageOfNames } from "./paging.ts";
import { accountFor } from "./targets.ts";

/** A page of the account's users or roles below a path, by name. */
export async function listOwners<K extends OwnerKind>(
  scope: Scope,
  kind: K,
  input: PageInput & { readonly PathPrefix?: string },
): Promise<{ readonly owners: readonly Owners[K][]; readonly page: PageOutput }> {
  const { PathPrefix: pathPrefix = "/" } = input;
  const within = { accountId: accountFor(scope), pathPrefix };
  const { items, page } = await pageOfNames(scope.store, namesOf[kind], within, input);
  const owners = await ownersById(
    scope.store,
    kind,
    items.map(({ id }) => id),
  );
  return { owners, page };
}
