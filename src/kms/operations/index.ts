import { refusingGrantTokens } from "../grant-tokens.ts";
import type { AnyOperation } from "../../service/index.ts";
import type { KmsServices } from "../operation.ts";
import { cancelKeyDeletion } from "./cancel-key-deletion.ts";
import { createAlias } from "./create-alias.ts";
import { createKey } from "./create-key.ts";
import { decrypt } from "./decrypt.ts";
import { deleteAlias } from "./delete-alias.ts";
import { describeKey } from "./describe-key.ts";
import { disableKey } from "./disable-key.ts";
import { disableKeyRotation } from "./disable-key-rotation.ts";
import { enableKey } from "./enable-key.ts";
import { enableKeyRotation } from "./enable-key-rotation.ts";
import { encrypt } from "./encrypt.ts";
import { generateDataKey } from "./generate-data-key.ts";
import { generateDataKeyWithoutPlaintext } from "./generate-data-key-without-plaintext.ts";
import { generateRandom } from "./generate-random.ts";
import { getKeyPolicy, listKeyPolicies, putKeyPolicy } from "./key-policy.ts";
import { getKeyRotationStatus } from "./get-key-rotation-status.ts";
import { listAliases } from "./list-aliases.ts";
import { listKeyRotations } from "./list-key-rotations.ts";
import { listKeys } from "./list-keys.ts";
import { listResourceTags, tagResource, untagResource } from "./resource-tags.ts";
import { reEncrypt } from "./re-encrypt.ts";
import { rotateKeyOnDemand } from "./rotate-key-on-demand.ts";
import { scheduleKeyDeletion } from "./schedule-key-deletion.ts";
import { updateAlias } from "./update-alias.ts";
import { updateKeyDescription } from "./update-key-description.ts";

/** Every operation of KMS that is built. */
export function kmsOperations(services: KmsServices): readonly AnyOperation[] {
  const operations = [
    cancelKeyDeletion,
    createAlias,
    createKey(services),
    decrypt(services),
    deleteAlias,
    describeKey,
    disableKey,
    disableKeyRotation,
    enableKey,
    enableKeyRotation,
    encrypt(services),
    generateDataKey(services),
    generateDataKeyWithoutPlaintext(services),
    generateRandom,
    getKeyPolicy,
    getKeyRotationStatus,
    listAliases,
    listKeyPolicies,
    listKeyRotations,
    listKeys,
    listResourceTags,
    putKeyPolicy,
    reEncrypt(services),
    rotateKeyOnDemand,
    scheduleKeyDeletion,
    tagResource,
    untagResource,
    updateAlias,
    updateKeyDescription,
  ] as readonly AnyOperation[];
  return operations.map(refusingGrantTokens);
}
