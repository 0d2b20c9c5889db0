import { hmacKey, hmacSha256Hex, sha256Hex } from "../../../crypto/index.ts";
import { type ChunkSeed, EMPTY_SHA256 } from "../../../sigv4/index.ts";

export const SEED: ChunkSeed = {
  key: hmacKey(Buffer.alloc(32, 7)),
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  timestamp: "20260101T120000Z",
  scope: "20260101/us-east-1/s3/aws4_request",
  signature: "0".repeat(64),
};

/** The pieces of an `aws-chunked` body: each chunk, the last one, the trailers. */
export function encodeChunks(
  chunks: readonly Uint8Array[],
  { seed, trailer }: { seed?: ChunkSeed | undefined; trailer?: string | undefined } = {},
): Buffer[] {
  let previous = seed?.signature ?? "";
  const sign = (algorithm: string, hashes: string) => {
    if (seed === undefined) return "";
    const text = [algorithm, seed.timestamp, seed.scope, previous, hashes].join("\n");
    return (previous = hmacSha256Hex(seed.key, text));
  };
  const pieces = [...chunks, new Uint8Array()].map((data) => {
    const signature = sign("AWS4-HMAC-SHA256-PAYLOAD", `${EMPTY_SHA256}\n${sha256Hex(data)}`);
    const extension = seed === undefined ? "" : `;chunk-signature=${signature}`;
    const end = data.length === 0 ? "" : "\r\n";
    return Buffer.concat([
      Buffer.from(`${data.length.toString(16)}${extension}\r\n`),
      data,
      Buffer.from(end),
    ]);
  });
  let tail = trailer === undefined ? "" : `${trailer}\r\n`;
  if (seed !== undefined && trailer !== undefined) {
    const signature = sign("AWS4-HMAC-SHA256-TRAILER", sha256Hex(`${trailer}\n`));
    tail += `x-amz-trailer-signature:${signature}\r\n`;
  }
  return [...pieces, Buffer.from(`${tail}\r\n`)];
}
