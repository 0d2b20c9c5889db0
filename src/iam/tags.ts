/** Tags of IAM's things: keys are told apart without case and kept as they were given. */
import type { Pairs } from "../records/index.ts";
import { duplicateTags, invalidInput, reservedTag, tooManyTags } from "./errors.ts";
import { TAGS_MAX } from "./limits.ts";

export type TagList = readonly { readonly Key: string; readonly Value: string }[];

/** Throws where a key is reserved or stands twice. */
export function parseTags(tags: TagList): Pairs {
  const pairs = tags.map(({ Key, Value }) => [Key, Value] as const);
  if (pairs.some(([key]) => key.toLowerCase().startsWith("aws:"))) throw reservedTag();
  if (hasDuplicates(tags)) throw invalidInput(duplicateTags);
  return pairs;
}

export function hasDuplicates(tags: TagList): boolean {
  return new Set(tags.map(({ Key }) => Key.toLowerCase())).size < tags.length;
}

export function renderTags(pairs: Pairs): { Key: string; Value: string }[] {
  return pairs.map(([Key, Value]) => ({ Key, Value }));
}

/** Those given go before those there were. */
export function withTags(there: Pairs, given: Pairs): Pairs {
  const kept = withoutTags(
    there,
    given.map(([key]) => key),
  );
  if (kept.length + given.length > TAGS_MAX) throw tooManyTags();
  return [...kept, ...given];
}

export function withoutTags(there: Pairs, keys: readonly string[]): Pairs {
  const gone = new Set(keys.map((key) => key.toLowerCase()));
  return there.filter(([key]) => !gone.has(key.toLowerCase()));
}
