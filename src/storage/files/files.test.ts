import assert from "node:assert/strict";
import { lstat, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Files } from "./files.ts";
import { realFiles } from "./real.ts";
import { SimulatedFiles } from "./testing/simulated-files.ts";

let temporary: string;
before(async () => {
  temporary = await mkdtemp(join(tmpdir(), "files-"));
});
after(() => rm(temporary, { recursive: true }));

const implementations: { name: string; start: () => Promise<{ files: Files; root: string }> }[] = [
  {
    name: "the real file system",
    start: async () => ({ files: realFiles, root: await mkdtemp(join(temporary, "root-")) }),
  },
  {
    name: "the simulated file system",
    start: () => Promise.resolve({ files: new SimulatedFiles(), root: "" }),
  },
];

for (const { name, start } of implementations) {
  describe(name, () => {
    test("what is written is read back from where it was written", async () => {
      const { files, root } = await start();
      const file = await files.create(`${root}/a`);
      assert.equal(file.bytes, 0);
      assert.equal(await file.write([Buffer.from("second")], 5), 6);
      assert.equal(await file.write([Buffer.from("fi"), Buffer.from("rst")], 0), 5);
      await file.syncData();
      await file.close();
      assert.equal(await files.size(`${root}/a`), 11);

      const again = await files.open(`${root}/a`);
      assert.equal(again?.bytes, 11);
      const target = Buffer.alloc(20);
      assert.equal(await again?.read(target, 2), 9);
      assert.equal(target.toString("latin1", 0, 9), "rstsecond");
      assert.equal(await again?.read(target, 11), 0);
      await again?.close();
    });

    test("a file is created once", async () => {
      const { files, root } = await start();
      await (await files.create(`${root}/a`)).close();
      await assert.rejects(files.create(`${root}/a`), { code: "EEXIST" });
    });

    test("a closed file takes and gives nothing", async () => {
      const { files, root } = await start();
      const file = await files.create(`${root}/a`);
      await file.close();
      await assert.rejects(file.write([Buffer.from("x")], 0), { code: "EBADF" });
    });

    test("what is absent is answered, not thrown", async () => {
      const { files, root } = await start();
      assert.equal(await files.open(`${root}/none`), undefined);
      assert.equal(await files.size(`${root}/none`), undefined);
      assert.equal(await files.list(`${root}/none`), undefined);
      assert.equal(await files.unlink(`${root}/none`), false);
      assert.equal(await files.removeDirectory(`${root}/none`), false);
      assert.equal(await files.syncDirectory(`${root}/none`), false);
      await assert.rejects(files.create(`${root}/none/a`), { code: "ENOENT" });
      await assert.rejects(files.rename(`${root}/none`, `${root}/b`), { code: "ENOENT" });
    });

    test("names move and go", async () => {
      const { files, root } = await start();
      await (await files.create(`${root}/a`)).close();
      await files.rename(`${root}/a`, `${root}/b`);
      assert.deepEqual(await files.list(root), ["b"]);
      assert.equal(await files.unlink(`${root}/b`), true);
      assert.deepEqual(await files.list(root), []);
      assert.equal(await files.syncDirectory(root), true);
    });

    test("a folder is made once and removed only when empty", async () => {
      const { files, root } = await start();
      assert.equal(await files.makeDirectory(`${root}/d`), true);
      assert.equal(await files.makeDirectory(`${root}/d`), false);
      await (await files.create(`${root}/d/a`)).close();
      assert.equal(await files.removeDirectory(`${root}/d`), false);
      await files.unlink(`${root}/d/a`);
      assert.equal(await files.removeDirectory(`${root}/d`), true);
    });

    test("the file system has room", async () => {
      const { files, root } = await start();
      const { freeBytes, totalBytes } = await files.space(root);
      assert.ok(freeBytes > 0 && freeBytes <= totalBytes, `${freeBytes} of ${totalBytes}`);
    });
  });
}

describe("on the real file system", { skip: process.platform === "win32" }, () => {
  test("files and folders are for their owner only", async () => {
    const root = await mkdtemp(join(temporary, "modes-"));
    await realFiles.makeDirectory(`${root}/d`);
    await (await realFiles.create(`${root}/d/a`)).close();
    assert.equal((await lstat(`${root}/d`)).mode & 0o777, 0o700);
    assert.equal((await lstat(`${root}/d/a`)).mode & 0o777, 0o600);
  });

  test("a symbolic link is not followed to a file", async () => {
    const root = await mkdtemp(join(temporary, "links-"));
    await (await realFiles.create(`${root}/target`)).close();
    await symlink(`${root}/target`, `${root}/link`);
    await assert.rejects(realFiles.open(`${root}/link`), { code: "ELOOP" });
    await symlink(`${root}/elsewhere`, `${root}/dangling`);
    await assert.rejects(realFiles.create(`${root}/dangling`), { code: "EEXIST" });
  });
});
