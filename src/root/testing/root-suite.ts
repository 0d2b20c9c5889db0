/** What every root of trust must do, whatever its kind. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Secret } from "../../crypto/index.ts";
import type { RootOfTrust } from "../root-of-trust.ts";

const aad = Buffer.from("store key, epoch 1");

/** `open` opens one and the same root each time: as another process, or after a restart, would. */
export function testRoot(open: () => Promise<RootOfTrust>): void {
  test("what is wrapped opens again, after a restart too", async () => {
    using root = await open();
    const { version, bytes } = await root.wrap(secret(1), aad);
    assert.equal(version, await root.current());
    using again = await open();
    using here = await root.unwrap(version, bytes, aad);
    using there = await again.unwrap(version, bytes, aad);
    for (const opened of [here, there]) assert.deepEqual(opened.expose(), secret(1).expose());
  });

  test("no wrap contains the secret or repeats", async () => {
    using root = await open();
    const [a, b] = [await root.wrap(secret(2), aad), await root.wrap(secret(2), aad)];
    assert.notDeepEqual(a.bytes, b.bytes);
    assert.equal(a.bytes.includes(secret(2).expose()), false);
  });

  test("a wrap opens only as it was made", async () => {
    using root = await open();
    const { version, bytes } = await root.wrap(secret(3), aad);
    const altered = Buffer.from(bytes);
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const failure = { name: "AuthenticationError" };
    await assert.rejects(root.unwrap(version, altered, aad), failure);
    await assert.rejects(root.unwrap(version, bytes, Buffer.from("store key, epoch 2")), failure);
    const other = await root.add();
    await assert.rejects(root.unwrap(other, bytes, aad), failure);
  });

  test("a version that was added is current, and the old ones still open", async () => {
    using root = await open();
    using elsewhere = await open();
    const old = await root.wrap(secret(4), aad);
    const added = await root.add();
    assert.equal(await root.current(), added);
    assert.equal((await root.versions()).at(-1), added);
    const young = await root.wrap(secret(5), aad);
    assert.equal(young.version, added);
    using first = await elsewhere.unwrap(old.version, old.bytes, aad);
    using second = await elsewhere.unwrap(young.version, young.bytes, aad);
    assert.deepEqual(first.expose(), secret(4).expose());
    assert.deepEqual(second.expose(), secret(5).expose());
  });

  test("a destroyed version opens nothing, and its name never comes again", async () => {
    using root = await open();
    const { version, bytes } = await root.wrap(secret(6), aad);
    await root.add();
    const { goneAt } = await root.destroy(version);
    assert.ok(goneAt instanceof Date);
    assert.deepEqual(await root.destroy(version), { goneAt });
    using again = await open();
    await assert.rejects(root.unwrap(version, bytes, aad), { name: "RootKeyError" });
    await assert.rejects(again.unwrap(version, bytes, aad), { name: "RootKeyError" });
    assert.notEqual(await root.add(), version);
    assert.equal((await root.versions()).includes(version), false);
  });

  test("the current version of the root is not destroyed", async () => {
    using root = await open();
    await assert.rejects(root.destroy(await root.current()), {
      name: "InvariantError",
      message: "the current version of the root is not destroyed",
    });
  });
}

function secret(fill: number): Secret {
  return Secret.adopt(Buffer.alloc(32, fill));
}
