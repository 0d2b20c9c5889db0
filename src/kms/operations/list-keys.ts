import { kmsKeySpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { keyArn } from "../key-id.ts";
import { parseMarker, readLimit, storedPage } from "../paging.ts";
import { accountTarget, placeOf } from "../target.ts";

const BOUNDS = { usual: 100, max: 1000 };

export const listKeys = operation({
  service: "kms",
  name: "ListKeys",
  event: { category: "management", readOnly: true },

  async targets(_input, scope) {
    return [accountTarget("kms:ListKeys", scope)];
  },

  async handle({ Limit, Marker }, _targets, scope) {
    const { accountId, region } = placeOf(scope);
    const last = parseMarker("ListKeys", Marker);
    const { items, ...page } = await storedPage(
      scope.store,
      {
        space: kmsKeySpace,
        range: kmsKeySpace.under(accountId, region),
        after: last === undefined ? undefined : kmsKeySpace.key(accountId, region, last),
      },
      { list: "ListKeys", limit: readLimit(Limit, BOUNDS), name: ({ id }) => id },
    );
    const keys = items.map((key) => ({ KeyId: key.id, KeyArn: keyArn(key) }));
    return { output: { Keys: keys, ...page } };
  },
});
