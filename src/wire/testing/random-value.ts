/** Random values of a shape, from a seed: what the conform test sends through the SDK. */
import type { Member, Shape, StructureShape } from "../shape.ts";

/** Whole numbers from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** Mulberry32: small, seeded, good enough to pick cases. */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const TEXTS = [
  "a",
  "x y",
  "<&>\"'",
  "é😀",
  "a=b&c+d%",
  "línea\nnueva",
  "]]>",
  "1",
  "true",
  ",",
  " lead",
];
const HEADER_TEXTS = ["a", "x y", "kid/1", "1,2", "a=b"];
const DEPTH_MAX = 8;

/** A header holds less than a document, and what is in neither is the caller's to remove. */
export function randomStructure(shape: StructureShape, random: Random, depth = 0): object {
  if (shape.union) {
    const member = shape.members[random(shape.members.length)];
    return member === undefined ? {} : { [member.name]: randomMember(member, random, depth) };
  }
  const entries = shape.members
    .filter((member) => member.required || chosen(random, depth))
    .map((member) => [member.name, randomMember(member, random, depth)] as const);
  // An empty structure in a list has no form in a query.
  const first = shape.members.find((member) => isPlain(member.shape)) ?? shape.members[0];
  if (entries.length === 0 && depth > 0 && depth < DEPTH_MAX && first) {
    return { [first.name]: randomMember(first, random, depth) };
  }
  return Object.fromEntries(entries);
}

function chosen(random: Random, depth: number): boolean {
  if (depth >= DEPTH_MAX) return false;
  return depth < 2 ? random(4) > 0 : random(3) === 0;
}

function randomMember({ shape, place }: Member, random: Random, depth: number): unknown {
  const inHeader = place?.in === "header" || place?.in === "headers" || place?.in === "attribute";
  return randomValue(shape, random, { texts: inHeader ? HEADER_TEXTS : TEXTS, depth: depth + 1 });
}

function randomValue(
  shape: Shape,
  random: Random,
  context: { texts: readonly string[]; depth: number },
): unknown {
  switch (shape.kind) {
    case "string":
      return context.texts[random(context.texts.length)];
    case "integer":
      return random(100_000);
    case "float":
      return random(1000) / 8;
    case "boolean":
      return random(2) === 1;
    case "timestamp":
      return new Date(1_700_000_000_000 + random(1_000_000) * 1000);
    case "blob":
      return Uint8Array.from(Buffer.from(`bytes ${random(1000)}`));
    case "list":
      return Array.from({ length: 1 + random(3) }, () =>
        context.texts === HEADER_TEXTS
          ? `item${random(9)}`
          : randomValue(shape.item, random, { ...context, depth: context.depth + 1 }),
      );
    case "map":
      return Object.fromEntries(
        Array.from({ length: 1 + random(3) }, (_, index) => [
          context.texts === HEADER_TEXTS
            ? `key${index}`
            : `key${index}${TEXTS[random(TEXTS.length)]}`,
          randomValue(shape.item, random, { ...context, depth: context.depth + 1 }),
        ]),
      );
    case "structure":
    default:
      return randomStructure(shape, random, context.depth);
  }
}

function isPlain(shape: Shape): boolean {
  return shape.kind === "string" || shape.kind === "integer" || shape.kind === "boolean";
}
