/**
 * What an upload's parts come to: each named part is there and is what the request says, together
 * they have an entity tag, a size and a checksum. Amazon S3 API Reference, CompleteMultipartUpload.
 */
import {
  combineCrc,
  createChecksum,
  type Digest,
  md5,
  type ObjectChecksum,
  type Secret,
} from "../../crypto/index.ts";
import {
  type PartRecord,
  partSpace,
  type RecordStore,
  type UploadRecord,
} from "../../records/index.ts";
import { invalidRequest, malformedXml } from "../errors.ts";
import { PART_BYTES_MIN, PART_NUMBER_MAX, PARTS_PER_PAGE } from "../limits.ts";
import {
  badDigest,
  invalidPart,
  invalidPartNumber,
  invalidPartOrder,
  partTooSmall,
} from "./errors.ts";
import { openPart } from "./part.ts";
import { PartList } from "./part-pages.ts";
import { isChecksumAlgorithm, isCombinable } from "./upload-checksum.ts";

/** A part as a request names it. */
export interface NamedPart {
  readonly number: number;
  /** Without quotation marks. */
  readonly etag: string;
  /** Base64, by algorithm. */
  readonly checksums: ReadonlyMap<string, string>;
}

/** The checksum that S3 makes for an upload without one. */
const OWN_CHECKSUM = { algorithm: "CRC64NVME", type: "FULL_OBJECT" } as const;

export interface Completion {
  readonly list: PartList;
  readonly etag: string;
  readonly checksum: ObjectChecksum;
  /** Whether parts were uploaded that the request does not name. */
  readonly unlisted: boolean;
}

interface CompletedPartInput {
  readonly PartNumber?: number;
  readonly ETag?: string;
}

/** The request's list. Throws for one that is none, before any part is looked at. */
export function namedParts(
  upload: { readonly Parts?: readonly CompletedPartInput[] } | undefined,
  uploadId: string,
): NamedPart[] {
  if (upload === undefined) throw invalidRequest("You must specify at least one part");
  const { Parts = [] } = upload;
  if (Parts.length === 0 || Parts.length > PART_NUMBER_MAX) throw malformedXml();
  const parts = Parts.map(namedPart);
  for (const [at, { number }] of parts.entries()) {
    const before = parts[at - 1];
    if (before && before.number >= number) throw invalidPartOrder(uploadId);
  }
  return parts;
}

function namedPart(part: CompletedPartInput): NamedPart {
  const { PartNumber, ETag } = part;
  if (PartNumber === undefined || ETag === undefined) throw malformedXml();
  if (PartNumber < 1 || PartNumber > PART_NUMBER_MAX) throw invalidPartNumber(PartNumber);
  const checksums = new Map<string, string>();
  for (const [member, value] of Object.entries(part)) {
    const algorithm = member.replace(/^Checksum/, "");
    if (isChecksumAlgorithm(algorithm)) checksums.set(algorithm, String(value));
  }
  return { number: PartNumber, etag: ETag.replaceAll('"', ""), checksums };
}

/** Reads and checks the parts page by page. Throws ServiceError. */
export async function complete(
  upload: UploadRecord,
  named: readonly NamedPart[],
  { store, uploadKey }: { readonly store: RecordStore; readonly uploadKey: Secret },
): Promise<Completion> {
  const { id } = upload;
  const gathered = new Gathered(upload, named);
  let { gte } = partSpace.under(id);
  const { lt } = partSpace.under(id);
  for (;;) {
    const page = await store.page(partSpace, { gte, lt }, { limit: PARTS_PER_PAGE });
    for (const { value } of page) gathered.take(value, uploadKey);
    const last = page.at(-1);
    if (last === undefined || page.length < PARTS_PER_PAGE) break;
    gte = Buffer.concat([last.key, Buffer.of(0)]);
  }
  return gathered.end();
}

class Gathered {
  readonly #upload: UploadRecord;
  readonly #named: readonly NamedPart[];
  readonly #list = new PartList();
  readonly #etags: Buffer[] = [];
  readonly #checksum: Combination;
  #unlisted = false;

  constructor(upload: UploadRecord, named: readonly NamedPart[]) {
    this.#upload = upload;
    this.#named = named;
    this.#checksum = combinationOf(upload.checksum ?? OWN_CHECKSUM);
  }

  /** The next part by its number. */
  take(part: PartRecord, uploadKey: Secret): void {
    const { id } = this.#upload;
    const named = this.#named[this.#list.count];
    if (!named || part.number < named.number) {
      this.#unlisted = true;
      return;
    }
    if (part.number !== named.number || part.etag !== named.etag) {
      throw invalidPart(id, named.number, named.etag);
    }
    const isLast = this.#list.count === this.#named.length - 1;
    if (part.size < PART_BYTES_MIN && !isLast) throw partTooSmall(part);
    const { key, checksum } = openPart(part, id, uploadKey);
    key[Symbol.dispose]();
    if (!checksum) throw new Error("a part keeps the checksum that its upload is made from");
    this.#compare(named, checksum);
    this.#checksum.add(checksum.bytes, part.size);
    this.#etags.push(Buffer.from(part.etag, "hex"));
    this.#list.add(part);
  }

  end(): Completion {
    const missing = this.#named[this.#list.count];
    if (missing) throw invalidPart(this.#upload.id, missing.number, missing.etag);
    const { count } = this.#list;
    return {
      list: this.#list,
      etag: `${md5(Buffer.concat(this.#etags)).toString("hex")}-${count}`,
      checksum: this.#checksum.end(),
      unlisted: this.#unlisted,
    };
  }

  #compare(named: NamedPart, { bytes }: ObjectChecksum): void {
    const { id, checksum } = this.#upload;
    const { number, etag, checksums } = named;
    if (!checksum) {
      if (checksums.size > 0) throw invalidPart(id, number, etag);
      return;
    }
    const given = checksums.get(checksum.algorithm);
    const other = [...checksums.keys()].find((name) => name !== checksum.algorithm);
    if (other !== undefined) {
      throw badDigest(
        `The ${other.toLowerCase()} you specified for part ${number} did not match what we received.`,
      );
    }
    if (given === undefined) {
      if (checksum.type === "FULL_OBJECT") return;
      throw invalidRequest(
        `The upload was created using a ${checksum.algorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      );
    }
    if (given !== Buffer.from(bytes).toString("base64")) throw invalidPart(id, number, etag);
    // AWS: a composite checksum needs parts that are numbered without gaps, from 1.
    if (checksum.type === "COMPOSITE" && number !== this.#list.count + 1) {
      throw invalidPart(id, number, etag);
    }
  }
}

/** The checksum of a whole from those of its parts, given in order. */
interface Combination {
  add(bytes: Uint8Array, size: number): void;
  end(): ObjectChecksum;
}

function combinationOf({
  algorithm,
  type,
}: {
  readonly algorithm: string;
  readonly type: ObjectChecksum["type"];
}): Combination {
  if (!isChecksumAlgorithm(algorithm))
    throw new Error("an upload's checksum has a known algorithm");
  if (type === "COMPOSITE") {
    const digest: Digest = createChecksum(algorithm);
    return {
      add: (bytes) => digest.update(bytes),
      end: () => ({ algorithm, type, bytes: digest.digest() }),
    };
  }
  if (!isCombinable(algorithm)) throw new Error("a full checksum follows from those of its parts");
  let whole: Uint8Array | undefined;
  return {
    add(bytes, size) {
      whole = whole ? combineCrc(algorithm, whole, bytes, size) : bytes;
    },
    end() {
      if (!whole) throw new Error("an upload has at least one part");
      return { algorithm, type, bytes: whole };
    },
  };
}
