/** The checksum that an upload is created with: Amazon S3 User Guide, "Checking object integrity". */
import type { CombinableAlgorithm, ChecksumAlgorithm } from "../../crypto/index.ts";
import { CHECKSUM_ALGORITHMS } from "../../crypto/index.ts";
import type { UploadRecord } from "../../records/index.ts";
import { invalidRequest } from "../errors.ts";

export type UploadChecksum = NonNullable<UploadRecord["checksum"]>;

const COMBINABLE: ReadonlySet<string> = new Set(["CRC32", "CRC32C", "CRC64NVME"]);

/** Whether the checksum of a whole follows from those of its parts. */
export function isCombinable(algorithm: string): algorithm is CombinableAlgorithm {
  return COMBINABLE.has(algorithm);
}

export function isChecksumAlgorithm(name: string): name is ChecksumAlgorithm {
  return (CHECKSUM_ALGORITHMS as readonly string[]).includes(name);
}

/** Undefined: parts keep no checksum that is shown. Throws InvalidRequest. */
export function uploadChecksum({
  ChecksumAlgorithm: asked,
  ChecksumType: type,
}: {
  readonly ChecksumAlgorithm?: string;
  readonly ChecksumType?: string;
}): UploadChecksum | undefined {
  if (asked === undefined) {
    if (type === undefined) return undefined;
    throw invalidRequest(
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const algorithm = asked.toUpperCase();
  if (!isChecksumAlgorithm(algorithm)) {
    throw unsupportedChecksum();
  }
  switch (type) {
    case undefined:
      return { algorithm, type: algorithm === "CRC64NVME" ? "FULL_OBJECT" : "COMPOSITE" };
    case "COMPOSITE":
      if (algorithm === "CRC64NVME") throw unfit(type, algorithm);
      return { algorithm, type };
    case "FULL_OBJECT":
      if (!isCombinable(algorithm)) throw unfit(type, algorithm);
      return { algorithm, type };
    default:
      throw invalidRequest("Value for x-amz-checksum-type header is invalid.");
  }
}

export function unsupportedChecksum() {
  return invalidRequest(
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
  );
}

function unfit(type: string, algorithm: string) {
  return invalidRequest(
    `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
  );
}
