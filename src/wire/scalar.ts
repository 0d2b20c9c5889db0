/** Scalars as text, for forms, XML, headers, labels and queries; and blobs as base64. */
import { assert } from "../base/index.ts";
import { renderHttpDate, renderMilliseconds } from "./date-text.ts";
import type { ScalarShape, Shape } from "./shape.ts";

/** The value that a text stands for, or undefined when it is no such value. */
type TextReader = (text: string) => unknown;
type TextWriter = (value: unknown) => string;
export type DateWriter = (value: Date) => string;

const INTEGER = /^[+-]?\d{1,15}$/;
const FLOAT = /^[+-]?\d{1,30}(\.\d{1,30})?([eE][+-]?\d{1,3})?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

const EPOCH = /^-?\d{1,12}(\.\d{1,9})?$/;
const ISO_DATE = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;
const BASIC_DATE = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/;
/** RFC 1123 ("Sun, 06 Nov 1994 08:49:37 GMT"), RFC 850 and asctime, as RFC 9110 §5.6.7 wants. */
const HTTP_DATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? [\w -]{6,12} [\d: ]{7,14}( (GMT|UTC|[+-]\d{4}))?$/;

export function textReader(shape: Shape): TextReader {
  switch (shape.kind) {
    case "string":
      return (text) => text;
    case "integer":
      return (text) => (INTEGER.test(text.trim()) ? Number(text) : undefined);
    case "float":
      return (text) => (FLOAT.test(text.trim()) ? Number(text) : undefined);
    case "boolean":
      return parseBoolean;
    case "timestamp":
      return (text) => parseDate(text.trim());
    case "blob":
      return (text) => parseBase64(text.trim(), shape);
    case "list":
    case "map":
    case "structure":
    default:
      return () => undefined;
  }
}

function parseBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (word === "true") return true;
  return word === "false" ? false : undefined;
}

/** Any of the forms in use is read, whatever the model asks for: AWS does so, and clients differ. */
export function parseDate(text: string): Date | undefined {
  if (EPOCH.test(text)) return validDate(new Date(Number(text) * 1000));
  if (ISO_DATE.test(text)) return validDate(new Date(text));
  const basic = BASIC_DATE.exec(text);
  if (basic) {
    const [, year, month, day, hour, minute, second] = basic;
    return validDate(new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`));
  }
  if (!HTTP_DATE.test(text)) return undefined;
  return validDate(new Date(text.endsWith("GMT") || text.includes("+") ? text : `${text} GMT`));
}

function validDate(date: Date): Date | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** Sensitive bytes get memory of their own, so that whoever takes them can wipe them. */
export function parseBase64(text: string, shape: ScalarShape): Buffer | undefined {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined;
  if (!shape.sensitive) return Buffer.from(text, "base64");
  const bytes = Buffer.alloc(Buffer.byteLength(text, "base64"));
  bytes.write(text, "base64");
  return bytes;
}

export function renderBase64(value: unknown): string {
  assert(value instanceof Uint8Array, "a blob is bytes");
  const bytes = Buffer.isBuffer(value)
    ? value
    : Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return bytes.toString("base64");
}

/** `date` renders timestamps whose form the model leaves to the protocol. */
export function textWriter(shape: ScalarShape, date: DateWriter): TextWriter {
  switch (shape.kind) {
    case "timestamp": {
      const render = dateWriter(shape, date);
      return (value) => {
        assert(value instanceof Date, "a timestamp is a date");
        return render(value);
      };
    }
    case "blob":
      return renderBase64;
    case "string":
    case "integer":
    case "float":
    case "boolean":
    default:
      return String;
  }
}

function dateWriter({ format }: ScalarShape, otherwise: DateWriter): DateWriter {
  switch (format) {
    case "date-time":
      return renderMilliseconds;
    case "http-date":
      return renderHttpDate;
    case "epoch-seconds":
      return (value: Date) => String(value.getTime() / 1000);
    case undefined:
    default:
      return otherwise;
  }
}
