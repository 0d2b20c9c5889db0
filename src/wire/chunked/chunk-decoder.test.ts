import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { ChunkChain, type ChunkSeed } from "../../sigv4/index.ts";
import { ServiceError } from "../service-error.ts";
import { ChunkDecoder } from "./chunk-decoder.ts";
import { LINE_BYTES_MAX } from "./limits.ts";
import { encodeChunks, SEED } from "./testing/encode-chunks.ts";

interface Decoding {
  readonly seed?: ChunkSeed | undefined;
  readonly decodedBytes: number;
  readonly trailers?: "expected" | "none";
}

/** Decodes `raw`, cut at the given places. */
function decode(
  raw: Uint8Array,
  { seed, decodedBytes, trailers = "none" }: Decoding,
  cuts: readonly number[] = [],
): { body: Buffer; trailers: Record<string, string> } {
  const chain = seed && new ChunkChain(seed);
  const decoder = new ChunkDecoder({ chain, decodedBytes, trailers });
  const pieces: Buffer[] = [];
  let start = 0;
  for (const end of [...cuts.toSorted((a, b) => a - b), raw.length]) {
    decoder.push(raw.subarray(start, end), (data) => pieces.push(Buffer.from(data)));
    start = end;
  }
  return { trailers: Object.fromEntries(decoder.end()), body: Buffer.concat(pieces) };
}

const chunkOf = (bytes: number, seed = 1) =>
  Buffer.from(Array.from({ length: bytes }, (_, i) => (i * 31 + seed) & 0xff));
const bodies = fc
  .tuple(fc.array(fc.integer({ min: 8192, max: 9000 }), { maxLength: 2 }), fc.nat(300), fc.nat(255))
  .map(([sizes, last, seed]) =>
    [...sizes, last].filter((size) => size > 0).map((size) => chunkOf(size, seed)),
  );

test("decoding inverts encoding, wherever the bytes are cut", () => {
  const seeds = fc.constantFrom(undefined, SEED);
  const trailer = fc.constantFrom(undefined, "x-amz-checksum-crc32:AAAAAA==");
  const cut = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
  fc.assert(
    fc.property(bodies, seeds, trailer, cut, (chunks, seed, line, places) => {
      const raw = Buffer.concat(encodeChunks(chunks, { seed, trailer: line }));
      const plain = Buffer.concat(chunks);
      const trailers = line === undefined ? "none" : "expected";
      const cuts = places.map((place) => Math.floor(place * raw.length));
      const decoded = decode(raw, { seed, decodedBytes: plain.length, trailers }, cuts);
      assert.ok(decoded.body.equals(plain));
      assert.deepEqual(
        decoded.trailers,
        line === undefined ? {} : { "x-amz-checksum-crc32": "AAAAAA==" },
      );
    }),
  );
});

test("a body may come byte by byte", () => {
  const raw = Buffer.concat(
    encodeChunks([chunkOf(8192), chunkOf(5)], {
      seed: SEED,
      trailer: "x-amz-checksum-crc32:AAAAAA==",
    }),
  );
  const cuts = Array.from({ length: raw.length }, (_, i) => i);
  const options = { seed: SEED, decodedBytes: 8197, trailers: "expected" } as const;
  assert.equal(decode(raw, options, cuts).body.length, 8197);
});

test("nothing is copied", () => {
  const raw = Buffer.concat(encodeChunks([chunkOf(9000)]));
  const decoder = new ChunkDecoder({ chain: undefined, decodedBytes: 9000, trailers: "none" });
  decoder.push(raw, (data) => assert.equal(data.buffer, raw.buffer));
  decoder.end();
});

test("a signed chunk that is there whole is verified before it is released", () => {
  const [first = Buffer.alloc(0)] = encodeChunks([chunkOf(9000)], { seed: SEED });
  first[100] = (first[100] ?? 0) ^ 1;
  const chain = new ChunkChain(SEED);
  const decoder = new ChunkDecoder({ chain, decodedBytes: 9000, trailers: "none" });
  const release = () => assert.fail("released");
  assert.throws(() => decoder.push(first, release), { code: "SignatureDoesNotMatch" });
});

const [A, B] = [chunkOf(8192, 1), chunkOf(8192, 2)];
const [one = A, two = A, last = A, end = A] = encodeChunks([A, B], { seed: SEED });
const signed = { seed: SEED, decodedBytes: 16_384 };
const text = (value: string) => Buffer.from(value);

describe("signed chunks are taken only as they were signed", () => {
  const flip = (piece: Buffer, at: number) => {
    const copy = Buffer.from(piece);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  };
  const foreign = encodeChunks([A, B], { seed: { ...SEED, signature: "1".repeat(64) } });
  const cases: Record<string, Buffer[]> = {
    "one bit flipped": [flip(one, 200), two, last, end],
    "a bit of the last byte flipped": [one, flip(two, two.length - 3), last, end],
    "out of order": [two, one, last, end],
    "the first one replayed": [one, one, last, end],
    "chunks of another request": [...foreign],
    "the end of another request": [one, two, ...foreign.slice(2)],
    "no end but one that is empty and unsigned by us": [
      one,
      two,
      text(`0;chunk-signature=${"0".repeat(64)}\r\n`),
      end,
    ],
  };
  for (const [name, pieces] of Object.entries(cases)) {
    for (const cuts of [[], [100, 5000, 9000]]) {
      test(`${name}, in ${cuts.length + 1} pieces`, () => {
        assert.throws(() => decode(Buffer.concat(pieces), signed, cuts), {
          name: "ServiceError",
          code: "SignatureDoesNotMatch",
          status: 403,
        });
      });
    }
  }
  test("unchanged", () => {
    assert.ok(
      decode(Buffer.concat([one, two, last, end]), signed).body.equals(Buffer.concat([A, B])),
    );
  });
});

describe("what is missing or too much is refused", () => {
  const short =
    "You did not provide the number of bytes specified by the Content-Length HTTP header";
  const broken = "The request body terminated unexpectedly";
  const unsigned = encodeChunks([A]);
  const cases: [name: string, pieces: Buffer[], decoding: Decoding, message: string][] = [
    ["nothing", [], signed, broken],
    ["a chunk dropped", [one, last, end], signed, short],
    ["less than was declared", [one, two, last, end], { ...signed, decodedBytes: 16_385 }, short],
    ["more than was declared", [one, two, last, end], { ...signed, decodedBytes: 16_383 }, short],
    ["the end dropped", [one, two], signed, broken],
    ["cut in a chunk", [one, two.subarray(0, 500)], signed, broken],
    ["cut in a header", [one, two.subarray(0, 20)], signed, broken],
    ["cut before the last line", [one, two, last], signed, broken],
    ["bytes after the end", [one, two, last, end, text("0")], signed, broken],
    ["a second end", [one, two, last, end, last, end], signed, broken],
    [
      "unsigned chunks where signed ones are due",
      unsigned,
      { ...signed, decodedBytes: 8192 },
      broken,
    ],
    [
      "signed chunks where unsigned ones are due",
      [one, two, last, end],
      { decodedBytes: 16_384 },
      broken,
    ],
    ["a size that is none", [text("xyz\r\n")], { decodedBytes: 1 }, broken],
    ["a size below nothing", [text("-1\r\n")], { decodedBytes: 1 }, broken],
    ["no size", [text("\r\n")], { decodedBytes: 1 }, broken],
    ["a size of too many digits", [text(`${"0".repeat(14)}1\r\n`)], { decodedBytes: 1 }, broken],
    ["a line feed alone", [text("1\na\r\n0\r\n\r\n")], { decodedBytes: 1 }, broken],
    ["data that goes on", [text("1\r\nab\r\n0\r\n\r\n")], { decodedBytes: 1 }, broken],
    ["a header without end", [text("1".repeat(LINE_BYTES_MAX + 1))], { decodedBytes: 1 }, broken],
    ["another extension", [text("1;a=b\r\na\r\n0\r\n\r\n")], { decodedBytes: 1 }, broken],
  ];
  for (const [name, pieces, decoding, message] of cases) {
    test(name, () => {
      const expected = { name: "ServiceError", code: "IncompleteBody", status: 400, message };
      const raw = Buffer.concat(pieces);
      assert.throws(() => decode(raw, decoding), expected);
      const everywhere = Array.from({ length: Math.min(raw.length, 600) }, (_, i) => i);
      assert.throws(() => decode(raw, decoding, everywhere), expected);
    });
  }
});

test("not a byte more than was declared is released", () => {
  const decoder = new ChunkDecoder({ chain: undefined, decodedBytes: 8191, trailers: "none" });
  const release = () => assert.fail("released");
  assert.throws(() => decoder.push(encodeChunks([A])[0] ?? A, release), { code: "IncompleteBody" });
});

test("only the last chunk may be small", () => {
  const pieces = encodeChunks([A, chunkOf(10), B]);
  assert.throws(() => decode(Buffer.concat(pieces), { decodedBytes: 16_394 }), {
    code: "InvalidChunkSizeError",
    status: 403,
    message: "Only the last chunk is allowed to have a size less than 8192 bytes",
    members: { Chunk: "3", BadChunkSize: "10" },
  });
});

describe("trailers", () => {
  const line = "x-amz-checksum-crc32:AAAAAA==";
  const pieces = encodeChunks([A], { seed: SEED, trailer: line });
  const expected = { seed: SEED, decodedBytes: 8192, trailers: "expected" } as const;
  const tail = (pieces.at(-1) ?? A).toString();
  const signedTail = (changed: string) => Buffer.concat([...pieces.slice(0, -1), text(changed)]);
  const unsigned = (changed: string) =>
    Buffer.concat([...encodeChunks([A]).slice(0, -1), text(changed)]);
  test("are reported without their signature", () => {
    assert.deepEqual(decode(Buffer.concat(pieces), expected).trailers, {
      "x-amz-checksum-crc32": "AAAAAA==",
    });
  });
  test("may be written in capitals and with blanks where they are unsigned", () => {
    const { trailers } = decode(unsigned("X-Amz-Checksum-CRC32: AAAAAA== \r\n\r\n"), {
      decodedBytes: 8192,
      trailers: "expected",
    });
    assert.deepEqual(trailers, { "x-amz-checksum-crc32": "AAAAAA==" });
  });
  for (const [name, changed] of Object.entries({
    "another value": tail.replace("AAAAAA==", "AAAAAQ=="),
    "another name": tail.replace("crc32", "crc32c"),
    "another signature": tail.replace(/.(?=\r\n\r\n$)/, (c) => (c === "0" ? "1" : "0")),
  })) {
    test(`${name} is not what was signed`, () => {
      assert.throws(() => decode(signedTail(changed), expected), { code: "SignatureDoesNotMatch" });
    });
  }
  const malformed: Record<string, () => unknown> = {
    "without their signature": () => decode(signedTail(`${line}\r\n\r\n`), expected),
    "behind their signature": () =>
      decode(signedTail(tail.replace(/^(.*)\r\n(.*)\r\n/, "$2\r\n$1\r\n")), expected),
    "after their signature": () =>
      decode(signedTail(tail.replace(/\r\n$/, `a:b\r\n\r\n`)), expected),
    twice: () => decode(signedTail(`${line}\r\n${tail}`), expected),
    "without a colon": () => decode(signedTail("nothing\r\n\r\n"), expected),
    "without a name": () => decode(signedTail(":value\r\n\r\n"), expected),
    "without end": () => decode(signedTail("a".repeat(LINE_BYTES_MAX + 1)), expected),
    "in a line that ends badly": () => decode(signedTail(`${line}\n\r\n`), expected),
    "too many": () =>
      decode(unsigned("a:1\r\nb:2\r\nc:3\r\n\r\n"), { decodedBytes: 8192, trailers: "expected" }),
    "where none are due": () => decode(unsigned(`${line}\r\n\r\n`), { decodedBytes: 8192 }),
    "signed where chunks are not": () =>
      decode(unsigned(tail), { decodedBytes: 8192, trailers: "expected" }),
  };
  for (const [name, decoding] of Object.entries(malformed)) {
    test(`${name} are malformed`, () => {
      assert.throws(decoding, {
        code: "MalformedTrailerError",
        status: 400,
        message:
          "The request contained trailing data that was not well-formed or did not conform to our published schema.",
      });
    });
  }
});

test("no input but one that is right ends without an error of ours to the client", () => {
  const token = fc.constantFrom(
    "0",
    "1",
    "5",
    ";chunk-signature=",
    "a",
    "\r\n",
    "\n",
    ":",
    "x-amz-",
    "f".repeat(64),
    "\r\n0\r\n\r\n",
  );
  fc.assert(
    fc.property(
      fc.array(token, { maxLength: 30 }),
      fc.array(fc.nat(60)),
      fc.boolean(),
      (tokens, cuts, isSigned) => {
        const raw = text(tokens.join(""));
        const seed = isSigned ? SEED : undefined;
        try {
          const { body } = decode(
            raw,
            { seed, decodedBytes: 5, trailers: "expected" },
            cuts.filter((cut) => cut < raw.length),
          );
          assert.equal(body.length, 5);
          assert.equal(isSigned, false);
        } catch (error) {
          assert.ok(error instanceof ServiceError, String(error));
        }
      },
    ),
    { numRuns: 500 },
  );
});
