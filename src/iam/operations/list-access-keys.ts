import { accessKeySpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { keyOwnerIn, keyOwnerTarget } from "../key-owner.ts";
import { pageOf } from "../paging.ts";

export const listAccessKeys = operation({
  service: "iam",
  name: "ListAccessKeys",
  event: { category: "management", readOnly: true },

  async targets({ UserName }, scope) {
    return [await keyOwnerTarget(scope, "iam:ListAccessKeys", UserName)];
  },

  async handle(input, targets, { view }) {
    const owner = await keyOwnerIn(targets, view);
    const { items, page } = pageOf(owner.accessKeyIds, input, (id) => id);
    const keys = await Promise.all(items.map((id) => view.get(accessKeySpace, id)));
    const AccessKeyMetadata = keys.flatMap((key) =>
      key
        ? [
            {
              UserName: owner.name,
              AccessKeyId: key.value.id,
              Status: key.value.status,
              CreateDate: new Date(key.value.createdAt),
            },
          ]
        : [],
    );
    return { output: { AccessKeyMetadata, ...page } };
  },
});
