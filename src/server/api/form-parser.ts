/**
 * A multipart/form-data body up to its file: fields in memory within limits, the file as a stream.
 * RFC 7578; Amazon S3 API Reference, "POST Object".
 */
import { once } from "node:events";
import type { Readable } from "node:stream";
import { Busboy, type BusboyFileStream } from "@fastify/busboy";
import { ServiceError } from "../../wire/index.ts";
import {
  FORM_FIELD_NAME_BYTES_MAX,
  FORM_FIELDS_BYTES_MAX,
  FORM_FIELDS_MAX,
  FORM_PART_HEADER_BYTES_MAX,
} from "./limits.ts";

export interface ParsedForm {
  /** Those before the file, names in lower case; `${filename}` in them is replaced. */
  readonly fields: ReadonlyMap<string, string>;
  /** The file's bytes, once. Throws ServiceError for a form that ends in the middle. */
  readonly file: AsyncIterable<Buffer>;
}

const FILE = "file";
const FILE_NAME = "${filename}";

/** Reads as far as the file's first byte. Throws ServiceError, and what reading the body throws. */
export async function parseForm(
  contentType: string,
  chunks: AsyncIterableIterator<Buffer>,
): Promise<ParsedForm> {
  const parser = createParser(contentType);
  const fields = new Map<string, string>();
  let bytes = 0;
  const { promise: found, resolve, reject } = Promise.withResolvers<FoundFile>();
  parser.on("field", (name, value, _nameTruncated, valueTruncated) => {
    const nameBytes = Buffer.byteLength(name);
    bytes += nameBytes + Buffer.byteLength(value);
    const long = nameBytes > FORM_FIELD_NAME_BYTES_MAX || bytes > FORM_FIELDS_BYTES_MAX;
    if (long || valueTruncated) reject(tooMuchBefore());
    else fields.set(name.toLowerCase(), value);
  });
  parser.on("fieldsLimit", () => reject(tooMuchBefore()));
  parser.on("partsLimit", () => reject(tooMuchBefore()));
  // What is thrown is the file's reader's to see: the stream ends with it.
  parser.on("file", (_name, stream, name) =>
    resolve({ stream: stream.on("error", () => {}), name }),
  );
  parser.on("error", () => reject(malformedForm()));
  parser.on("finish", () => reject(noFile()));

  const pumped = pump(chunks, parser);
  // The pump goes on while the file is read: whoever reads it waits for its end.
  pumped.catch(reject);
  const { stream, name } = await found;
  const named = new Map([...fields].map(([field, value]) => [field, withName(value, name)]));
  return { fields: named, file: fileOf(stream, pumped) };
}

interface FoundFile {
  readonly stream: BusboyFileStream;
  /** Without a path; undefined where the file came as a plain field. */
  readonly name: string | undefined;
}

type Parser = InstanceType<typeof Busboy>;

function createParser(contentType: string): Parser {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      isPartAFile: (name) => name?.toLowerCase() === FILE,
      limits: {
        fieldSize: FORM_FIELDS_BYTES_MAX,
        fields: FORM_FIELDS_MAX,
        files: 1,
        parts: FORM_FIELDS_MAX + 1,
        headerSize: FORM_PART_HEADER_BYTES_MAX,
      },
    });
  } catch {
    throw malformedForm();
  }
}

async function pump(chunks: AsyncIterableIterator<Buffer>, parser: Parser): Promise<void> {
  try {
    for await (const chunk of chunks) {
      if (!parser.write(chunk)) await once(parser, "drain");
    }
    parser.end();
  } catch (error) {
    parser.destroy();
    throw error;
  }
}

async function* fileOf(
  stream: Readable,
  pumped: Promise<void>,
): AsyncGenerator<Buffer, void, void> {
  // A body that breaks off breaks the file off too.
  pumped.catch((error: unknown) => stream.destroy(error as Error));
  try {
    for await (const piece of stream) yield piece as Buffer;
  } catch (error) {
    await pumped;
    throw error instanceof ServiceError ? error : malformedForm();
  }
}

function withName(value: string, name: string | undefined): string {
  return name === undefined ? value : value.replaceAll(FILE_NAME, () => name);
}

function tooMuchBefore(): ServiceError {
  return new ServiceError(
    "MaxPostPreDataLengthExceededError",
    400,
    "Your POST request fields preceding the upload file were too large.",
  );
}

function malformedForm(): ServiceError {
  return new ServiceError(
    "MalformedPOSTRequest",
    400,
    "The body of your POST request is not well-formed multipart/form-data.",
  );
}

function noFile(): ServiceError {
  return new ServiceError(
    "InvalidArgument",
    400,
    "POST requires exactly one file upload per request.",
    { ArgumentName: FILE, ArgumentValue: "0" },
  );
}
