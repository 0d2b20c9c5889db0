/** What docs/compatibility-notes.json holds: sentences by people, about operations by name. */
import type { ServiceName } from "../../src/wire/index.ts";

export interface Notes {
  /** What holds for every service. */
  readonly general: readonly string[];
  readonly services: Readonly<Record<ServiceName, ServiceNotes>>;
}

export interface ServiceNotes {
  /** What holds for many of its operations. */
  readonly notes: readonly string[];
  /** Differences of single operations, by their names. */
  readonly operations: Readonly<Record<string, readonly string[]>>;
  /** Features that are not built, and the operations that are refused for it. */
  readonly refused: readonly { readonly feature: string; readonly operations: readonly string[] }[];
}

/** Throws for a document that is not of this form, a misspelt member included. */
export function parseNotes(text: string, services: readonly ServiceName[]): Notes {
  const document: unknown = JSON.parse(text);
  const notes = members(document, ["general", "services"], "the document");
  const found = members(notes["services"], services, "services");
  return {
    general: sentences(notes["general"], "general"),
    services: Object.fromEntries(
      services.map((service) => [service, parseService(found[service], service)]),
    ) as Notes["services"],
  };
}

function parseService(value: unknown, service: string): ServiceNotes {
  const found = members(value, ["notes", "operations", "refused"], service);
  const operations = Object.entries(found["operations"] as object).map(
    ([name, list]) => [name, sentences(list, `${service}.${name}`)] as const,
  );
  const refused = (found["refused"] as unknown[]).map((entry) => {
    const group = members(entry, ["feature", "operations"], `${service}.refused`);
    return {
      feature: sentences([group["feature"]], `${service}.refused`)[0] ?? "",
      operations: sentences(group["operations"], `${service}.refused`),
    };
  });
  return {
    notes: sentences(found["notes"], `${service}.notes`),
    operations: Object.fromEntries(operations),
    refused,
  };
}

function members(
  value: unknown,
  names: readonly string[],
  place: string,
): Readonly<Record<string, unknown>> {
  const found = Object.keys(value ?? {});
  if (found.toSorted().join() !== names.toSorted().join()) {
    throw new Error(`${place} has the members ${names.join(", ")} and no other`);
  }
  return value as Readonly<Record<string, unknown>>;
}

function sentences(value: unknown, place: string): readonly string[] {
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw new Error(`${place} is a list of texts`);
}
