#!/usr/bin/env node
/**
 * Runs one of the project's programs on a fresh clone: `node bin/setup.mjs FILE ARGS…`.
 *
 * Works on any Node >= 18. Installs the locked dependencies when they are missing or older than the
 * lock file, finds a Node that runs TypeScript unbuilt (26 or newer: the platform package that the
 * installation brought, else this very Node), and hands over to it.
 */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MAJOR = 26;
/** SIGUSR1 would open a debugger onto keys in memory. */
const NODE_OPTIONS = ["--disable-warning=ExperimentalWarning", "--disable-sigusr1"];
const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Installs what package-lock.json names, once per lock file. */
export function install() {
  const lock = createHash("sha256").update(readFileSync(join(root, "package-lock.json")));
  const wanted = lock.digest("hex");
  const stamp = join(root, "node_modules", ".strongroom-lock");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  process.stderr.write("strongroom: installing the locked dependencies (once)\n");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  // Not `npm ci`: it refuses a lock file that lacks packages of other platforms, which npm leaves
  // out where it wrote the lock. What the lock names is installed as it says, and it is not changed.
  const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const done = spawnSync(npm, ["install", ...flags], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
  });
  if (done.status !== 0) fail("`npm install` failed: see its message above, then start again");
  writeFileSync(stamp, wanted);
}

/** A Node that runs the sources as they are. */
export function findNode() {
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const file = process.platform === "win32" ? "node.exe" : "node";
  const brought = join(root, "node_modules", name, "bin", file);
  if (existsSync(brought)) return brought;
  if (Number(process.versions.node.split(".")[0]) >= NODE_MAJOR) return process.execPath;
  return fail(`Node ${NODE_MAJOR} or newer is needed on ${name}; this is ${process.version}`);
}

function fail(sentence) {
  process.stderr.write(`strongroom: ${sentence}\n`);
  process.exit(1);
}

/** Runs `file` with `args` on that Node; signals reach it, its exit code becomes ours. */
export function run(file, args) {
  install();
  const node = findNode();
  const path = [dirname(node), join(root, "node_modules", ".bin"), process.env.PATH];
  const child = spawn(node, [...NODE_OPTIONS, resolve(root, file), ...args], {
    stdio: "inherit",
    env: { ...process.env, PATH: path.join(process.platform === "win32" ? ";" : ":") },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === "SIGKILL" ? 137 : 143);
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [file, ...args] = process.argv.slice(2);
  if (file === undefined) fail("usage: node bin/setup.mjs FILE ARGS…");
  run(file, args);
}
