import type { Pairs } from "../records/index.ts";
import { invalidTag } from "./errors.ts";
import { TAGS_PER_KEY_MAX } from "./limits.ts";

export interface Tag {
  readonly TagKey: string;
  readonly TagValue: string;
}

/** A key's tags with others added; those of equal keys are replaced. Throws TagException. */
export function addTags(tags: Pairs, added: readonly Tag[]): Pairs {
  const names = added.map(({ TagKey }) => TagKey);
  if (new Set(names).size < names.length) throw invalidTag("Duplicate tag keys");
  if (names.some(isReserved)) throw invalidTag("Tags beginning with aws: are reserved");
  const all = new Map(tags);
  for (const { TagKey, TagValue } of added) all.set(TagKey, TagValue);
  if (all.size > TAGS_PER_KEY_MAX) throw invalidTag("Too many tags");
  return [...all];
}

/** A key's tags without some; a tag that is not there is no error. */
export function removeTags(tags: Pairs, names: readonly string[]): Pairs {
  if (names.some(isReserved)) throw invalidTag("Tags beginning with aws: are reserved");
  return tags.filter(([name]) => !names.includes(name));
}

function isReserved(name: string): boolean {
  return name.toLowerCase().startsWith("aws:");
}
