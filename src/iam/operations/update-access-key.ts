import { accessKeySpace, epochSpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { validationError } from "../errors.ts";
import { findKey, keyOwnerIn, keyOwnerTarget } from "../key-owner.ts";
import { accessChange } from "../targets.ts";

/** An inactive key is unknown to authentication from the next request on. */
export const updateAccessKey = operation({
  service: "iam",
  name: "UpdateAccessKey",
  event: { category: "management", readOnly: false },

  async targets({ UserName }, scope) {
    return [await keyOwnerTarget(scope, "iam:UpdateAccessKey", UserName)];
  },

  async handle({ AccessKeyId, Status }, targets, { view }) {
    if (Status !== "Active" && Status !== "Inactive") {
      throw validationError(
        "1 validation error detected: Value at 'status' failed to satisfy constraint: " +
          "Member must satisfy enum value set",
      );
    }
    const key = await findKey(await keyOwnerIn(targets, view), AccessKeyId, view);
    // A wrapped secret is written again: the commit depends on the current epoch.
    await view.get(epochSpace, "current");
    const change = accessChange().put(accessKeySpace, [key.id], { ...key, status: Status });
    return { output: {}, change };
  },
});
