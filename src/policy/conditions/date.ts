/** DateEquals, DateLessThan and their kin, over ISO 8601 dates and seconds since 1970. */
import { never, type Operator } from "./operator.ts";

type Comparison = (value: number, bound: number) => boolean;

export const dateOperators: readonly Operator[] = [
  dateOperator("DateEquals", (value, bound) => value === bound),
  { ...dateOperator("DateNotEquals", (value, bound) => value !== bound), negated: true },
  dateOperator("DateLessThan", (value, bound) => value < bound),
  dateOperator("DateLessThanEquals", (value, bound) => value <= bound),
  dateOperator("DateGreaterThan", (value, bound) => value > bound),
  dateOperator("DateGreaterThanEquals", (value, bound) => value >= bound),
];

function dateOperator(name: string, holds: Comparison): Operator {
  return {
    name,
    negated: false,
    compile(policyValue) {
      const bound = parseDate(policyValue);
      if (bound === undefined) return never;
      return (value) => {
        const date = parseDate(value);
        return date !== undefined && holds(date, bound);
      };
    },
  };
}

const EPOCH = /^[+-]?\d{1,19}$/;
const ISO =
  /^(\d{4})-(\d\d)(?:-(\d\d)(?:[Tt](\d{1,2}):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|z|[+-]\d\d(?::?\d\d)?)?)?)?$/;

/**
 * Milliseconds since 1970 of `2026-11-21`, `2026-11-21T08:00Z`, `2026-11-21T08:00:00.5+02:00` or
 * `1795248000`; undefined when it is no date. A time without a zone is UTC.
 */
export function parseDate(text: string): number | undefined {
  if (EPOCH.test(text)) return withinEpoch(text) ? Number(text) * 1000 : undefined;
  const found = ISO.exec(text);
  if (found === null) return undefined;
  const [, year, month, day = "01", hour = "0", minute = "00", second = "00", fraction, zone] =
    found;
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  const [h, min, s] = [Number(hour), Number(minute), Number(second)];
  if (m < 1 || m > 12 || d < 1 || d > daysIn(y, m) || h > 23 || min > 59 || s > 59)
    return undefined;
  const offset = offsetMinutes(zone ?? "Z");
  if (offset === undefined) return undefined;
  return (
    utc(y, m, d) + ((h * 60 + min - offset) * 60 + s) * 1000 + Number(`0.${fraction ?? 0}`) * 1000
  );
}

/** AWS: seconds beyond a signed 64-bit number are no date. */
function withinEpoch(digits: string): boolean {
  const seconds = BigInt(digits.replace(/^\+/, ""));
  return BigInt.asIntN(64, seconds) === seconds;
}

function utc(year: number, month: number, day: number): number {
  const date = new Date(0);
  return date.setUTCFullYear(year, month - 1, day);
}

function daysIn(year: number, month: number): number {
  const dayMs = 86_400_000;
  return new Date(utc(year, month + 1, 1) - dayMs).getUTCDate();
}

function offsetMinutes(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(":", "") || 0);
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}
