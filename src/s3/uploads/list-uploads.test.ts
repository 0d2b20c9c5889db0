import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Change, type UploadRecord, uploadSpace } from "../../records/index.ts";
import { userCaller } from "../../service/testing/test-deployment.ts";
import { s3Deployment } from "../testing/s3-deployment.ts";
import { begin } from "../testing/uploads.ts";
import { listUploads } from "./list-uploads.ts";

const piece = fc.constantFrom("a", "b", "/", "//", "é", "\u{1}", "~");
const text = fc.array(piece, { maxLength: 5 }).map((pieces) => pieces.join(""));

describe("a page of uploads", () => {
  test("has the first ones by name and beginning, grouped, after a marker", async () => {
    const at = await s3Deployment();
    await fc.assert(
      fc.asyncProperty(
        fc.uuid(),
        fc.array(
          text.filter((name) => name !== ""),
          { maxLength: 30 },
        ),
        text,
        fc.constantFrom(undefined, "/", "//", "a"),
        fc.option(fc.nat(), { nil: undefined }),
        fc.integer({ min: 1, max: 8 }),
        async (bucketId, names, prefix, delimiter, from, limit) => {
          const rows = names.map((name, index) => ({ name, id: String(index).padStart(4, "0") }));
          const change = new Change();
          for (const row of rows) {
            const record = { ...row, bucketId } as UploadRecord;
            change.put(uploadSpace, [bucketId, row.name, row.id], record);
          }
          if (rows.length > 0) await at.store.commit(change, at.session);
          const ordered = rows.toSorted((a, b) => byBytes(a.name, b.name) || byBytes(a.id, b.id));
          const marker = from === undefined ? undefined : ordered[from % (ordered.length || 1)];
          const after = marker && { name: marker.name, uploadId: marker.id };
          const query = { bucketId, prefix, delimiter, limit };
          const page = await listUploads(at.store, { ...query, after });
          const items = [
            ...page.uploads.map(({ name, id }) => `${name} ${id}`),
            ...page.groups.map((group) => `${group}…`),
          ];
          const all = model(ordered, prefix, delimiter, marker);
          assert.deepEqual(new Set(items), new Set(all.slice(0, limit)));
          assert.equal(page.truncated, all.length > limit);
          await at.store.commit(emptied(bucketId, rows), at.session);
        },
      ),
      { numRuns: 120 },
    );
  });

  for (const [count, each] of [
    [400, 2],
    [20, 100],
    [1, 900],
  ] as const) {
    test(`of ${count} groups of ${each} reads few rows for each`, async () => {
      const at = await s3Deployment();
      const groups = Array.from({ length: count }, (_, group) => `${1000 + group}/`);
      for (const group of groups) {
        const change = new Change();
        for (let id = 1000; id < 1000 + each; id += 1) {
          const record = { name: group, id: String(id), bucketId: "b" } as UploadRecord;
          change.put(uploadSpace, ["b", `${group}k`, String(id)], record);
        }
        await at.store.commit(change, at.session);
      }
      const range = at.kv.range.bind(at.kv);
      let rows = 0;
      at.kv.range = async (asked) => {
        const found = await range(asked);
        rows += found.length;
        return found;
      };
      const query = { bucketId: "b", prefix: "", delimiter: "/", after: undefined, limit: 1000 };
      const page = await listUploads(at.store, query);
      assert.deepEqual(page, { uploads: [], groups, truncated: false });
      assert.ok(rows <= 64 + 16 * count, `${rows} rows`);
    });
  }

  test("says who began an upload, and for whom it is", async () => {
    const at = await s3Deployment();
    await at.bucket();
    const caller = userCaller("alice");
    at.allow(caller, { Effect: "Allow", Action: "s3:*", Resource: "*" });
    await begin(at, { Key: "a" });
    await at.call("CreateMultipartUpload", { Bucket: "bucket", Key: "b" }, { caller });
    const { Uploads } = await at.call("ListMultipartUploads", { Bucket: "bucket" });
    const [ours, theirs] = Uploads as { Owner: object; Initiator: object }[];
    assert.deepEqual(ours?.Initiator, ours?.Owner);
    assert.deepEqual(theirs?.Owner, ours?.Owner);
    assert.deepEqual(theirs?.Initiator, { ID: caller.arn, DisplayName: "alice" });
  });
});

interface Row {
  readonly name: string;
  readonly id: string;
}

function model(
  ordered: readonly Row[],
  prefix: string,
  delimiter: string | undefined,
  marker: Row | undefined,
): string[] {
  const groupIn = (name: string) => {
    const at = delimiter === undefined ? -1 : name.indexOf(delimiter, prefix.length);
    return at < 0 ? undefined : name.slice(0, at + (delimiter ?? "").length);
  };
  const skipped = marker?.name.startsWith(prefix) === true ? groupIn(marker.name) : undefined;
  const items = new Set<string>();
  for (const row of ordered) {
    if (!row.name.startsWith(prefix)) continue;
    const order = marker ? byBytes(row.name, marker.name) || byBytes(row.id, marker.id) : 1;
    if (order <= 0 || (skipped !== undefined && row.name.startsWith(skipped))) continue;
    const group = groupIn(row.name);
    items.add(group === undefined ? `${row.name} ${row.id}` : `${group}…`);
  }
  return [...items];
}

function emptied(bucketId: string, rows: readonly Row[]): Change {
  const change = new Change();
  for (const { name, id } of rows) change.delete(uploadSpace, bucketId, name, id);
  return change;
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
