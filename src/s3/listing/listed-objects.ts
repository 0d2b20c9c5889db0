/** Rows of a listing as the replies of both list operations show them. */
import { canonicalUserId } from "../owner.ts";
import type { ListedRow, NamesPage } from "./list-names.ts";
import type { ListingQuery } from "./listing-query.ts";

/** AWS: an element that would be empty is left out. */
export function listedMembers(
  { rows, groups }: NamesPage,
  { shown }: Pick<ListingQuery, "shown">,
  { owners }: { readonly owners: boolean },
) {
  const owner = ownersOnce();
  return {
    ...(rows.length > 0 && {
      Contents: rows.map((row) =>
        owners
          ? { ...contentOf(row, shown), Owner: owner(row.row.ownerId) }
          : contentOf(row, shown),
      ),
    }),
    ...(groups.length > 0 && { CommonPrefixes: groups.map((group) => ({ Prefix: shown(group) })) }),
  };
}

function contentOf({ name, row }: ListedRow, shown: (name: string) => string) {
  const { modifiedAt, etag, size, storageClass, checksum } = row;
  return {
    Key: shown(name),
    // AWS: whole seconds.
    LastModified: new Date(modifiedAt - (modifiedAt % 1000)),
    ETag: `"${etag}"`,
    ChecksumAlgorithm: checksum && [checksum.algorithm as "CRC32"],
    ChecksumType: checksum?.type,
    Size: size,
    StorageClass: storageClass as "STANDARD",
  };
}

/** A bucket's objects have few owners. */
function ownersOnce(): (accountId: string) => { readonly ID: string } {
  const known = new Map<string, { readonly ID: string }>();
  return (accountId) => {
    let owner = known.get(accountId);
    if (owner === undefined) known.set(accountId, (owner = { ID: canonicalUserId(accountId) }));
    return owner;
  };
}
