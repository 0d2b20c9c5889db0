import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { FORM_FIELDS_BYTES_MAX, FORM_FIELDS_MAX } from "./limits.ts";
import { parseForm } from "./form-parser.ts";

const BOUNDARY = "----a boundary";
const CONTENT_TYPE = `multipart/form-data; boundary="${BOUNDARY}"`;

const field = (name: string, value: string | Buffer, more = "", type = "") =>
  Buffer.concat([
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${more}\r\n`),
    Buffer.from(`${type}\r\n`),
    Buffer.from(value),
    Buffer.from("\r\n"),
  ]);
const file = (bytes: Buffer, name = "my file.txt") =>
  field("file", bytes, `; filename="${name}"`, "Content-Type: text/plain\r\n");
const END = Buffer.from(`--${BOUNDARY}--\r\n`);

async function* inPieces(body: Buffer, sizes: readonly number[] = [body.length]) {
  for (let at = 0, turn = 0; at < body.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield body.subarray(at, at + size);
    at += size;
  }
}

const parse = (body: Buffer, sizes?: readonly number[]) =>
  parseForm(CONTENT_TYPE, inPieces(body, sizes) as AsyncIterableIterator<Buffer>);
const wholeOf = async (pieces: AsyncIterable<Buffer>) =>
  Buffer.concat(await Array.fromAsync(pieces));
const refusal = (code: string) => ({ name: "ServiceError", code, status: 400 });

describe("a form", () => {
  test("is the same however its bytes arrive", async () => {
    const bytes = Buffer.from(Array.from({ length: 3000 }, (_, at) => (at * 7) % 256));
    // Bytes that look like the beginning of a boundary belong to the file.
    const tricky = Buffer.concat([bytes, Buffer.from(`\r\n--${BOUNDARY.slice(0, 5)}`), bytes]);
    const body = Buffer.concat([
      field("Key", "up/${filename}"),
      field("x-amz-meta-Colour", "blü"),
      file(tricky),
      field("after", "ignored"),
      END,
    ]);
    const sizes = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (pieces) => {
        const form = await parse(body, pieces);
        assert.ok((await wholeOf(form.file)).equals(tricky));
        assert.deepEqual(
          [...form.fields],
          [
            ["key", "up/my file.txt"],
            ["x-amz-meta-colour", "blü"],
          ],
        );
      }),
      { numRuns: 40 },
    );
  });

  test("is read no faster than its file", async () => {
    let sent = 0;
    const head = Buffer.concat([field("key", "k"), file(Buffer.alloc(0)).subarray(0, -2)]);
    async function* endless() {
      yield head;
      for (; sent < 1000; sent += 1) yield Buffer.alloc(65_536);
      yield Buffer.concat([Buffer.from("\r\n"), END]);
    }
    const form = await parseForm(CONTENT_TYPE, endless() as AsyncIterableIterator<Buffer>);
    const pieces = form.file[Symbol.asyncIterator]();
    await pieces.next();
    for (let turn = 0; turn < 20; turn += 1) await new Promise((done) => setImmediate(done));
    assert.ok(sent < 10, `${sent} pieces were taken while nobody read`);
    let bytes = 65_536;
    for (let next = await pieces.next(); next.done !== true; next = await pieces.next()) {
      bytes += next.value.length;
    }
    assert.ok(bytes >= 1000 * 65_536);
  });

  test("takes a file that came as a plain field, and leaves its name open", async () => {
    const body = Buffer.concat([field("key", "${filename}"), field("file", "text"), END]);
    const form = await parse(body);
    assert.equal(String(await wholeOf(form.file)), "text");
    assert.equal(form.fields.get("key"), "${filename}");
  });

  test("keeps no path of the file's name, and no pattern in it", async () => {
    for (const [sent, kept] of [
      ["../../etc/passwd", "passwd"],
      ["$&$'", "$&$'"],
    ] as const) {
      const form = await parse(
        Buffer.concat([field("key", "${filename}"), file(Buffer.from("x"), sent), END]),
      );
      assert.equal(form.fields.get("key"), kept);
    }
  });

  const beforeFile = (...fields: readonly Buffer[]) =>
    Buffer.concat([...fields, file(Buffer.from("x")), END]);
  const refusals: [string, Buffer, string][] = [
    ["without a file", Buffer.concat([field("key", "k"), END]), "InvalidArgument"],
    [
      "with a field that is too long",
      beforeFile(field("key", "k".repeat(FORM_FIELDS_BYTES_MAX + 1))),
      "MaxPostPreDataLengthExceededError",
    ],
    [
      "with fields that are too long together",
      beforeFile(...["a", "b", "c"].map((name) => field(name, "k".repeat(7000)))),
      "MaxPostPreDataLengthExceededError",
    ],
    [
      "with too many fields",
      beforeFile(...Array.from({ length: FORM_FIELDS_MAX + 1 }, (_, n) => field(`f${n}`, ""))),
      "MaxPostPreDataLengthExceededError",
    ],
    [
      "with a name that is too long",
      beforeFile(field("n".repeat(300), "")),
      "MaxPostPreDataLengthExceededError",
    ],
    ["that ends before its file", field("key", "k").subarray(0, -9), "MalformedPOSTRequest"],
  ];
  for (const [name, body, code] of refusals) {
    test(`${name} is refused as ${code}`, async () => {
      await assert.rejects(parse(body), refusal(code));
    });
  }

  test("without a boundary is refused", async () => {
    const chunks = inPieces(END) as AsyncIterableIterator<Buffer>;
    await assert.rejects(parseForm("multipart/form-data", chunks), refusal("MalformedPOSTRequest"));
  });

  test("that ends within its file is never taken for whole", async () => {
    const body = Buffer.concat([field("key", "k"), file(Buffer.alloc(1000, 1))]);
    for (const cut of [1, 2, 500]) {
      const form = await parse(body.subarray(0, body.length - cut));
      await assert.rejects(wholeOf(form.file), refusal("MalformedPOSTRequest"));
    }
  });

  test("whose body breaks off passes on why", async () => {
    const broken = new Error("the client went away");
    async function* breaking() {
      yield Buffer.concat([field("key", "k"), file(Buffer.alloc(1000, 1)).subarray(0, -500)]);
      throw broken;
    }
    const form = await parseForm(CONTENT_TYPE, breaking() as AsyncIterableIterator<Buffer>);
    await assert.rejects(wholeOf(form.file), (error) => error === broken);
    async function* early() {
      yield field("key", "k");
      throw broken;
    }
    await assert.rejects(
      parseForm(CONTENT_TYPE, early() as AsyncIterableIterator<Buffer>),
      (error) => error === broken,
    );
  });
});
