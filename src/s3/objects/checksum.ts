/** An object's checksum in requests, envelopes and replies. */
import type { ObjectChecksum } from "../../crypto/index.ts";
import type { BodyReport } from "../../wire/index.ts";

/** AWS: what S3 computes when the client declares nothing. */
export const DEFAULT_CHECKSUM = "CRC64NVME";

/** The checksum members of an output: ChecksumCRC32, …, with its type. */
export type ChecksumMembers = Readonly<Record<string, string>>;

/** What the envelope keeps of a body that was read whole. */
export function fullChecksum({ checksum }: BodyReport): ObjectChecksum | undefined {
  if (!checksum) return undefined;
  return { algorithm: checksum.algorithm, type: "FULL_OBJECT", bytes: checksum.value };
}

/** The members of a reply. `parts` adds AWS's suffix to a composite checksum. */
export function checksumMembers(
  checksum: ObjectChecksum | undefined,
  parts?: number,
): ChecksumMembers {
  if (!checksum) return {};
  const value = Buffer.from(checksum.bytes).toString("base64");
  const suffix = checksum.type === "COMPOSITE" && parts !== undefined ? `-${parts}` : "";
  return { [`Checksum${checksum.algorithm}`]: value + suffix, ChecksumType: checksum.type };
}

/** The members of a reply about one part. AWS: a part's checksum comes without a type. */
export function partMembers(checksum: Omit<ObjectChecksum, "type"> | undefined): ChecksumMembers {
  if (!checksum) return {};
  return { [`Checksum${checksum.algorithm}`]: Buffer.from(checksum.bytes).toString("base64") };
}
