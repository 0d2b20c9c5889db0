/** Tags of a role. */
import { operation } from "../../service/index.ts";
import { putOwner } from "../owners.ts";
import { pageOf } from "../paging.ts";
import { parseTags, renderTags, withoutTags, withTags } from "../tags.ts";
import { accessChange, ownerIn, ownerTarget, requestTags } from "../targets.ts";

export const tagRole = operation({
  service: "iam",
  name: "TagRole",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name, Tags }, scope) {
    const context = requestTags(Tags);
    return [await ownerTarget(scope, "role", { action: "iam:TagRole", name, context })];
  },

  async handle({ Tags }, targets) {
    const role = ownerIn(targets);
    const change = accessChange();
    putOwner(change, "role", { ...role, tags: withTags(role.tags, parseTags(Tags)) });
    return { output: {}, change };
  },
});

export const untagRole = operation({
  service: "iam",
  name: "UntagRole",
  event: { category: "management", readOnly: false },

  async targets({ RoleName: name, TagKeys }, scope) {
    const context = new Map([["aws:tagkeys", TagKeys]]);
    return [await ownerTarget(scope, "role", { action: "iam:UntagRole", name, context })];
  },

  async handle({ TagKeys }, targets) {
    const role = ownerIn(targets);
    const change = accessChange();
    putOwner(change, "role", { ...role, tags: withoutTags(role.tags, TagKeys) });
    return { output: {}, change };
  },
});

export const listRoleTags = operation({
  service: "iam",
  name: "ListRoleTags",
  event: { category: "management", readOnly: true },

  async targets({ RoleName: name }, scope) {
    return [await ownerTarget(scope, "role", { action: "iam:ListRoleTags", name })];
  },

  async handle(input, targets) {
    const { items, page } = pageOf(ownerIn(targets).tags, input, ([key]) => key);
    return { output: { Tags: renderTags(items), ...page } };
  },
});
