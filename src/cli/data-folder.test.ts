import assert from "node:assert/strict";
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { markFormat, prepareDataFolder, requireDeployment } from "./data-folder.ts";
import { newFolder } from "./testing/folder.ts";

const at = (folder: string) => ({
  dataFolder: join(folder, "data"),
  rootKeyFile: join(folder, "data.root-key"),
});

/** A folder with a deployment in it, as far as one can tell from outside. */
function deployed(folder: string) {
  const folders = at(folder);
  prepareDataFolder(folders);
  markFormat(folders.dataFolder);
  writeFileSync(join(folders.dataFolder, "store"), "");
  writeFileSync(folders.rootKeyFile, "key");
  return folders;
}

test("a new folder is made, for its owner alone", (t) => {
  const folders = at(newFolder(t));
  assert.deepEqual(prepareDataFolder(folders), { fresh: true });
  assert.equal(statSync(folders.dataFolder).mode & 0o777, 0o700);
});

test("a folder stays fresh until there is more than its format", (t) => {
  const folders = at(newFolder(t));
  prepareDataFolder(folders);
  markFormat(folders.dataFolder);
  assert.deepEqual(prepareDataFolder(folders), { fresh: true });
  writeFileSync(join(folders.dataFolder, "store"), "");
  writeFileSync(folders.rootKeyFile, "key");
  assert.deepEqual(prepareDataFolder(folders), { fresh: false });
});

describe("refused, with what to do:", () => {
  test("a deployment without its root key", (t) => {
    const folders = { ...deployed(newFolder(t)), rootKeyFile: "/nowhere/root-key" };
    for (const open of [prepareDataFolder, requireDeployment]) {
      assert.throws(() => open(folders), /root key \/nowhere\/root-key is missing: put it back/);
    }
  });

  test("a root key inside the data folder, also by a link", (t) => {
    const folder = newFolder(t);
    const { dataFolder } = at(folder);
    mkdirSync(dataFolder);
    symlinkSync(dataFolder, join(folder, "link"));
    for (const rootKeyFile of [
      join(dataFolder, "root-key"),
      join(dataFolder, "deeper", "root-key"),
      join(folder, "link", "root-key"),
      dataFolder,
    ]) {
      assert.throws(
        () => prepareDataFolder({ dataFolder, rootKeyFile }),
        /inside the data folder.*--root-key/,
      );
    }
    assert.equal(
      prepareDataFolder({ dataFolder, rootKeyFile: join(folder, "data.key") }).fresh,
      true,
    );
  });

  test("a newer format", (t) => {
    const folders = deployed(newFolder(t));
    writeFileSync(join(folders.dataFolder, "format"), "2\n");
    assert.throws(() => prepareDataFolder(folders), /format `2`.*newer strongroom, start that one/);
  });

  test("a folder of something else", (t) => {
    const folders = at(newFolder(t));
    mkdirSync(folders.dataFolder);
    writeFileSync(join(folders.dataFolder, "holiday.jpg"), "");
    assert.throws(() => prepareDataFolder(folders), /holds files but no deployment/);
  });

  test("a path through a file", (t) => {
    const folder = newFolder(t);
    writeFileSync(join(folder, "file"), "");
    const folders = { ...at(folder), dataFolder: join(folder, "file", "data") };
    assert.throws(() => prepareDataFolder(folders), /cannot write.*a part of its path is a file/);
  });

  test("a folder that cannot be written", (t) => {
    const folders = { ...at(newFolder(t)), dataFolder: "/proc/strongroom" };
    assert.throws(() => prepareDataFolder(folders), /cannot write to the data folder \/proc/);
  });

  test("a command on a folder without a deployment, which it leaves untouched", (t) => {
    const folders = at(newFolder(t));
    assert.throws(() => requireDeployment(folders), /no deployment in .*strongroom serve/);
    assert.equal(existsSync(folders.dataFolder), false);
  });
});
