/** The architecture, checked. ARCHITECTURE.md explains these rules; this file is where they live. */
import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path/posix";
import { describe, test } from "node:test";

const lower = ["base", "crypto", "egress", "sigv4", "root", "storage", "records"];
const shared = [...lower, "wire", "policy", "service"];

/** Lowest first. A folder may import the folders listed for it, through their index.ts. */
const mayImport: Record<string, readonly string[]> = {
  base: [],
  crypto: ["base"],
  egress: ["base"],
  sigv4: ["base", "crypto"],
  root: ["base", "crypto", "egress", "sigv4"],
  storage: ["base", "egress", "sigv4"],
  records: ["base", "crypto", "storage", "root"],
  wire: ["base", "crypto", "sigv4"],
  policy: ["base", "wire"],
  service: ["base", "wire", "policy", "records"],
  trail: shared,
  iam: shared,
  kms: shared,
  s3: [...shared, "kms"],
  server: [...shared.filter((house) => house !== "storage"), "trail", "iam", "kms", "s3"],
  cli: [...shared, "trail", "iam", "kms", "s3", "server"],
  assembly: [...shared, "trail", "iam", "kms", "s3", "server", "cli"],
};

/** What a module may reach outside the process, and the folders trusted with it. */
const capabilities: Record<string, readonly string[]> = {
  "node:crypto": ["crypto"],
  "node:fs": ["storage", "root", "cli"],
  "node:fs/promises": ["storage", "root", "cli"],
  "node:http": ["server", "egress"],
  "node:https": ["server", "egress"],
  "node:http2": [],
  "node:net": ["server", "egress", "cli"],
  "node:tls": ["server", "egress"],
  "node:dns": ["egress"],
  "node:child_process": ["cli"],
  "node:cluster": ["cli"],
  "node:worker_threads": [],
  "node:vm": [],
};

/** A package is used in one folder, so that replacing it is the work of one folder. */
const packages: Record<string, string> = {
  "@fastify/busboy": "server",
  "@node-rs/crc32": "crypto",
  "hash-wasm": "crypto",
  commander: "cli",
  "ipaddr.js": "base",
  lmdb: "storage",
  msgpackr: "records",
  pino: "server",
  "prom-client": "server",
  saxes: "wire",
};

const exposers = new Set(["crypto", "records", "root", "kms", "iam"]);

const files = globSync("src/*/**/*.ts").map((path) => ({
  path,
  folder: path.split("/")[1] ?? "",
  text: readFileSync(path, "utf8"),
}));
const sources = files.filter(({ path }) => !/\.test\.ts$|\/testing\//.test(path));

test("every folder under src/ is in the map", () => {
  const unknown = files.map(({ folder }) => folder).filter((folder) => !(folder in mayImport));
  assert.deepEqual([...new Set(unknown)], []);
});

describe("imports", () => {
  for (const { path, folder, text } of sources) {
    test(path, () => {
      for (const { specifier, typeOnly } of importsIn(text)) {
        if (!specifier.startsWith(".")) {
          checkOutside(specifier, folder, { typeOnly });
          continue;
        }
        const target = join(dirname(path), specifier);
        const targetFolder = target.split("/")[1] ?? "";
        if (targetFolder === folder) continue;
        // The generated model is data; wire/ alone reads it.
        if (folder === "wire" && /^model\/\w+\.json$/.test(target)) continue;
        assert.ok(mayImport[folder]?.includes(targetFolder), `${folder} may not import ${target}`);
        assert.equal(target, `src/${targetFolder}/index.ts`, "other folders are imported whole");
      }
    });
  }
});

test("an index holds named re-exports and nothing else", () => {
  for (const { path, text } of sources.filter((file) => /^src\/\w+\/index\.ts$/.test(file.path))) {
    const code = text.replaceAll(/\/\*.*?\*\/|^\s*\/\/.*$/gms, "").trim();
    const statements = code.split(/;\s*/).filter((statement) => statement !== "");
    for (const statement of statements) {
      assert.match(statement, /^export (type )?\{[^*]*\} from "[^"]+"$/s, `in ${path}`);
    }
  }
});

test("every operation file is registered", () => {
  for (const { path } of sources.filter((file) => /operations\/(?!index\.ts)/.test(file.path))) {
    const registry = readFileSync(join(dirname(path), "index.ts"), "utf8");
    assert.ok(registry.includes(`"./${path.split("/").at(-1)}"`), `${path} is not registered`);
  }
});

test("every service has the same faces", () => {
  for (const service of ["trail", "iam", "kms", "s3"].filter((s) => existsSync(`src/${s}`))) {
    for (const face of [
      "index.ts",
      "operation.ts",
      "operations/index.ts",
      "errors.ts",
      "limits.ts",
    ]) {
      assert.ok(existsSync(`src/${service}/${face}`), `src/${service}/${face} is missing`);
    }
  }
});

test("secrets are exposed in few folders only", () => {
  const readers = sources
    .filter(({ text }) => text.includes(".expose("))
    .map(({ folder }) => folder);
  assert.deepEqual(
    [...new Set(readers)].filter((folder) => !exposers.has(folder)),
    [],
  );
});

test("the environment is read in cli/ only", () => {
  const readers = sources.filter(({ text }) => /process\.env\b/.test(text));
  assert.deepEqual(
    readers.map(({ path }) => path).filter((path) => !path.startsWith("src/cli/")),
    [],
  );
});

test("time comes from base/clock.ts, randomness from crypto/", () => {
  for (const { path, text } of sources) {
    if (path === "src/base/clock.ts") continue;
    assert.doesNotMatch(text, /\bDate\.now\(|\bnew Date\(\)/, `${path} reads the wall clock`);
    assert.doesNotMatch(text, /\bMath\.random\(/, `${path} draws randomness`);
  }
});

function checkOutside(specifier: string, folder: string, { typeOnly }: { typeOnly: boolean }) {
  const trusted = capabilities[specifier];
  if (trusted) assert.ok(trusted.includes(folder), `${specifier} belongs to ${trusted.join()}`);
  if (specifier.startsWith("node:")) return;
  // The SDK's types are erased: handlers are typed by them, nothing of the SDK runs.
  if (typeOnly && /^@aws-sdk\/client-|^@smithy\/types$/.test(specifier)) return;
  const home = packages[specifier];
  assert.ok(home !== undefined, `${specifier} has no folder yet: add it to the list of packages`);
  assert.equal(folder, home, `${specifier} is used in ${home}/ only`);
}

function importsIn(text: string): { specifier: string; typeOnly: boolean }[] {
  const code = text.replaceAll(/\/\*.*?\*\/|^\s*\/\/.*$/gms, "");
  const statements = code.matchAll(
    /(?:^|[;}\n])\s*(?:import|export)\s+(type\s)?[^;"'`]*?\bfrom\s+"([^"]+)"|\bimport\s*\(?\s*"([^"]+)"/g,
  );
  return [...statements].map(([, type, from, bare]) => {
    const specifier = from ?? bare ?? "";
    return {
      specifier: builtinModules.includes(specifier) ? `node:${specifier}` : specifier,
      typeOnly: type !== undefined,
    };
  });
}
