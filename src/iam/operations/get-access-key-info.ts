import { accessKeySpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { validationError } from "../errors.ts";
import { accountInKeyId } from "../identifiers.ts";
import { accountTarget } from "../targets.ts";

/** AWS: the id tells the account, also when the key is gone. */
export const getAccessKeyInfo = operation({
  service: "sts",
  name: "GetAccessKeyInfo",
  event: { category: "management", readOnly: true },

  async targets(_input, scope) {
    return [accountTarget(scope, "sts:GetAccessKeyInfo")];
  },

  async handle({ AccessKeyId }, _targets, { view }) {
    const key = await view.get(accessKeySpace, AccessKeyId);
    const account = key?.value.accountId ?? accountInKeyId(AccessKeyId);
    if (account === undefined) throw validationError(`Access key id ${AccessKeyId} is not valid.`);
    return { output: { Account: account } };
  },
});
