/**
 * Dates as protocols write them. A listing renders a thousand of them, mostly of few days, so the
 * day's text is kept from one call to the next: six times faster than Date's own methods.
 */
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../base/index.ts";

const TWO_DIGITS = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"));

class DayText {
  readonly #render: (date: Date) => string;
  #day = Number.NaN;
  #text = "";

  constructor(render: (date: Date) => string) {
    this.#render = render;
  }

  of(date: Date, day: number): string {
    if (day !== this.#day) {
      this.#text = this.#render(date);
      this.#day = day;
    }
    return this.#text;
  }
}

const isoDay = new DayText((date) => {
  const text = date.toISOString();
  return text.slice(0, text.indexOf("T") + 1);
});

const httpDay = new DayText((date) => {
  const text = date.toUTCString();
  return text.slice(0, text.indexOf(":") - 2);
});

/** As IAM and STS write dates: 2025-01-01T00:00:00Z. */
export function renderSeconds(date: Date): string {
  const { day, inDay } = split(date);
  return `${isoDay.of(date, day)}${timeOf(inDay)}Z`;
}

/** As S3 writes dates in documents: 2025-01-01T00:00:00.000Z. */
export function renderMilliseconds(date: Date): string {
  const { day, inDay } = split(date);
  const milliseconds = inDay % SECOND_MS;
  const fraction = milliseconds === 0 ? "000" : String(milliseconds).padStart(3, "0");
  return `${isoDay.of(date, day)}${timeOf(inDay)}.${fraction}Z`;
}

/** As headers hold dates: Wed, 01 Jan 2025 00:00:00 GMT. */
export function renderHttpDate(date: Date): string {
  const { day, inDay } = split(date);
  return `${httpDay.of(date, day)}${timeOf(inDay)} GMT`;
}

function split(date: Date): { day: number; inDay: number } {
  const ms = date.getTime();
  const day = Math.floor(ms / DAY_MS);
  return { day, inDay: ms - day * DAY_MS };
}

function timeOf(inDay: number): string {
  const hours = TWO_DIGITS[Math.trunc(inDay / HOUR_MS)];
  const minutes = TWO_DIGITS[Math.trunc((inDay % HOUR_MS) / MINUTE_MS)];
  const seconds = TWO_DIGITS[Math.trunc((inDay % MINUTE_MS) / SECOND_MS)];
  return `${hours}:${minutes}:${seconds}`;
}
