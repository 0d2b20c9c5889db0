import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { silentLog } from "../base/index.ts";
import { accountSpace } from "../records/index.ts";
import { ACCOUNT, PARTNER, testDeployment } from "../service/testing/test-deployment.ts";
import { createAccount, ensureAccount, rootCredentials } from "./accounts.ts";
import { createCredentials } from "./credentials.ts";

const given = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRf",
};

async function start() {
  const deployment = await testDeployment();
  const { store, keyring, session, clock, dispatcher } = deployment;
  const view = () => dispatcher.view();
  const tools = { store, keyring, session, clock, log: silentLog, view };
  const credentials = createCredentials({ keyring, clock });
  const find = (id: string) => credentials.find(id, undefined, view());
  return { ...deployment, tools, find };
}

describe("the first account", () => {
  test("gets a root user with an access key of AWS's form", async () => {
    const { tools, find } = await start();
    await ensureAccount(tools, { id: ACCOUNT, name: "main" });
    const made = await rootCredentials(tools, ACCOUNT);
    assert.match(made.accessKeyId, /^AKIA[A-Z2-7]{16}$/);
    assert.match(made.secretAccessKey, /^[A-Za-z0-9+/]{40}$/);
    const found = await find(made.accessKeyId);
    assert.ok(typeof found === "object");
    assert.equal(found.secretAccessKey(), made.secretAccessKey);
    assert.equal(found.caller.kind, "root");
    assert.equal(found.caller.arn, `arn:aws:iam::${ACCOUNT}:root`);
  });

  test("keeps its credentials at the next start", async () => {
    const { tools } = await start();
    await ensureAccount(tools, { id: ACCOUNT, name: "main" });
    const made = await rootCredentials(tools, ACCOUNT);
    await ensureAccount(tools, { id: ACCOUNT, name: "main" });
    assert.deepEqual(await rootCredentials(tools, ACCOUNT), made);
  });

  test("is made once by processes that start together", async () => {
    const { tools } = await start();
    const starts = [1, 2, 3].map(() => ensureAccount(tools, { id: ACCOUNT, name: "main" }));
    await Promise.all(starts);
    const { accessKeyId } = await rootCredentials(tools, ACCOUNT);
    const found = await tools.view().get(accountSpace, ACCOUNT);
    assert.deepEqual(found?.value.accessKeyIds, [accessKeyId]);
  });

  test("takes the credentials that are given", async () => {
    const { tools, find } = await start();
    await ensureAccount(tools, { id: ACCOUNT, name: "main", rootCredentials: given });
    assert.deepEqual(await rootCredentials(tools, ACCOUNT), { accountId: ACCOUNT, ...given });
    const found = await find(given.accessKeyId);
    assert.ok(typeof found === "object");
    assert.equal(found.secretAccessKey(), given.secretAccessKey);
  });

  test("forgets the key before when another is given", async () => {
    const { tools, find } = await start();
    await ensureAccount(tools, { id: ACCOUNT, name: "main" });
    const { accessKeyId } = await rootCredentials(tools, ACCOUNT);
    await ensureAccount(tools, { id: ACCOUNT, name: "main", rootCredentials: given });
    assert.equal(await find(accessKeyId), "access-key-unknown");
    const changed = { ...given, secretAccessKey: "another-secret-access-key" };
    await ensureAccount(tools, { id: ACCOUNT, name: "main", rootCredentials: changed });
    const found = await find(given.accessKeyId);
    assert.ok(typeof found === "object");
    assert.equal(found.secretAccessKey(), changed.secretAccessKey);
  });
});

describe("another account", () => {
  test("is made with credentials of its own", async () => {
    const { tools, find } = await start();
    await ensureAccount(tools, { id: ACCOUNT, name: "main" });
    const partner = await createAccount(tools, { id: PARTNER, name: "partner" });
    assert.equal(partner.accountId, PARTNER);
    const found = await find(partner.accessKeyId);
    assert.ok(typeof found === "object");
    assert.equal(found.caller.accountId, PARTNER);
    assert.equal(found.secretAccessKey(), partner.secretAccessKey);
  });

  test("is refused where there is one", async () => {
    const { tools } = await start();
    await createAccount(tools, { id: PARTNER, name: "partner" });
    await assert.rejects(createAccount(tools, { id: PARTNER, name: "again" }), {
      name: "AccountError",
      message: `account ${PARTNER} exists already`,
    });
  });

  test("is made once by two who ask at once", async () => {
    const { tools } = await start();
    const asked = [1, 2].map(() => createAccount(tools, { id: PARTNER, name: "partner" }));
    const results = await Promise.allSettled(asked);
    assert.deepEqual(results.map(({ status }) => status).toSorted(), ["fulfilled", "rejected"]);
  });

  for (const id of ["", "12345678901", "1234567890123", "12345678901x"]) {
    test(`is refused under the id \`${id}\``, async () => {
      const { tools } = await start();
      await assert.rejects(createAccount(tools, { id, name: "partner" }), { name: "AccountError" });
    });
  }
});

test("root credentials that cannot be told from temporary ones are refused", async () => {
  const { tools } = await start();
  const temporary = { ...given, accessKeyId: "ASIAIOSFODNN7EXAMPLE" };
  await assert.rejects(
    ensureAccount(tools, { id: ACCOUNT, name: "main", rootCredentials: temporary }),
    {
      name: "AccountError",
    },
  );
});

test("root credentials under the access key id of somebody else are refused", async () => {
  const { tools, find } = await start();
  await ensureAccount(tools, { id: PARTNER, name: "partner", rootCredentials: given });
  await assert.rejects(
    ensureAccount(tools, { id: ACCOUNT, name: "main", rootCredentials: given }),
    {
      name: "AccountError",
      message: `the access key id ${given.accessKeyId} belongs to somebody else`,
    },
  );
  const found = await find(given.accessKeyId);
  assert.ok(typeof found === "object");
  assert.equal(found.caller.accountId, PARTNER);
});

test("no record holds a secret unsealed", async () => {
  const { tools, kv } = await start();
  await ensureAccount(tools, { id: ACCOUNT, name: "main", rootCredentials: given });
  const all = await kv.range({ gte: Buffer.of(0), lt: Buffer.of(255), limit: 1000 });
  const bytes = Buffer.concat(all.flatMap(({ key, value }) => [key, value]));
  assert.ok(bytes.length > 500);
  assert.ok(!bytes.includes(given.secretAccessKey));
});
