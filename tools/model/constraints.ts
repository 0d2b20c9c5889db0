/**
 * Lengths, ranges, patterns and enums, which the SDK's schemas do not carry. botocore's models do;
 * where it is not installed those already in model/ are kept.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type {
  ConstraintEntry,
  MemberEntry,
  ModelDocument,
  TypeEntry,
  TypeRef,
} from "../../src/wire/model-document.ts";

/** What is demanded of a value, and of what is in it. */
interface Constraint extends ConstraintEntry {
  float?: true;
  key?: Constraint;
  item?: Constraint;
}

/** By structure, then by member. */
export interface Constraints {
  readonly members: Readonly<Record<string, Readonly<Record<string, Constraint>>>>;
  readonly enums: Readonly<Record<string, readonly string[]>>;
}

interface BotocoreShape {
  readonly type: string;
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly member?: { readonly shape: string };
  readonly key?: { readonly shape: string };
  readonly value?: { readonly shape: string };
  readonly members?: Readonly<Record<string, { readonly shape: string }>>;
}

/** The folder of botocore's models, or undefined where python3 has none. */
export function botocoreData(): string | undefined {
  try {
    const program = "import botocore; print(botocore.__path__[0])";
    const stdio = ["ignore", "pipe", "ignore"] as const;
    const found = execFileSync("python3", ["-c", program], { encoding: "utf8", stdio: [...stdio] });
    return join(found.trim(), "data");
  } catch {
    return undefined;
  }
}

export function readBotocore(data: string, service: string): Constraints {
  const [path] = globSync(join(data, service, "*", "service-2.json.gz"))
    .toSorted()
    .toReversed();
  if (path === undefined) throw new Error(`botocore has no model of ${service}`);
  const { shapes }: { shapes: Record<string, BotocoreShape> } = JSON.parse(
    gunzipSync(readFileSync(path)).toString(),
  );

  const enums: Record<string, readonly string[]> = {};
  const constraintOf = (name: string): Constraint => {
    const shape = shapes[name];
    if (shape === undefined || shape.type === "structure") return {};
    const found: Constraint = {};
    if (shape.min !== undefined) found.min = shape.min;
    if (shape.max !== undefined) found.max = shape.max;
    if (shape.pattern !== undefined) found.pattern = shape.pattern;
    if (shape.enum !== undefined) {
      found.enum = name;
      enums[name] = shape.enum;
    }
    if (shape.type === "float" || shape.type === "double") found.float = true;
    if (shape.key) assignInner(found, "key", constraintOf(shape.key.shape));
    const inner = shape.member ?? shape.value;
    if (inner) assignInner(found, "item", constraintOf(inner.shape));
    return found;
  };

  const members: Record<string, Record<string, Constraint>> = {};
  for (const [name, shape] of Object.entries(shapes)) {
    if (shape.type !== "structure") continue;
    const entries = Object.entries(shape.members ?? {});
    members[name] = Object.fromEntries(
      entries.map(([member, { shape: target }]) => [member, constraintOf(target)]),
    );
  }
  return { members, enums };
}

/** What a committed model already knows, so that it survives a regeneration without botocore. */
export function keepConstraints(model: ModelDocument): Constraints {
  const members = Object.fromEntries(
    Object.entries(model.structures).map(([name, structure]) => [
      name,
      Object.fromEntries(
        Object.entries(structure.members).map(([member, type]) => [member, constraintIn(type)]),
      ),
    ]),
  );
  return { members, enums: model.enums };
}

/** Writes the constraints into the model's members. */
export function applyConstraints(model: ModelDocument, constraints: Constraints): void {
  for (const [name, values] of Object.entries(constraints.enums)) {
    // The SDK may be newer than botocore or older: a value that either knows is allowed.
    model.enums[name] = [...new Set([...values, ...(model.enums[name] ?? [])])];
  }
  for (const [name, structure] of Object.entries(model.structures)) {
    for (const [member, entry] of Object.entries(structure.members)) {
      const constraint = constraints.members[name]?.[member];
      if (constraint !== undefined && typeof entry !== "string") applyTo(entry, constraint);
    }
  }
}

function applyTo(type: MemberEntry | TypeEntry, constraint: Constraint): void {
  if (constraint.min !== undefined) type.min = constraint.min;
  if (constraint.max !== undefined) type.max = constraint.max;
  if (constraint.pattern !== undefined) type.pattern = constraint.pattern;
  if (constraint.enum !== undefined) type.enum = constraint.enum;
  if (constraint.float) type.type = "float";
  if (constraint.key && typeof type.key === "object") applyTo(type.key, constraint.key);
  if (constraint.item && typeof type.item === "object") applyTo(type.item, constraint.item);
}

function constraintIn(type: TypeRef): Constraint {
  if (typeof type === "string") return type === "float" ? { float: true } : {};
  const found: Constraint = {};
  if (type.min !== undefined) found.min = type.min;
  if (type.max !== undefined) found.max = type.max;
  if (type.pattern !== undefined) found.pattern = type.pattern;
  if (type.enum !== undefined) found.enum = type.enum;
  if (type.type === "float") found.float = true;
  if (type.key !== undefined) assignInner(found, "key", constraintIn(type.key));
  if (type.item !== undefined) assignInner(found, "item", constraintIn(type.item));
  return found;
}

function assignInner(outer: Constraint, side: "key" | "item", inner: Constraint): void {
  if (Object.keys(inner).length > 0) outer[side] = inner;
}
