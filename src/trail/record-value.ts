/** How a record writes request and response members: names in lowerCamel, nothing binary. */

/** requestParameters and responseElements are cut beyond this many characters of JSON. */
export const ELEMENT_CHARS_MAX = 100_000;

const MONTHS = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
] as const;

/**
 * The value as a record shows it. Bytes and secrets are left out, whatever they are; dates are
 * written as CloudTrail writes them ("Aug 10, 2022, 10:38:27 PM").
 */
export function recordValue(value: unknown): unknown {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (value instanceof Date) return recordDate(value);
  if (Array.isArray(value)) return value.map(recordValue).filter((item) => item !== undefined);
  if (!isPlain(value)) return undefined;
  const entries: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const shown = recordValue(member);
    if (shown !== undefined) entries.push([lowerFirst(name), shown]);
  }
  return Object.fromEntries(entries);
}

/** An element of a record: null when empty, a mark when it is too large. */
export function recordElement(value: object | null | undefined): object | null {
  if (value === null || value === undefined || Object.keys(value).length === 0) return null;
  return JSON.stringify(value).length > ELEMENT_CHARS_MAX ? { omitted: true } : value;
}

export function recordDate(date: Date): string {
  const hours = date.getUTCHours();
  const pad = (part: number) => String(part).padStart(2, "0");
  const day = `${MONTHS[date.getUTCMonth()]} ${date.getUTCDate()}, ${date.getUTCFullYear()}`;
  const time = `${hours % 12 || 12}:${pad(date.getUTCMinutes())}:${pad(date.getUTCSeconds())}`;
  return `${day}, ${time} ${hours < 12 ? "AM" : "PM"}`;
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
