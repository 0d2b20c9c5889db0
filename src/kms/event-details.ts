/** How KMS's calls look in the audit log: CloudTrail records of AWS KMS. */
import type { KmsKeyRecord } from "../records/index.ts";
import { keyArn } from "./key-id.ts";
import { keySpecRow } from "./key-specs.ts";

const dates = new Intl.DateTimeFormat("en-US", {
  timeZone: "UTC",
  dateStyle: "medium",
  timeStyle: "medium",
});

/** "Aug 10, 2022, 10:38:27 PM" */
export function eventDate(date: Date): string {
  // Unicode's data has a narrow no-break space before AM and PM, AWS's records a plain one.
  return dates.format(date).replaceAll("\u202F", " ");
}

/** A key as CreateKey's record shows it. */
export function shownMetadata(key: KmsKeyRecord): object {
  return {
    AWSAccountId: key.accountId,
    keyId: key.id,
    arn: keyArn(key),
    creationDate: eventDate(new Date(key.createdAt)),
    enabled: key.state === "Enabled",
    description: key.description,
    keyUsage: key.usage,
    keyState: key.state,
    origin: key.origin,
    keyManager: key.manager,
    customerMasterKeySpec: key.spec,
    keySpec: key.spec,
    encryptionAlgorithms: keySpecRow(key.spec)?.encryptionAlgorithms ?? [],
    multiRegion: key.multiRegion !== undefined,
  };
}

/** The material that a call worked with. */
export function materialData(
  output: { readonly KeyMaterialId?: string | undefined } | undefined,
): object | undefined {
  const keyMaterialId = output?.KeyMaterialId;
  return keyMaterialId === undefined ? undefined : { keyMaterialId };
}
