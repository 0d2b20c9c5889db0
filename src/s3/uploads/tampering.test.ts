import assert from "node:assert/strict";
import { afterEach, before, describe, test } from "node:test";
import { encodeFields, sha256 } from "../../crypto/index.ts";
import {
  Change,
  type ObjectRecord,
  partPageSpace,
  partSpace,
  type PartRecord,
  type PartRow,
  versionSpace,
} from "../../records/index.ts";
import { PART_BYTES_MIN } from "../limits.ts";
import { type S3Deployment, s3Deployment } from "../testing/s3-deployment.ts";
import { assembled, type Began, begin, complete, part, pattern } from "../testing/uploads.ts";

/** Whoever can write records, or move them: sealing is left aside here, the envelopes have to hold. */
class Tamperer {
  readonly at: S3Deployment;
  readonly upload: Began;
  readonly other: Began;
  readonly #undone: Change[] = [];

  constructor(at: S3Deployment, upload: Began, other: Began) {
    this.at = at;
    this.upload = upload;
    this.other = other;
  }

  async part(number: number, { UploadId } = this.upload): Promise<PartRecord> {
    const found = await this.at.store.get(partSpace, UploadId, BigInt(number));
    assert.ok(found);
    return found.value;
  }

  async putPart(number: number, value: PartRecord): Promise<void> {
    await this.#commit(new Change().put(partSpace, [this.upload.UploadId, BigInt(number)], value));
  }

  async editPage(edit: (rows: readonly PartRow[]) => readonly PartRow[]): Promise<void> {
    const key = [this.upload.UploadId, 0n] as const;
    const found = await this.at.store.get(partPageSpace, ...key);
    assert.ok(found);
    const parts = edit(found.value.parts);
    await this.#commit(new Change().put(partPageSpace, [...key], { parts }));
  }

  async object(Key = "big"): Promise<ObjectRecord> {
    return (await this.#row(Key)).value;
  }

  async putObject(value: ObjectRecord, Key = "big"): Promise<void> {
    const { key } = await this.#row(Key);
    const change = new Change();
    change.puts.push({ space: versionSpace, key, value });
    await this.#commit(change);
  }

  async #row(Key: string) {
    for await (const found of this.at.store.all(versionSpace, versionSpace.under())) {
      const { value } = found;
      if (value.kind === "object" && found.key.includes(Key)) return { key: found.key, value };
    }
    throw new Error(`there is no ${Key}`);
  }

  /** Puts everything back as it was. */
  async undo(): Promise<void> {
    for (const change of this.#undone.splice(0).toReversed()) {
      assert.ok(await this.at.store.commit(change, this.at.session));
    }
  }

  async #commit(change: Change): Promise<void> {
    const back = new Change();
    for (const { space, key } of change.puts) {
      const found = await this.at.store.getKey(space, key);
      assert.ok(found);
      back.puts.push({ space, key, value: found.value });
    }
    this.#undone.push(back);
    assert.ok(await this.at.store.commit(change, this.at.session));
  }
}

const one = pattern(PART_BYTES_MIN, 1);
const two = pattern(PART_BYTES_MIN, 2);
const last = pattern(50_000, 3);

const tamperings: Record<string, (t: Tamperer) => Promise<void>> = {
  "two parts have changed places": async (t) => {
    const [a, b] = [await t.part(1), await t.part(2)];
    await t.putPart(1, b);
    await t.putPart(2, a);
  },
  "two parts have changed bodies": async (t) => {
    const [a, b] = [await t.part(1), await t.part(2)];
    await t.putPart(1, { ...a, body: { ...a.body, blob: b.body.blob } });
    await t.putPart(2, { ...b, body: { ...b.body, blob: a.body.blob } });
  },
  "a part comes from another upload": async (t) => t.putPart(2, await t.part(2, t.other)),
  "a part's envelope comes from another upload": async (t) => {
    const { envelope } = (await t.part(2, t.other)).body;
    const own = await t.part(2);
    await t.putPart(2, { ...own, body: { ...own.body, envelope } });
  },
  "a part says that it is shorter": async (t) => {
    const own = await t.part(2);
    await t.putPart(2, { ...own, size: own.size - 1 });
  },
  "a part has other segments": async (t) => {
    const own = await t.part(2);
    await t.putPart(2, { ...own, body: { ...own.body, segmentBytes: 4096 } });
  },
  "the list says that a part is shorter": (t) =>
    t.editPage((rows) => rows.map(([n, size, offset, mark]) => [n, size - 1, offset, mark])),
  "the list leaves the last part out": (t) => t.editPage((rows) => rows.slice(0, -1)),
  "the list names a part twice": (t) =>
    t.editPage(([a, b, c]) => [a, a, c, b].slice(0, 3) as never),
  "the list's rows have changed places": (t) => t.editPage((rows) => rows.toReversed()),
  "the list has other rows, and the object their digest": async (t) => {
    let page: PartRow[] = [];
    await t.editPage(([a, b, c]) => {
      assert.ok(a && b && c && a[1] === b[1]);
      // Parts of one size change places, and everything else agrees with it.
      page = [[b[0], b[1], a[2], b[3]], [a[0], a[1], b[2], a[3]], c];
      return page;
    });
    const object = await t.object();
    const pages = [[0, sha256(encodeFields(page.flat()))]] as const;
    await t.putObject({ ...object, body: { ...object.body, pages } as never });
  },
  "the object says that it is shorter": async (t) => {
    const object = await t.object();
    await t.putObject({ ...object, size: object.size - last.length });
  },
  "the object says another ETag": async (t) => {
    await t.putObject({ ...(await t.object()), etag: `${"0".repeat(32)}-3` });
  },
  "the object has fewer pages": async (t) => {
    const object = await t.object();
    assert.equal(object.body.kind, "parts");
    await t.putObject({ ...object, body: { ...object.body, pages: [] } });
  },
  "the object names another upload": async (t) => {
    const object = await t.object();
    const body = { ...object.body, upload: t.other.UploadId } as never;
    await t.putObject({ ...object, body });
  },
  "the object is that of another name": async (t) => t.putObject(await t.object("other")),
  "the upload's own envelope stands for that of the object": async (t) => {
    const object = await t.object();
    const body = { ...object.body, envelope: (await t.part(1)).body.envelope } as never;
    await t.putObject({ ...object, body });
  },
};

describe("an object of parts whose records were altered", () => {
  let t: Tamperer;
  before(async () => {
    const at = await s3Deployment();
    await at.bucket();
    const upload = await assembled(at, [one, two, last]);
    const other = await assembled(at, [one, two, last], { Key: "other" });
    t = new Tamperer(at, upload, other);
  });
  afterEach(async () => {
    await t.undo();
    const { Body } = await t.at.call("GetObject", { Bucket: "bucket", Key: "big" });
    assert.ok(Body?.equals(Buffer.concat([one, two, last])), "put back, it is read again");
  });

  for (const [name, tamper] of Object.entries(tamperings)) {
    test(`is not read to its end when ${name}`, async () => {
      await tamper(t);
      await assert.rejects(t.at.call("GetObject", { Bucket: "bucket", Key: "big" }), {
        name: /AuthenticationError|StorageError|BodyGone|InvariantError/,
      });
    });
  }

  test("shows nothing of a range whose part is another's", async () => {
    await t.putPart(2, await t.part(2, t.other));
    const Range = `bytes=${PART_BYTES_MIN}-${PART_BYTES_MIN + 9}`;
    await assert.rejects(t.at.call("GetObject", { Bucket: "bucket", Key: "big", Range }), {
      name: "AuthenticationError",
    });
  });
});

test("a part that was replaced before the completion does not come back", async () => {
  const at = await s3Deployment();
  await at.bucket();
  const upload = await begin(at);
  await part(at, upload, 1, "first");
  const key = [upload.UploadId, 1n] as const;
  const old = await at.store.get(partSpace, ...key);
  assert.ok(old);
  const again = await part(at, upload, 1, "again");
  await complete(at, upload, [again]);
  await at.store.commit(new Change().put(partSpace, [...key], old.value), at.session);
  await assert.rejects(at.call("GetObject", { Bucket: "bucket", Key: "big" }), {
    name: "AuthenticationError",
  });
});
