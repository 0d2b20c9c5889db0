import type { KmsKeyRecord } from "../records/index.ts";
import type { Output } from "../wire/index.ts";
import { keyArn } from "./key-id.ts";
import { keySpecRow } from "./key-specs.ts";

type KeyMetadata = NonNullable<Output<"kms", "DescribeKey">["KeyMetadata"]>;

/** A key as CreateKey and DescribeKey show it. AWS KMS API Reference, "KeyMetadata". */
export function keyMetadata(key: KmsKeyRecord): KeyMetadata {
  const arn = keyArn(key);
  const { deletesAt, currentMaterialId } = key;
  return {
    AWSAccountId: key.accountId,
    KeyId: key.id,
    Arn: arn,
    CreationDate: new Date(key.createdAt),
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: key.usage as KeyMetadata["KeyUsage"],
    KeyState: key.state,
    ...(deletesAt !== undefined && { DeletionDate: new Date(deletesAt) }),
    Origin: key.origin,
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec as KeyMetadata["CustomerMasterKeySpec"],
    KeySpec: key.spec as KeyMetadata["KeySpec"],
    ...encryptionAlgorithms(key),
    MultiRegion: key.multiRegion !== undefined,
    ...(currentMaterialId !== undefined && { CurrentKeyMaterialId: currentMaterialId }),
  };
}

function encryptionAlgorithms({
  usage,
  spec,
}: KmsKeyRecord): Pick<KeyMetadata, "EncryptionAlgorithms"> {
  if (usage !== "ENCRYPT_DECRYPT") return {};
  const algorithms = keySpecRow(spec)?.encryptionAlgorithms ?? [];
  return { EncryptionAlgorithms: algorithms as NonNullable<KeyMetadata["EncryptionAlgorithms"]> };
}
