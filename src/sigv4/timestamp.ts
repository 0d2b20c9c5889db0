/**
 * The two forms of a date in signatures: ISO 8601 basic, `20130524T000000Z`, and, in a `Date`
 * header that stands in for `X-Amz-Date`, RFC 7231's. Whole seconds.
 */

const BASIC = /^\d{8}T\d{6}Z$/;
const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} (?:GMT|\+0000)$/;

/** Milliseconds since 1970, or undefined where the text is no such date. */
export function parseTimestamp(text: string): number | undefined {
  if (!BASIC.test(text)) return undefined;
  const [year, month, day] = [number(text, 0, 4), number(text, 4, 6), number(text, 6, 8)];
  const [hour, minute, second] = [number(text, 9, 11), number(text, 11, 13), number(text, 13, 15)];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Milliseconds since 1970, or undefined where the text is no such date. */
export function parseHttpDate(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

export function renderTimestamp(ms: number): string {
  return new Date(ms).toISOString().replaceAll(/[-:]|\.\d{3}/g, "");
}

/** As S3's error documents write a time: `2013-05-24T00:00:00Z`. */
export function renderSeconds(time: Date): string {
  return time.toISOString().replace(/\.\d{3}/, "");
}

function number(text: string, start: number, end: number): number {
  let value = 0;
  for (let i = start; i < end; i++) value = value * 10 + text.charCodeAt(i) - 48;
  return value;
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
