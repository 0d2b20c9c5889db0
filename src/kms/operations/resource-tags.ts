import { operation } from "../../service/index.ts";
import { tagConditions } from "../conditions.ts";
import { changeKey } from "../key-change.ts";
import { requireNotPendingDeletion } from "../key-state.ts";
import { pageOf, parseMarker, readLimit } from "../paging.ts";
import { addTags, removeTags } from "../tags.ts";
import { keyOf, keyTarget } from "../target.ts";

const BOUNDS = { usual: 50, max: 50 };

export const tagResource = operation({
  service: "kms",
  name: "TagResource",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ KeyId, Tags }, scope) {
    const conditions = tagConditions(Tags);
    return [await keyTarget("kms:TagResource", KeyId, scope, { conditions })];
  },

  async handle({ Tags }, [target]) {
    const key = keyOf(target);
    requireNotPendingDeletion(key);
    return { output: {}, change: changeKey(key, { ...key, tags: addTags(key.tags, Tags) }) };
  },
});

/** No error for a tag that is not there. */
export const untagResource = operation({
  service: "kms",
  name: "UntagResource",
  event: { category: "management", readOnly: false },
  details: { response: () => null },

  async targets({ KeyId, TagKeys }, scope) {
    const conditions = [["aws:tagkeys", TagKeys]] as const;
    return [await keyTarget("kms:UntagResource", KeyId, scope, { conditions })];
  },

  async handle({ TagKeys }, [target]) {
    const key = keyOf(target);
    requireNotPendingDeletion(key);
    return { output: {}, change: changeKey(key, { ...key, tags: removeTags(key.tags, TagKeys) }) };
  },
});

export const listResourceTags = operation({
  service: "kms",
  name: "ListResourceTags",
  event: { category: "management", readOnly: true },

  async targets({ KeyId }, scope) {
    return [await keyTarget("kms:ListResourceTags", KeyId, scope)];
  },

  async handle({ Limit, Marker }, [target]) {
    const key = keyOf(target);
    const list = `ListResourceTags ${key.id}`;
    const after = parseMarker(list, Marker);
    const limit = readLimit(Limit, BOUNDS);
    const { items, ...page } = pageOf(key.tags, ([name]) => name, { list, limit, after });
    const tags = items.map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
    return { output: { Tags: tags, ...page } };
  },
});
