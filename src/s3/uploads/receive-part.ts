/** A part's body on its way in, with the tag and the checksum that its upload wants of it. */
import { createChecksum, type ObjectChecksum } from "../../crypto/index.ts";
import type { UploadRecord } from "../../records/index.ts";
import type { BodySource, Scope } from "../../service/index.ts";
import type { BlobStore } from "../../storage/index.ts";
import type { BodyReport } from "../../wire/index.ts";
import { sealIncoming } from "../bodies/sealed-body.ts";
import { invalidRequest } from "../errors.ts";
import { PART_NUMBER_MAX, PUT_BYTES_MAX } from "../limits.ts";
import { entityTag, tagSources } from "../objects/entity-tag.ts";
import { invalidPartNumber, uploadBusy } from "./errors.ts";
import type { ReceivedPart } from "./part.ts";
import { isChecksumAlgorithm } from "./upload-checksum.ts";

/** Throws for a number that no part can have. */
export function checkPartNumber(number: number): void {
  if (!Number.isInteger(number) || number < 1 || number > PART_NUMBER_MAX) {
    throw invalidPartNumber(number);
  }
}

/**
 * Seals a part's body. `computes` says that the client declares no checksum of it, since it does
 * not send it. Throws ServiceError.
 */
export async function receivePart(
  body: BodySource,
  upload: UploadRecord,
  scope: Scope,
  { blobs, declares }: { readonly blobs: BlobStore; readonly declares: "client" | "nobody" },
): Promise<ReceivedPart & { readonly report: BodyReport }> {
  if (upload.state !== "open") throw uploadBusy();
  const { checksum } = upload;
  const own = checksum ? undefined : createChecksum("CRC64NVME");
  const computed = checksum && (checksum.type === "FULL_OBJECT" || declares === "nobody");
  const algorithm = checksum?.algorithm;
  const wishes = {
    ...(upload.encryption.mode === "AES256" && { md5: "computed" as const }),
    ...(computed &&
      algorithm !== undefined &&
      isChecksumAlgorithm(algorithm) && { defaultChecksum: algorithm }),
  };
  const bytesMax = PUT_BYTES_MAX;
  const sealed = await sealIncoming(body, scope, { blobs, wishes, bytesMax, digest: own });
  const { report } = sealed;
  return {
    sealed,
    report,
    etag: entityTag(upload.encryption.mode, tagSources(report)),
    checksum: own
      ? { algorithm: "CRC64NVME", type: "FULL_OBJECT", bytes: own.digest() }
      : partChecksum(report, algorithm),
  };
}

function partChecksum(
  { checksum }: BodyReport,
  expected: string | undefined,
): ObjectChecksum | undefined {
  if (checksum?.algorithm !== expected) {
    const actual = checksum?.algorithm.toLowerCase() ?? "null";
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${expected?.toLowerCase()}, actual checksum Type: ${actual}`,
    );
  }
  return checksum && { algorithm: checksum.algorithm, type: "FULL_OBJECT", bytes: checksum.value };
}
