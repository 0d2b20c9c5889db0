/**
 * Writes docs/compatibility.md: every operation of the services' model, whether it is built, and
 * what of it differs from AWS, as docs/compatibility-notes.json says.
 *
 *     node tools/compatibility.ts            from the operations that the houses register
 *     node tools/compatibility.ts --check    only says whether the committed page is current
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { iamOperations } from "../src/iam/index.ts";
import { kmsOperations } from "../src/kms/index.ts";
import { s3Operations } from "../src/s3/index.ts";
import type { AnyOperation } from "../src/service/index.ts";
import { trailOperations } from "../src/trail/index.ts";
import {
  operationsOf,
  POST_OBJECT,
  PREFLIGHT,
  type ServiceName,
  unimplemented,
} from "../src/wire/index.ts";
import { alignedTable } from "./compatibility/aligned-table.ts";
import { type Notes, parseNotes, type ServiceNotes } from "./compatibility/notes.ts";

const TITLES: Readonly<Record<ServiceName, string>> = {
  s3: "S3",
  kms: "KMS",
  iam: "IAM",
  sts: "STS",
  cloudtrail: "CloudTrail",
};
const SERVICES = Object.keys(TITLES) as ServiceName[];

const docs = join(import.meta.dirname, "..", "docs");
const page = join(docs, "compatibility.md");

/** An operation is declared, not run, here: whatever its factory asks of its services is this. */
const standIn: unknown = new Proxy(() => {}, { get: () => standIn, apply: () => standIn });

const registered: readonly AnyOperation[] = [
  ...s3Operations(standIn as never),
  ...kmsOperations(standIn as never),
  ...iamOperations(standIn as never),
  ...trailOperations(standIn as never),
];

function main(): void {
  const text = render(readNotes());
  if (!process.argv.includes("--check")) {
    writeFileSync(page, text);
    process.stdout.write("docs/compatibility.md is written\n");
    return;
  }
  if (readFileSync(page, "utf8") === text) {
    process.stdout.write("docs/compatibility.md is current\n");
    return;
  }
  process.stderr.write("docs/compatibility.md is stale: run `node tools/compatibility.ts`\n");
  process.exitCode = 1;
}

function readNotes(): Notes {
  const file = join(docs, "compatibility-notes.json");
  const notes = parseNotes(readFileSync(file, "utf8"), SERVICES);
  for (const service of SERVICES) {
    const { operations, refused } = notes.services[service];
    mustExist(service, Object.keys(operations));
    for (const group of refused) mustExist(service, group.operations);
  }
  return notes;
}

function render(notes: Notes): string {
  const parts = [
    "# Compatibility",
    "Which operations of AWS are built, and where they differ from AWS on purpose. This page is " +
      "written by `node tools/compatibility.ts` from the operations that the program registers; what " +
      "it says of differences is kept in `compatibility-notes.json`.",
    "An operation that is not built is refused by name, with the error that its protocol has for an " +
      "operation it does not know. A request that asks a supported operation for a feature that is not " +
      "built is refused as a whole; where something has no effect instead, this page says so.",
    summary(),
    "## In all services",
    list(notes.general),
    ...SERVICES.map((service) => section(service, notes.services[service])),
  ];
  return `${parts.join("\n\n")}\n`;
}

function summary(): string {
  const rows = SERVICES.map((service) => {
    const built = builtIn(service).length;
    return [TITLES[service], String(built), String(namesOf(service).length - built)];
  });
  return alignedTable(["service", "supported", "refused"], rows);
}

function section(service: ServiceName, notes: ServiceNotes): string {
  const built = builtIn(service);
  const refused = namesOf(service).filter((name) => !built.includes(name));
  const { code, status } = unimplemented({ service, operation: refused[0] ?? "" });
  const differences = (name: string) => notes.operations[name]?.join(" ") ?? "";
  return [
    `## ${TITLES[service]}`,
    ...(notes.notes.length > 0 ? [list(notes.notes)] : []),
    `### ${TITLES[service]}: supported (${built.length})`,
    "An empty cell: no difference is known.",
    alignedTable(
      ["operation", "differences from AWS"],
      built.map((name) => [name, differences(name)]),
    ),
    `### ${TITLES[service]}: refused (${refused.length})`,
    `With \`${code}\` (${status}).`,
    list(refusedByFeature(refused, notes)),
  ].join("\n\n");
}

/** What has been built since its feature was noted as missing is left out. */
function refusedByFeature(refused: readonly string[], notes: ServiceNotes): string[] {
  const grouped = new Set(notes.refused.flatMap(({ operations }) => operations));
  const others = refused.filter((name) => !grouped.has(name));
  return [...notes.refused, { feature: "everything else", operations: others }].flatMap(
    ({ feature, operations }) => {
      const names = operations.filter((name) => refused.includes(name));
      return names.length > 0 ? [`${feature}: ${names.join(", ")}`] : [];
    },
  );
}

function builtIn(service: ServiceName): string[] {
  const built = new Set(
    registered.filter((operation) => operation.service === service).map(({ name }) => name),
  );
  return namesOf(service).filter((name) => built.has(name));
}

function namesOf(service: ServiceName): readonly string[] {
  const modelled = operationsOf(service);
  return service === "s3" ? [...modelled, POST_OBJECT, PREFLIGHT].toSorted() : modelled;
}

function mustExist(service: ServiceName, names: readonly string[]): void {
  const unknown = names.filter((name) => !namesOf(service).includes(name));
  if (unknown.length > 0) throw new Error(`${service} has no ${unknown.join(", ")}`);
}

function list(sentences: readonly string[]): string {
  return sentences.map((sentence) => `- ${sentence}`).join("\n");
}

main();
