import type { AnyOperation } from "./operation.ts";

/** Tells nested calls of one request apart: equal inputs have equal keys. Never stored or logged. */
export function inputKey(operation: AnyOperation, input: object): string {
  return `${operation.service}:${operation.name}${textOf(input)}`;
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) {
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return `b${bytes.length}:${bytes.toString("latin1")}`;
  }
  if (Array.isArray(value)) return `[${value.map(textOf).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "";
  const entries = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([name, member]) => `${JSON.stringify(name)}:${textOf(member)}`).join()}}`;
}
