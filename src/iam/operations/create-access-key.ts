import { accessKeySpace } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import { sealAccessKey, secretText } from "../access-key.ts";
import { quotaExceeded } from "../errors.ts";
import { newAccessKeyId, newSecretAccessKey } from "../identifiers.ts";
import { keyOwnerIn, keyOwnerTarget } from "../key-owner.ts";
import { ACCESS_KEYS_MAX } from "../limits.ts";
import { recordedDate } from "../recorded-date.ts";
import { accessChange } from "../targets.ts";

/** The only time that the secret is told. */
export const createAccessKey = operation({
  service: "iam",
  name: "CreateAccessKey",
  event: { category: "management", readOnly: false },
  details: {
    response: ({ AccessKey }) => ({
      accessKey: {
        userName: AccessKey?.UserName,
        accessKeyId: AccessKey?.AccessKeyId,
        status: AccessKey?.Status,
        createDate: recordedDate(AccessKey?.CreateDate),
      },
    }),
  },

  async targets({ UserName }, scope) {
    return [await keyOwnerTarget(scope, "iam:CreateAccessKey", UserName)];
  },

  async handle(_input, targets, { view, keyring, clock }) {
    const owner = await keyOwnerIn(targets, view);
    if (owner.accessKeyIds.length >= ACCESS_KEYS_MAX) {
      throw quotaExceeded("AccessKeysPerUser", ACCESS_KEYS_MAX);
    }
    using secret = newSecretAccessKey();
    const facts = {
      id: newAccessKeyId("AKIA", owner.accountId),
      accountId: owner.accountId,
      ownerKind: owner.kind,
      ownerId: owner.id,
      status: "Active",
      createdAt: clock.now().getTime(),
    } as const;
    const key = await sealAccessKey({ keyring, view }, facts, secret);
    const change = accessChange()
      .expectAbsent(accessKeySpace, key.id)
      .put(accessKeySpace, [key.id], key);
    owner.putKeyIds(change, [...owner.accessKeyIds, key.id]);
    const AccessKey = {
      UserName: owner.name,
      AccessKeyId: key.id,
      Status: key.status,
      SecretAccessKey: secretText(secret),
      CreateDate: new Date(key.createdAt),
    };
    return { output: { AccessKey }, change };
  },
});
