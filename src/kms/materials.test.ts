import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MINUTE_MS } from "../base/index.ts";
import { Secret } from "../crypto/index.ts";
import { Change, type KmsMaterialRecord, kmsMaterialSpace } from "../records/index.ts";
import { testDeployment } from "../service/testing/test-deployment.ts";
import { MATERIAL_LIFE_MINUTES } from "./limits.ts";
import { makeMaterial, materialIdOf, Materials } from "./materials.ts";

const key = { accountId: "123456789012", region: "us-east-1", id: "key" };

async function deployment(keptMax = 10) {
  const tested = await testDeployment();
  const { clock, dispatcher, store, session, keyring } = tested;
  const materials = new Materials(clock, keptMax);
  let unwrapped = 0;
  const counting = {
    wrap: keyring.wrap.bind(keyring),
    unwrap: async (...parameters: Parameters<typeof keyring.unwrap>) => {
      unwrapped += 1;
      return keyring.unwrap(...parameters);
    },
  } as typeof keyring;
  const put = async (material: KmsMaterialRecord) => {
    const change = new Change().put(
      kmsMaterialSpace,
      [key.accountId, key.region, key.id, material.id],
      material,
    );
    await store.commit(change, session);
  };
  const make = async () => {
    const material = await makeMaterial(key, 32, { view: dispatcher.view(), keyring, clock });
    await put(material);
    return material.id;
  };
  const use = <T>(id: string, work: (material: Secret) => T) =>
    materials.use(key, id, { view: dispatcher.view(), store, keyring: counting }, work);
  return { ...tested, materials, make, put, use, unwrapped: () => unwrapped };
}

describe("materials", () => {
  test("are unwrapped once and then kept", async () => {
    const { make, use, unwrapped } = await deployment();
    const id = await make();
    const seen = await Promise.all([1, 2, 3].map(() => use(id, (material) => material.length)));
    assert.deepEqual(
      seen.map((used) => used?.result),
      [32, 32, 32],
    );
    const before = unwrapped();
    await use(id, () => {});
    assert.equal(unwrapped(), before);
  });

  test("are wiped when others take their place, when the key goes and when they are old", async () => {
    const { make, use, materials, clock, unwrapped } = await deployment(2);
    const held: Secret[] = [];
    for (let n = 0; n < 3; n += 1) await use(await make(), (material) => held.push(material));
    assert.equal(materials.size, 2);
    assert.throws(() => held[0]?.expose());
    assert.equal(held[2]?.expose().length, 32);
    materials.forget("another key");
    assert.equal(materials.size, 2);
    materials.forget(key.id);
    assert.equal(materials.size, 0);
    assert.throws(() => held[2]?.expose());
    const id = await make();
    await use(id, () => {});
    clock.advance(MATERIAL_LIFE_MINUTES * MINUTE_MS);
    const before = unwrapped();
    await use(id, () => {});
    assert.equal(unwrapped(), before + 1);
  });

  test("are read anew when their record was written anew", async () => {
    const { make, put, use, store, unwrapped } = await deployment();
    const id = await make();
    await use(id, () => {});
    const parts = [key.accountId, key.region, key.id, id] as const;
    const found = await store.get(kmsMaterialSpace, ...parts);
    assert.ok(found);
    await put(found.value);
    const before = unwrapped();
    await use(id, () => {});
    assert.equal(unwrapped(), before + 1);
  });

  test("that are not there are nothing", async () => {
    const { use } = await deployment();
    assert.equal(await use("none", () => "used"), undefined);
  });

  test("do not open in another key's place", async () => {
    const { make, store, session, dispatcher, keyring, materials } = await deployment();
    const id = await make();
    const parts = [key.accountId, key.region, key.id, id] as const;
    const found = await store.get(kmsMaterialSpace, ...parts);
    assert.ok(found);
    const moved = { ...key, id: "other" };
    await store.commit(
      new Change().put(
        kmsMaterialSpace,
        [moved.accountId, moved.region, moved.id, id],
        found.value,
      ),
      session,
    );
    const reader = { view: dispatcher.view(), store, keyring };
    await assert.rejects(
      materials.use(moved, id, reader, () => {}),
      {
        name: "AuthenticationError",
      },
    );
  });

  test("have an id that follows from the key and the material", () => {
    using material = Secret.adopt(Buffer.alloc(32, 7));
    using other = Secret.adopt(Buffer.alloc(32, 8));
    const id = materialIdOf("a", material);
    assert.match(id, /^[0-9a-f]{64}$/);
    assert.equal(materialIdOf("a", material), id);
    assert.notEqual(materialIdOf("b", material), id);
    assert.notEqual(materialIdOf("a", other), id);
  });
});
