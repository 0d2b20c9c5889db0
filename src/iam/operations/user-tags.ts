/** Tags of a user. */
import { operation } from "../../service/index.ts";
import { putOwner } from "../owners.ts";
import { pageOf } from "../paging.ts";
import { parseTags, renderTags, withoutTags, withTags } from "../tags.ts";
import { accessChange, ownerIn, ownerTarget, requestTags } from "../targets.ts";

export const tagUser = operation({
  service: "iam",
  name: "TagUser",
  event: { category: "management", readOnly: false },

  async targets({ UserName: name, Tags }, scope) {
    const context = requestTags(Tags);
    return [await ownerTarget(scope, "user", { action: "iam:TagUser", name, context })];
  },

  async handle({ Tags }, targets) {
    const user = ownerIn(targets);
    const change = accessChange();
    putOwner(change, "user", { ...user, tags: withTags(user.tags, parseTags(Tags)) });
    return { output: {}, change };
  },
});

export const untagUser = operation({
  service: "iam",
  name: "UntagUser",
  event: { category: "management", readOnly: false },

  async targets({ UserName: name, TagKeys }, scope) {
    const context = new Map([["aws:tagkeys", TagKeys]]);
    return [await ownerTarget(scope, "user", { action: "iam:UntagUser", name, context })];
  },

  async handle({ TagKeys }, targets) {
    const user = ownerIn(targets);
    const change = accessChange();
    putOwner(change, "user", { ...user, tags: withoutTags(user.tags, TagKeys) });
    return { output: {}, change };
  },
});

export const listUserTags = operation({
  service: "iam",
  name: "ListUserTags",
  event: { category: "management", readOnly: true },

  async targets({ UserName: name }, scope) {
    return [await ownerTarget(scope, "user", { action: "iam:ListUserTags", name })];
  },

  async handle(input, targets) {
    const { items, page } = pageOf(ownerIn(targets).tags, input, ([key]) => key);
    return { output: { Tags: renderTags(items), ...page } };
  },
});
