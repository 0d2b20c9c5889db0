/**
 * Reads the body of an S3 request: takes its framing off and holds it to everything that the request
 * says about it (see BodyPlan). For a body in memory there is `verifyBody`, for one that streams
 * `BodyVerifier`; both end with the same report and throw the same errors.
 */
import { assert } from "../../base/index.ts";
import {
  type ChecksumAlgorithm,
  createChecksum,
  type Digest,
  equalBytes,
  md5,
  sha1,
  sha256,
} from "../../crypto/index.ts";
import type { BodyPlan } from "./body-plan.ts";
import { ChunkDecoder, type Release } from "./chunk-decoder.ts";
import { parseChecksum } from "./declared-checksum.ts";
import {
  checksumMismatch,
  incompleteBody,
  invalidRequest,
  malformedTrailer,
  md5Mismatch,
  sha256Mismatch,
} from "./errors.ts";

/** What is known of a body that has been read whole and is what its request says. */
export interface BodyReport {
  /** Of the decoded body. */
  readonly bytes: number;
  /** When a Content-MD5 or the operation asked for it. */
  readonly md5: Buffer | undefined;
  /** The declared checksum, or the operation's default. */
  readonly checksum:
    | {
        readonly algorithm: ChecksumAlgorithm;
        readonly value: Buffer;
        readonly from: "header" | "trailer" | "default";
      }
    | undefined;
}

/** What is computed, each algorithm once. */
type Digests = ReadonlyMap<ChecksumAlgorithm, Buffer>;

/** Reads a body that is in memory. The body returned is a view of `raw` where that is possible. */
export function verifyBody(
  plan: BodyPlan,
  raw: Uint8Array,
): { body: Uint8Array; report: BodyReport } {
  const { body, trailers } = unframe(plan, raw);
  const digests = new Map<ChecksumAlgorithm, Buffer>();
  for (const algorithm of algorithmsOf(plan)) digests.set(algorithm, digestOf(algorithm, body));
  return { body, report: check(plan, body.length, trailers, digests) };
}

/**
 * Reads a body that streams. Decoded data is released as it comes, before it is known to be right.
 *
 * INVARIANT: what was released is the client's body only when `end` has returned; whoever writes it
 * commits nothing before.
 */
export class BodyVerifier {
  readonly #plan: BodyPlan;
  readonly #decoder: ChunkDecoder | undefined;
  readonly #digests: readonly { readonly algorithm: ChecksumAlgorithm; readonly digest: Digest }[];
  readonly #release: Release;
  #bytes = 0;

  /** `release` receives the decoded body in order, as views of what was pushed. */
  constructor(plan: BodyPlan, release: Release) {
    this.#plan = plan;
    this.#release = (data) => this.#take(data, release);
    this.#decoder = plan.chunks && new ChunkDecoder(plan.chunks());
    this.#digests = algorithmsOf(plan).map((algorithm) => ({
      algorithm,
      digest: createChecksum(algorithm),
    }));
  }

  /** Throws ServiceError. */
  push(bytes: Uint8Array): void {
    if (this.#decoder === undefined) this.#release(bytes);
    else this.#decoder.push(bytes, this.#release);
  }

  /** Throws ServiceError when the body is not what the request says. */
  end(): BodyReport {
    const trailers = this.#decoder?.end() ?? new Map<string, string>();
    const digests = new Map(
      this.#digests.map(({ algorithm, digest }) => [algorithm, digest.digest()]),
    );
    return check(this.#plan, this.#bytes, trailers, digests);
  }

  #take(data: Uint8Array, release: Release): void {
    this.#bytes += data.length;
    const { bytes } = this.#plan;
    if (bytes !== undefined && this.#bytes > bytes) throw incompleteBody(bytes, this.#bytes);
    for (const { digest } of this.#digests) digest.update(data);
    release(data);
  }
}

function unframe(
  plan: BodyPlan,
  raw: Uint8Array,
): { body: Uint8Array; trailers: ReadonlyMap<string, string> } {
  if (plan.chunks === undefined) return { body: raw, trailers: new Map() };
  const decoder = new ChunkDecoder(plan.chunks());
  const pieces: Uint8Array[] = [];
  decoder.push(raw, (data) => pieces.push(data));
  const trailers = decoder.end();
  const [first] = pieces;
  const whole = first !== undefined && pieces.length === 1;
  return { body: whole ? first : Buffer.concat(pieces), trailers };
}

function algorithmsOf({
  sha256: claimed,
  md5: expected,
  checksum,
  wishes,
}: BodyPlan): ChecksumAlgorithm[] {
  const algorithms = new Set<ChecksumAlgorithm>();
  if (claimed !== undefined) algorithms.add("SHA256");
  if (expected !== undefined || wishes.md5 === "computed") algorithms.add("MD5");
  const algorithm = checksum?.algorithm ?? wishes.defaultChecksum;
  if (algorithm !== undefined) algorithms.add(algorithm);
  return [...algorithms];
}

/** One call is about half the price of a digest that could be fed more. */
function digestOf(algorithm: ChecksumAlgorithm, body: Uint8Array): Buffer {
  if (algorithm === "SHA256") return sha256(body);
  if (algorithm === "MD5") return md5(body);
  if (algorithm === "SHA1") return sha1(body);
  const checksum = createChecksum(algorithm);
  checksum.update(body);
  return checksum.digest();
}

function check(
  plan: BodyPlan,
  bytes: number,
  trailers: ReadonlyMap<string, string>,
  digests: Digests,
): BodyReport {
  if (plan.bytes !== undefined && bytes !== plan.bytes) throw incompleteBody(plan.bytes, bytes);
  if (plan.sha256 !== undefined) checkSha256(plan.sha256, get(digests, "SHA256"));
  const computedMd5 = digests.get("MD5");
  if (plan.md5 !== undefined) checkMd5(plan.md5, get(digests, "MD5"), plan);
  return { bytes, md5: computedMd5, checksum: checkChecksum(plan, trailers, digests) };
}

function checkSha256(claimed: string, computed: Buffer): void {
  const hex = computed.toString("hex");
  if (hex !== claimed) throw sha256Mismatch(claimed, hex);
}

function checkMd5(expected: Buffer, computed: Buffer, { wishes }: BodyPlan): void {
  if (equalBytes(expected, computed)) return;
  throw md5Mismatch(computed, expected.toString(wishes.expectedDigest ?? "base64"));
}

function checkChecksum(
  { checksum, wishes }: BodyPlan,
  trailers: ReadonlyMap<string, string>,
  digests: Digests,
): BodyReport["checksum"] {
  for (const name of trailers.keys()) if (name !== checksum?.header) throw malformedTrailer();
  if (checksum === undefined) {
    const algorithm = wishes.defaultChecksum;
    if (algorithm === undefined) return undefined;
    return { algorithm, value: get(digests, algorithm), from: "default" };
  }
  const { algorithm, header } = checksum;
  const value = get(digests, algorithm);
  const expected = checksum.value ?? trailingValue(header, algorithm, trailers);
  if (!equalBytes(expected, value)) throw checksumMismatch(algorithm);
  return { algorithm, value, from: checksum.value === undefined ? "trailer" : "header" };
}

function trailingValue(
  header: string,
  algorithm: ChecksumAlgorithm,
  trailers: ReadonlyMap<string, string>,
): Buffer {
  const text = trailers.get(header);
  if (text === undefined) throw malformedTrailer();
  const value = parseChecksum(algorithm, text);
  if (value === undefined) throw invalidRequest(`Value for ${header} trailing header is invalid.`);
  return value;
}

function get(digests: Digests, algorithm: ChecksumAlgorithm): Buffer {
  const digest = digests.get(algorithm);
  assert(digest !== undefined, "what is checked has been computed");
  return digest;
}
