/**
 * Wildcard matching without backtracking: `*` is any run of characters, `?` is one (a UTF-16
 * unit). A pattern is cut at its stars into runs; each run is looked for once, from left to right,
 * so a hostile pattern costs the length of the text times (1 + run length / 32), never more.
 */

const ANY = Symbol("*");
const ONE = Symbol("?");

/** A piece of a pattern: literal text, any run of characters, or one character. */
export type GlobPart = string | typeof ANY | typeof ONE;

/** Whether the whole text matches. */
export type TextTest = (text: string) => boolean;

/** A stretch of a pattern between stars. */
interface Run {
  readonly length: number;
  startsAt(text: string, at: number): boolean;
  /** Where the run first occurs at or after `from`, ending at or before `to`; −1 when nowhere. */
  find(text: string, from: number, to: number): number;
}

const always: TextTest = () => true;

/** The parts of a pattern in which `*` and `?` are wildcards. */
export function globParts(pattern: string): GlobPart[] {
  return pattern
    .split(/([*?])/)
    .filter((piece) => piece !== "")
    .map((piece) => (piece === "*" ? ANY : piece === "?" ? ONE : piece));
}

export function compileGlob(parts: readonly GlobPart[]): TextTest {
  if (parts.length === 0) return (text) => text === "";
  if (parts.every((part) => typeof part === "string")) return exactly(parts.join(""));
  if (parts.every((part) => part === ANY)) return always;

  const stretches = cutAtStars(parts);
  const [first, last] = [stretches[0], stretches.at(-1)];
  if (stretches.length === 1 || first === undefined || last === undefined) {
    const whole = runOf(first ?? []);
    return (text) => text.length === whole.length && whole.startsAt(text, 0);
  }
  if (stretches.length === 2 && last.length === 0 && first.every((p) => typeof p === "string")) {
    const prefix = first.join("");
    return (text) => text.startsWith(prefix);
  }
  return inOrder(runOf(first), stretches.slice(1, -1).map(runOf), runOf(last));
}

function exactly(literal: string): TextTest {
  return (text) => text === literal;
}

function inOrder(first: Run, middle: readonly Run[], last: Run): TextTest {
  const lengthMin = middle.reduce((sum, run) => sum + run.length, first.length + last.length);
  return (text) => {
    if (text.length < lengthMin) return false;
    const end = text.length - last.length;
    if (!first.startsAt(text, 0) || !last.startsAt(text, end)) return false;
    let from = first.length;
    for (const run of middle) {
      const at = run.find(text, from, end);
      if (at < 0) return false;
      from = at + run.length;
    }
    return true;
  };
}

function cutAtStars(parts: readonly GlobPart[]): Exclude<GlobPart, typeof ANY>[][] {
  const stretches: Exclude<GlobPart, typeof ANY>[][] = [[]];
  for (const part of parts) {
    if (part === ANY) stretches.push([]);
    else stretches.at(-1)?.push(part);
  }
  return stretches;
}

function runOf(parts: readonly Exclude<GlobPart, typeof ANY>[]): Run {
  const literal = parts.every((part) => typeof part === "string");
  return literal ? literalRun(parts.join("")) : runWithHoles(parts);
}

function literalRun(text: string): Run {
  return {
    length: text.length,
    startsAt: (subject, at) => subject.startsWith(text, at),
    find(subject, from, to) {
      const at = subject.indexOf(text, from);
      return at >= 0 && at + text.length <= to ? at : -1;
    },
  };
}

/** Shift-And (Baeza-Yates and Gonnet): one bit per position of the run, 32 to a word. */
function runWithHoles(parts: readonly Exclude<GlobPart, typeof ANY>[]): Run {
  const units = parts.flatMap((part) =>
    part === ONE ? [undefined] : Array.from({ length: part.length }, (_, i) => part.charCodeAt(i)),
  );
  const words = Math.ceil(units.length / 32);
  const holes = new Uint32Array(words);
  const masks = new Map<number, Uint32Array>();
  units.forEach((unit, at) => {
    if (unit === undefined) setBit(holes, at);
  });
  units.forEach((unit, at) => {
    if (unit === undefined) return;
    const mask = masks.get(unit) ?? holes.slice();
    setBit(mask, at);
    masks.set(unit, mask);
  });
  return {
    length: units.length,
    startsAt: (text, at) =>
      units.every((unit, i) => unit === undefined || text.charCodeAt(at + i) === unit),
    find(text, from, to) {
      const state = new Uint32Array(words);
      for (let at = from; at < to; at++) {
        step(state, masks.get(text.charCodeAt(at)) ?? holes);
        if (hasBit(state, units.length - 1)) return at - units.length + 1;
      }
      return -1;
    },
  };
}

function step(state: Uint32Array, mask: Uint32Array): void {
  let carry = 1;
  for (let word = 0; word < state.length; word++) {
    const bits = state[word] ?? 0;
    state[word] = ((bits << 1) | carry) & (mask[word] ?? 0);
    carry = bits >>> 31;
  }
}

function setBit(words: Uint32Array, at: number): void {
  words[at >>> 5] = (words[at >>> 5] ?? 0) | (1 << (at & 31));
}

function hasBit(words: Uint32Array, at: number): boolean {
  return (((words[at >>> 5] ?? 0) >>> (at & 31)) & 1) === 1;
}
