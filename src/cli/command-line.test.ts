import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runCommandLine } from "./command-line.ts";
import { newFolder } from "./testing/folder.ts";
import { openToy } from "./testing/toy-deployment.ts";

async function run(words: readonly string[]) {
  let [out, err] = ["", ""];
  const code = await runCommandLine(words, {
    openDeployment: openToy,
    version: "1.2.3",
    terminal: {
      print: (text) => {
        out += text;
      },
      complain: (text) => {
        err += text;
      },
    },
  });
  return { code, out, err };
}

describe("what cannot be meant, or done, is said in one line:", () => {
  const create = ["account", "create"];
  const cases: [name: string, words: string[], code: number, line: RegExp][] = [
    [
      "an unknown option",
      ["serve", "--lisen", "x"],
      2,
      /^strongroom: unknown option '--lisen' \(Did you mean --listen\?\)/,
    ],
    ["an unknown command", ["sevre"], 2, /^strongroom: unknown command 'sevre'/],
    ["no command", [], 2, /^strongroom: a command is needed/],
    ["half a command", ["account"], 2, /^strongroom: a command is needed/],
    ["a stray word", ["serve", "here"], 2, /^strongroom: too many arguments/],
    [
      "an option without its value",
      ["serve", "--data"],
      2,
      /^strongroom: option '--data <folder>'/,
    ],
    ["a bad value", ["serve", "--workers", "0"], 2, /^strongroom: --workers: `0` is not/],
    [
      "open plain HTTP",
      ["serve", "--listen", "0.0.0.0:0"],
      2,
      /^strongroom: --listen: plain HTTP on 0.0.0.0/,
    ],
    ["a bad account", [...create, "--id", "1", "--name", "a"], 2, /^strongroom: --id: `1` is not/],
    ["an account without a name", [...create, "--id", "1"], 2, /required option '--name <name>'/],
    ["no deployment", ["env"], 1, /^strongroom: there is no deployment in/],
  ];
  for (const [name, words, code, line] of cases) {
    test(name, async (t) => {
      const data = join(newFolder(t), "data");
      const knowsData = ["serve", "env"].includes(words[0] ?? "") && !words.includes("--data");
      const said = await run(knowsData ? [...words, "--data", data] : words);
      assert.deepEqual([said.code, said.out], [code, ""]);
      assert.match(said.err, line);
      assert.match(said.err, /^[^\n]*\n$/);
      assert.equal(existsSync(data), false);
    });
  }
});

test("--version and --help are answered and end with 0", async () => {
  assert.deepEqual(await run(["--version"]), { code: 0, out: "1.2.3\n", err: "" });
  const help = await run(["serve", "--help"]);
  assert.equal(help.code, 0);
  assert.match(help.out, /--trusted-proxy <cidr\.\.\.>[^]*STRONGROOM_TRUSTED_PROXY/);
});
