import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Change, currentSpace, type ListingRecord } from "../../records/index.ts";
import { testDeployment } from "../../service/testing/test-deployment.ts";
import { groupOf, listNames, type NamesQuery } from "./list-names.ts";

type Deployment = Awaited<ReturnType<typeof testDeployment>>;

const row: ListingRecord = {
  size: 1,
  etag: "etag",
  modifiedAt: 0,
  storageClass: "STANDARD",
  ownerId: "123456789012",
};

/** Names made of pieces that collide: shared prefixes, delimiters, odd bytes, and wide characters. */
const piece = fc.constantFrom(
  "a",
  "b",
  "/",
  "//",
  "ab",
  "::",
  "\0",
  "\u{1}",
  "é",
  "日",
  "\u{10ffff}",
  "~",
);
const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(""));
const nameText = text.filter((name) => name !== "");
const delimiterText = fc.constantFrom(undefined, "/", "//", "::", "a", "b/", "日");

describe("a listing", () => {
  test("read page by page is what the names say", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(nameText, { maxLength: 40 }),
        fc.record({
          prefix: text,
          delimiter: delimiterText,
          after: fc.option(text, { nil: undefined }),
        }),
        fc.integer({ min: 1, max: 7 }),
        async (names, query, limit) => {
          const at = await testDeployment();
          await fill(at, "bucket", names);
          // Neighbours in the order of keys are none of the bucket's.
          await fill(at, "bucke", ["a/x", "zz"]);
          await fill(at, "bucket2", ["a/x", "zz"]);
          assert.deepEqual(await pages(at, { ...query, limit }), model(names, query));
        },
      ),
      { numRuns: 150 },
    );
  });

  test("jumps over what is in a group", async () => {
    const at = await testDeployment();
    const names = Array.from({ length: 900 }, (_, n) => `${n % 3}/${String(n).padStart(4, "0")}`);
    await fill(at, "bucket", [...names, "last"]);
    let read = 0;
    const range = at.kv.range.bind(at.kv);
    at.kv.range = async (query) => {
      const entries = await range(query);
      read += entries.length;
      return entries;
    };
    const page = await listNames(at.store, {
      bucketId: "bucket",
      prefix: "",
      delimiter: "/",
      limit: 1000,
    });
    assert.deepEqual(page.groups, ["0/", "1/", "2/"]);
    assert.deepEqual(
      page.rows.map(({ name }) => name),
      ["last"],
    );
    assert.ok(read < 120, `${read} rows were read for four`);
  });

  test("of nothing is whole, also when nothing is asked for", async () => {
    const at = await testDeployment();
    await fill(at, "bucket", ["a"]);
    const none = { rows: [], groups: [], truncated: false, last: undefined };
    const query = { bucketId: "bucket", prefix: "", limit: 0 };
    assert.deepEqual(await listNames(at.store, query), none);
    assert.deepEqual(await listNames(at.store, { ...query, prefix: "b", limit: 9 }), none);
    assert.deepEqual(await listNames(at.store, { ...query, after: "z", limit: 9 }), none);
  });

  test("is truncated only when there is more", async () => {
    const at = await testDeployment();
    await fill(at, "bucket", ["a/1", "a/2", "b"]);
    const query = { bucketId: "bucket", prefix: "", limit: 1 };
    const first = await listNames(at.store, { ...query, delimiter: "/" });
    assert.deepEqual([first.groups, first.truncated, first.last], [["a/"], true, "a/"]);
    const second = await listNames(at.store, { ...query, delimiter: "/", after: "a/" });
    assert.deepEqual([second.last, second.truncated], ["b", false]);
    const only = await listNames(at.store, {
      ...query,
      prefix: "a/",
      delimiter: "/",
      after: "a/1",
    });
    assert.deepEqual([only.last, only.truncated], ["a/2", false]);
  });
});

async function fill(at: Deployment, bucketId: string, names: readonly string[]): Promise<void> {
  const change = new Change();
  for (const name of names) change.put(currentSpace, [bucketId, name], row);
  if (names.length > 0) await at.store.commit(change, at.session);
}

async function pages(at: Deployment, query: Omit<NamesQuery, "bucketId">): Promise<string[]> {
  const found: string[] = [];
  for (let { after } = query; ;) {
    const page = await listNames(at.store, { ...query, bucketId: "bucket", after });
    const items = [
      ...page.rows.map(({ name }) => name),
      ...page.groups.map((group) => `${group}…`),
    ];
    assert.ok(items.length <= query.limit);
    assert.equal(page.last !== undefined, items.length > 0);
    // Within a page names and groups are told apart; together they are in the order of their bytes.
    assert.ok(items.length > 0 || after === query.after, "a page says rightly that more follows");
    found.push(...items.toSorted(byBytes));
    if (!page.truncated) return found;
    after = page.last;
  }
}

function model(
  names: readonly string[],
  { prefix, delimiter, after }: Pick<NamesQuery, "prefix" | "delimiter" | "after">,
): string[] {
  const items = new Set<string>();
  const skipped = after?.startsWith(prefix) ? groupOf(after, { prefix, delimiter }) : undefined;
  for (const name of names.toSorted(byBytes)) {
    if (!name.startsWith(prefix)) continue;
    if (after !== undefined && byBytes(name, after) <= 0) continue;
    if (skipped !== undefined && name.startsWith(skipped)) continue;
    const at = delimiter === undefined ? -1 : name.indexOf(delimiter, prefix.length);
    items.add(at < 0 ? name : `${name.slice(0, at + (delimiter ?? "").length)}…`);
  }
  return [...items];
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a.replace(/…$/, "")), Buffer.from(b.replace(/…$/, "")));
}
