/** What a completion says about the object as a whole: held to what its parts come to. */
import type { UploadRecord } from "../../records/index.ts";
import { invalidRequest } from "../errors.ts";
import type { Completion } from "./completion.ts";
import { badDigest } from "./errors.ts";
import { CHECKSUM_ALGORITHMS } from "../../crypto/index.ts";

export interface WholeInput {
  readonly ChecksumType?: string;
  readonly MpuObjectSize?: number;
}

/** Throws InvalidRequest for another type than that of the upload. */
export function checkChecksumType(
  { ChecksumType: type }: WholeInput,
  { checksum }: UploadRecord,
): void {
  if (type === undefined || type === checksum?.type) return;
  throw invalidRequest(
    `The upload was created using the ${checksum?.type ?? "null"} checksum mode. The complete request must use the same checksum mode.`,
  );
}

/** Throws InvalidRequest for another size, BadDigest for another checksum. */
export function checkObjectValues(
  input: WholeInput,
  upload: UploadRecord,
  { list, checksum: { algorithm, type, bytes } }: Completion,
): void {
  const { MpuObjectSize: size } = input;
  if (size !== undefined && size !== list.size) {
    throw invalidRequest(
      `The provided 'x-amz-mp-object-size' header value ${size} does not match what was computed: ${list.size}`,
    );
  }
  const given = givenChecksum(input);
  if (given === undefined) return;
  const value = Buffer.from(bytes).toString("base64");
  const expected = type === "COMPOSITE" ? `${value}-${list.count}` : value;
  // AWS: the value of a whole object is taken for one only where its type is named.
  const named = upload.checksum?.type !== "FULL_OBJECT" || input.ChecksumType === "FULL_OBJECT";
  if (named && given.algorithm === algorithm && given.value === expected) return;
  throw badDigest(
    `The ${algorithm.toLowerCase()} you specified did not match the calculated checksum.`,
  );
}

function givenChecksum(
  input: object,
): { readonly algorithm: string; readonly value: string } | undefined {
  const members = input as Readonly<Record<string, unknown>>;
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = members[`Checksum${algorithm}`];
    if (typeof value === "string") return { algorithm, value };
  }
  return undefined;
}
