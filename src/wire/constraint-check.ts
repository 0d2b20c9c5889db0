/**
 * Checks an input against the model's constraints and says what it found in AWS's words:
 *
 *     1 validation error detected: Value 'x' at 'pendingWindowInDays' failed to satisfy constraint: …
 *
 * A value longer than its maximum is not run against its pattern, so that a pattern's cost is
 * bounded by the model.
 */
import { isEntries } from "./entries.ts";
import type { Constraints, ListShape, MapShape, Shape, StructureShape } from "./shape.ts";

/** How a service words what it found; all else is common to them. */
interface Wording {
  /** IAM names neither the value nor the members of an enum. */
  readonly terse: boolean;
}

/** Collects what is wrong, in the order of the shape's members. */
export class Findings {
  readonly #wording: Wording;
  readonly #found: string[] = [];

  constructor(wording: Wording) {
    this.#wording = wording;
  }

  get none(): boolean {
    return this.#found.length === 0;
  }

  get full(): boolean {
    return this.#found.length >= FINDINGS_MAX;
  }

  /** The message; undefined when there is nothing to say. */
  message(): string | undefined {
    const count = this.#found.length;
    if (count === 0) return undefined;
    return `${count} validation error${count > 1 ? "s" : ""} detected: ${this.#found.join("; ")}`;
  }

  missing(path: string): void {
    const value = this.#wording.terse ? "Value" : "Value null";
    this.#found.push(`${value} at '${path}' failed to satisfy constraint: Member must not be null`);
  }

  broken(path: string, shape: Shape, value: unknown, rule: Rule): void {
    const constraint = this.#wording.terse && rule.short !== undefined ? rule.short : rule.text;
    const shown = this.#wording.terse ? undefined : showable(shape, value);
    const subject = shown === undefined ? "Value" : `Value '${shown}'`;
    this.#found.push(`${subject} at '${path}' failed to satisfy constraint: ${constraint}`);
  }
}

/** One constraint, and what breaks it. */
interface Rule {
  readonly text: string;
  readonly short?: string;
  readonly holds: (value: unknown) => boolean;
}

type Check = (value: unknown, path: string, findings: Findings) => void;

const FINDINGS_MAX = 100;
const SHOWN_MAX = 4096;

const structureChecks = new WeakMap<StructureShape, Check>();

/** Compiled on first use and kept with the shape. `path` is that of the structure: "" at the top. */
export function structureCheck(shape: StructureShape): Check {
  const known = structureChecks.get(shape);
  if (known) return known;
  let members: ReturnType<typeof memberChecks> | undefined;
  const check: Check = (value, path, findings) => {
    if (!isEntries(value)) return;
    members ??= memberChecks(shape);
    for (const { name, path: own, required, run } of members) {
      const entry = value[name];
      if (entry === undefined || entry === null) {
        if (required) findings.missing(joined(path, own));
      } else if (run !== undefined) {
        run(entry, joined(path, own), findings);
      }
    }
  };
  structureChecks.set(shape, check);
  return check;
}

/** Only members that can be wrong. */
function memberChecks(shape: StructureShape) {
  return shape.members
    .map(({ name, required, shape: type }) => ({
      name,
      path: `${name.charAt(0).toLowerCase()}${name.slice(1)}`,
      required,
      run: checkFor(type),
    }))
    .filter(({ required, run }) => required || run !== undefined);
}

function joined(path: string, member: string): string {
  return path === "" ? member : `${path}.${member}`;
}

function checkFor(shape: Shape): Check | undefined {
  const rules = rulesOf(shape);
  const inner = innerCheck(shape);
  if (rules.length === 0) return inner;
  return (value, path, findings) => {
    for (const rule of rules) {
      if (!rule.holds(value)) findings.broken(path, shape, value, rule);
    }
    inner?.(value, path, findings);
  };
}

function innerCheck(shape: Shape): Check | undefined {
  if (shape.kind === "structure") return structureCheck(shape);
  if (shape.kind === "list") return listCheck(shape);
  return shape.kind === "map" ? mapCheck(shape) : undefined;
}

function listCheck(shape: ListShape): Check | undefined {
  const rules = rulesOf(shape.item);
  // AWS: the items' own constraints are named together, at the list.
  const all: Rule = {
    text: `Member must satisfy constraint: [${textsOf(rules)}]`,
    holds: (value) => Array.isArray(value) && value.every((item) => allHold(rules, item)),
  };
  const inner = innerCheck(shape.item);
  if (rules.length === 0 && inner === undefined) return undefined;
  return (value, path, findings) => {
    if (!Array.isArray(value)) return;
    if (!all.holds(value)) findings.broken(path, shape, value, all);
    if (inner === undefined) return;
    for (const [index, item] of value.entries()) {
      if (findings.full) return;
      inner(item, `${path}.${index + 1}.member`, findings);
    }
  };
}

function mapCheck(shape: MapShape): Check | undefined {
  const keyRules = rulesOf(shape.key);
  const itemRules = rulesOf(shape.item);
  const keys: Rule = {
    text: `Map keys must satisfy constraint: [${textsOf(keyRules)}]`,
    holds: (value) => isEntries(value) && Object.keys(value).every((key) => allHold(keyRules, key)),
  };
  const items: Rule = {
    text: `Map value must satisfy constraint: [${textsOf(itemRules)}]`,
    holds: (value) =>
      isEntries(value) && Object.values(value).every((item) => allHold(itemRules, item)),
  };
  const inner = innerCheck(shape.item);
  if (keyRules.length === 0 && itemRules.length === 0 && inner === undefined) return undefined;
  return (value, path, findings) => {
    if (!isEntries(value)) return;
    for (const rule of [keys, items]) {
      if (!rule.holds(value)) findings.broken(path, shape, value, rule);
    }
    if (inner === undefined) return;
    for (const [key, item] of Object.entries(value)) {
      if (findings.full) return;
      inner(item, `${path}.${key}.member`, findings);
    }
  };
}

function allHold(rules: readonly Rule[], value: unknown): boolean {
  return rules.every((rule) => rule.holds(value));
}

function textsOf(rules: readonly Rule[]): string {
  return rules.map(({ text }) => text).join(", ");
}

function rulesOf(shape: Shape): readonly Rule[] {
  const { min, max, enum: values } = shape;
  const rules: Rule[] = [];
  const what = shape.kind === "integer" || shape.kind === "float" ? "value" : "length";
  if (max !== undefined) {
    const text = `Member must have ${what} less than or equal to ${max}`;
    rules.push({ text, holds: (value) => sizeOf(value) <= max });
  }
  if (min !== undefined && !(min === 0 && what === "length")) {
    const text = `Member must have ${what} greater than or equal to ${min}`;
    rules.push({ text, holds: (value) => sizeOf(value) >= min });
  }
  const pattern = patternRule(shape);
  if (pattern) rules.push(pattern);
  if (values !== undefined) {
    const set = new Set<unknown>(values);
    const short = "Member must satisfy enum value set";
    rules.push({
      text: `${short}: [${values.join(", ")}]`,
      short,
      holds: (value) => set.has(value),
    });
  }
  return rules;
}

function patternRule(shape: Constraints): Rule | undefined {
  const { pattern, max = Infinity } = shape;
  if (pattern === undefined) return undefined;
  const expression = runnablePattern(shape);
  return {
    text: `Member must satisfy regular expression pattern: ${pattern}`,
    holds: (value) => typeof value !== "string" || value.length > max || expression.test(value),
  };
}

/** The pattern as it is run: on the whole value, as Java's `matches` does. */
export function runnablePattern({ pattern = "", safePattern = pattern }: Constraints): RegExp {
  return new RegExp(`^(?:${safePattern})$`, "u");
}

function sizeOf(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" || Array.isArray(value)) return value.length;
  if (value instanceof Uint8Array) return value.byteLength;
  return isEntries(value) ? Object.keys(value).length : 0;
}

/** A value as AWS shows it; undefined for what it does not show: blobs, secrets, structures. */
function showable(shape: Shape, value: unknown): string | undefined {
  if (shape.sensitive) return undefined;
  const text = shownText(shape, value);
  return text === undefined || text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX)}…`;
}

function shownText(shape: Shape, value: unknown): string | undefined {
  if (shape.kind === "list" && Array.isArray(value)) {
    const items = value.map((item) => showable(shape.item, item));
    return items.includes(undefined) ? undefined : `[${items.join(", ")}]`;
  }
  if (shape.kind === "map" && isEntries(value)) {
    const items = Object.entries(value).map(
      ([key, item]) => [key, showable(shape.item, item)] as const,
    );
    if (items.some(([, item]) => item === undefined)) return undefined;
    return `{${items.map(([key, item]) => `${key}=${item}`).join(", ")}}`;
  }
  const plain =
    typeof value === "string" || typeof value === "number" || typeof value === "boolean";
  return plain ? String(value) : undefined;
}
