import { accessKeySpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { findKey, keyOwnerIn, keyOwnerTarget } from "../key-owner.ts";
import { accessChange } from "../targets.ts";

export const deleteAccessKey = operation({
  service: "iam",
  name: "DeleteAccessKey",
  event: { category: "management", readOnly: false },

  async targets({ UserName }, scope) {
    return [await keyOwnerTarget(scope, "iam:DeleteAccessKey", UserName)];
  },

  async handle({ AccessKeyId }, targets, { view }) {
    const owner = await keyOwnerIn(targets, view);
    const { id } = await findKey(owner, AccessKeyId, view);
    const change = accessChange().delete(accessKeySpace, id);
    owner.putKeyIds(
      change,
      owner.accessKeyIds.filter((one) => one !== id),
    );
    return { output: {}, change };
  },
});
