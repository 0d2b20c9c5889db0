import { CHECKSUM_ALGORITHMS, CHECKSUM_BYTES, type ChecksumAlgorithm } from "../../crypto/index.ts";
import { invalidRequest } from "./errors.ts";

/** A checksum that the client says its body has. */
export interface DeclaredChecksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Undefined while it is still to come, in a trailer of the name `header`. */
  readonly value: Buffer | undefined;
  /** `x-amz-checksum-crc32` */
  readonly header: string;
}

type Headers = Readonly<Record<string, string>>;

const PREFIX = "x-amz-checksum-";

/** What begins like a checksum and is none. */
const OTHERS: ReadonlySet<string> = new Set([
  "x-amz-checksum-algorithm",
  "x-amz-checksum-mode",
  "x-amz-checksum-type",
]);

const ALGORITHMS: ReadonlyMap<string, ChecksumAlgorithm> = new Map(
  CHECKSUM_ALGORITHMS.map((algorithm) => [PREFIX + algorithm.toLowerCase(), algorithm]),
);

/**
 * The checksum that a request's headers declare, by value or as a trailer; undefined when there is
 * none. Throws ServiceError: for a malformed value, for two, for an unknown algorithm, and for an
 * `x-amz-sdk-checksum-algorithm` that nothing follows up.
 */
export function declaredChecksum(headers: Headers): DeclaredChecksum | undefined {
  const declared = [...trailerChecksums(headers), ...headerChecksums(headers)];
  if (declared.length > 1) {
    throw invalidRequest(
      "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
    );
  }
  const [checksum] = declared;
  checkSdkAlgorithm(headers["x-amz-sdk-checksum-algorithm"], checksum);
  return checksum;
}

/** The bytes of a checksum in base64, or undefined where the text is not exactly that. */
export function parseChecksum(algorithm: ChecksumAlgorithm, base64: string): Buffer | undefined {
  const value = Buffer.from(base64, "base64");
  const whole = value.length === CHECKSUM_BYTES[algorithm] && value.toString("base64") === base64;
  return whole ? value : undefined;
}

function headerChecksums(headers: Headers): DeclaredChecksum[] {
  const found: DeclaredChecksum[] = [];
  for (const header in headers) {
    if (!header.startsWith(PREFIX) || OTHERS.has(header)) continue;
    const algorithm = ALGORITHMS.get(header);
    if (algorithm === undefined) throw unsupported();
    const value = parseChecksum(algorithm, headers[header] ?? "");
    if (value === undefined) throw invalidRequest(`Value for ${header} header is invalid.`);
    found.push({ algorithm, value, header });
  }
  return found;
}

function trailerChecksums(headers: Headers): DeclaredChecksum[] {
  const trailers = headers["x-amz-trailer"];
  if (trailers === undefined) return [];
  return trailers.split(",", CHECKSUM_ALGORITHMS.length + 1).map((name) => {
    const header = name.trim().toLowerCase();
    const algorithm = ALGORITHMS.get(header);
    if (algorithm === undefined) {
      throw invalidRequest("The value specified in the x-amz-trailer header is not supported");
    }
    return { algorithm, value: undefined, header };
  });
}

function checkSdkAlgorithm(
  named: string | undefined,
  checksum: DeclaredChecksum | undefined,
): void {
  if (named === undefined) return;
  if (checksum === undefined) {
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
  if (named.toUpperCase() !== checksum.algorithm) {
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
}

function unsupported(): Error {
  return invalidRequest(
    `Checksum algorithm provided is unsupported. Please try again with any of the valid types: [${CHECKSUM_ALGORITHMS.join(", ")}]`,
  );
}
