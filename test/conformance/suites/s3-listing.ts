import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ListObjectsV2CommandInput } from "@aws-sdk/client-s3";
import type { Deployment } from "../../support/deployment.ts";
import { atOnce, inTurn } from "../../support/in-turn.ts";
import { md5 } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { ask } from "../../support/signature.ts";
import { element, elements } from "../../support/wire.ts";

const names = [
  "a",
  "a/1",
  "a/2",
  "a/b/1",
  "b",
  "photos/2024/jan.jpg",
  "photos/2024/feb.jpg",
  "photos/2025/jan.jpg",
  "photos-old",
  "z",
  "~",
  "é",
  "日本",
];
const inOrder = names.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

export function s3Listing(at: Deployment): void {
  let filled: Promise<string> | undefined;
  const bucket = () =>
    (filled ??= (async () => {
      const Bucket = await at.bucket("listing");
      await atOnce(names, 4, (Key) => at.root.s3.putObject({ Bucket, Key, Body: Key }));
      return Bucket;
    })());
  const v2 = async (more: Partial<ListObjectsV2CommandInput> = {}) =>
    at.root.s3.listObjectsV2({ Bucket: await bucket(), ...more });
  const raw = async (query: string) =>
    ask(
      at.endpoint,
      { method: "GET", target: `/${await bucket()}?${query}` },
      { credentials: at.endpoint.root },
    );

  describe("S3 listing", () => {
    test("names come in the order of their bytes, with what is known of them", async () => {
      const answer = await v2();
      assert.deepEqual(
        answer.Contents?.map(({ Key }) => Key),
        inOrder,
      );
      assert.deepEqual(
        [answer.KeyCount, answer.IsTruncated, answer.MaxKeys, answer.Prefix],
        [names.length, false, 1000, ""],
      );
      const [first] = answer.Contents ?? [];
      assert.equal(first?.ETag, `"${md5(Buffer.from("a"))}"`);
      assert.deepEqual([first.Size, first.StorageClass, first.Owner], [1, "STANDARD", undefined]);
      assert.ok(Math.abs(Number(first.LastModified) - Date.now()) < 600_000);
      assert.deepEqual(first.ChecksumType, "FULL_OBJECT");
    });

    const groups: [string, Partial<ListObjectsV2CommandInput>, string[], string[]][] = [
      ["a prefix", { Prefix: "a/" }, ["a/1", "a/2", "a/b/1"], []],
      ["a prefix of nothing", { Prefix: "nothing" }, [], []],
      [
        "a delimiter",
        { Delimiter: "/" },
        ["a", "b", "photos-old", "z", "~", "é", "日本"],
        ["a/", "photos/"],
      ],
      ["both", { Prefix: "a/", Delimiter: "/" }, ["a/1", "a/2"], ["a/b/"]],
      [
        "both, deeper",
        { Prefix: "photos/2", Delimiter: "/" },
        [],
        ["photos/2024/", "photos/2025/"],
      ],
      [
        "a delimiter of two characters",
        { Delimiter: "os" },
        ["a", "a/1", "a/2", "a/b/1", "b", "z", "~", "é", "日本"],
        ["photos"],
      ],
      ["an empty delimiter", { Delimiter: "" }, inOrder, []],
    ];
    for (const [name, input, keys, prefixes] of groups) {
      test(`${name} groups names`, async () => {
        const answer = await v2(input);
        assert.deepEqual(answer.Contents?.map(({ Key }) => Key) ?? [], keys);
        assert.deepEqual(answer.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [], prefixes);
        assert.equal(answer.KeyCount, keys.length + prefixes.length);
        const one = await at.root.s3.listObjects({ Bucket: await bucket(), ...input });
        assert.deepEqual(one.Contents?.map(({ Key }) => Key) ?? [], keys);
        assert.deepEqual(one.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [], prefixes);
      });
    }

    for (const MaxKeys of [1, 2, 3, 7]) {
      for (const Delimiter of [undefined, "/"]) {
        test(`pages of ${MaxKeys} ${Delimiter ? "with" : "without"} a delimiter hold each name once`, async () => {
          const whole = await v2({ Delimiter });
          const expected = [
            ...(whole.Contents?.map(({ Key }) => Key) ?? []),
            ...(whole.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? []),
          ];
          const found: (string | undefined)[] = [];
          const page = async (ContinuationToken?: string): Promise<void> => {
            const answer = await v2({ MaxKeys, Delimiter, ContinuationToken });
            assert.ok((answer.KeyCount ?? 0) <= MaxKeys);
            assert.equal(answer.ContinuationToken, ContinuationToken);
            assert.equal(answer.NextContinuationToken !== undefined, answer.IsTruncated);
            found.push(...(answer.Contents?.map(({ Key }) => Key) ?? []));
            found.push(...(answer.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? []));
            if (answer.IsTruncated) await page(answer.NextContinuationToken);
          };
          await page();
          assert.deepEqual(new Set(found), new Set(expected));
          assert.equal(found.length, expected.length);
        });
      }
    }

    test("StartAfter begins behind a name, whether it exists or not", async () => {
      const after = async (StartAfter: string) => {
        const answer = await v2({ StartAfter });
        assert.equal(answer.StartAfter, StartAfter);
        return answer.Contents?.map(({ Key }) => Key);
      };
      assert.deepEqual(await after("photos-old"), inOrder.slice(inOrder.indexOf("photos-old") + 1));
      assert.deepEqual(await after("c"), inOrder.slice(inOrder.indexOf("b") + 1));
      assert.deepEqual((await after("日本")) ?? [], []);
    });

    test("a group is left out when the start is inside it", async () => {
      const answer = await v2({ Delimiter: "/", StartAfter: "a/1" });
      assert.deepEqual(
        answer.CommonPrefixes?.map(({ Prefix }) => Prefix),
        ["a/", "photos/"].slice(1),
      );
    });

    test("owners are shown when asked for", async () => {
      const answer = await v2({ FetchOwner: true, MaxKeys: 1 });
      assert.match(answer.Contents?.[0]?.Owner?.ID ?? "", /^[0-9a-f]{64}$/);
    });

    test("MaxKeys 0 answers nothing, more than 1000 no more than 1000", async () => {
      const none = await v2({ MaxKeys: 0 });
      assert.deepEqual([none.KeyCount, none.IsTruncated], [0, false]);
      const many = await v2({ MaxKeys: 2000 });
      assert.deepEqual([many.MaxKeys, many.KeyCount], [1000, names.length]);
    });

    test("the first version answers NextMarker only with a delimiter, and pages by names", async () => {
      const Bucket = await bucket();
      const plain = await at.root.s3.listObjects({ Bucket, MaxKeys: 2 });
      assert.deepEqual([plain.IsTruncated, plain.NextMarker, plain.Marker], [true, undefined, ""]);
      assert.match(plain.Contents?.[0]?.Owner?.ID ?? "", /^[0-9a-f]{64}$/);
      const found: (string | undefined)[] = [];
      const page = async (Marker?: string): Promise<void> => {
        const answer = await at.root.s3.listObjects({ Bucket, Delimiter: "/", MaxKeys: 2, Marker });
        found.push(...(answer.Contents?.map(({ Key }) => Key) ?? []));
        found.push(...(answer.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? []));
        if (answer.IsTruncated) await page(answer.NextMarker);
      };
      await page();
      assert.equal(found.length, 9);
      assert.equal(new Set(found).size, 9);
    });

    test("encoding-type url encodes names and leaves tokens", async () => {
      const Bucket = await at.bucket();
      const keys = ["a b", "a+b", "a=b&c", "é/%2F", "tab\t"];
      await inTurn(keys, (Key) => at.root.s3.putObject({ Bucket, Key, Body: "x" }));
      const reply = await ask(
        at.endpoint,
        { method: "GET", target: `/${Bucket}?delimiter=%2F&encoding-type=url&list-type=2` },
        { credentials: at.endpoint.root },
      );
      assert.equal(element(reply.text, "EncodingType"), "url");
      assert.equal(element(reply.text, "Delimiter"), "/");
      const plain = (text: string) => decodeURIComponent(text.replaceAll("+", " "));
      const shown = elements(reply.text, "Key");
      assert.deepEqual(shown.map(plain).toSorted(), ["a b", "a+b", "a=b&c", "tab\t"].toSorted());
      assert.ok(shown.includes("a%2Bb"));
      assert.ok(shown.includes("a%3Db%26c"));
      assert.deepEqual(elements(reply.text, "Prefix").filter(Boolean), ["%C3%A9/"]);
    });

    const badQueries: [string, string, string, string][] = [
      [
        "encoding-type=utf",
        "list-type=2&",
        "encoding-type",
        "Invalid Encoding Method specified in Request",
      ],
      [
        "encoding-type=",
        "list-type=2&",
        "encoding-type",
        "Invalid Encoding Method specified in Request",
      ],
      ["encoding-type=utf", "", "encoding-type", "Invalid Encoding Method specified in Request"],
      [
        "continuation-token=",
        "list-type=2&",
        "continuation-token",
        "The continuation token provided is incorrect",
      ],
      [
        "continuation-token=nonsense",
        "list-type=2&",
        "continuation-token",
        "The continuation token provided is incorrect",
      ],
      [
        "max-keys=many",
        "list-type=2&",
        "max-keys",
        "Provided max-keys not an integer or within integer range",
      ],
      ["max-keys=many", "", "max-keys", "Provided max-keys not an integer or within integer range"],
    ];
    for (const [query, version, argument, message] of badQueries) {
      test(`${version}${query} is refused`, async () => {
        // A canonical query is sorted, so the version goes where its name belongs.
        const sorted = [query, ...(version === "" ? [] : ["list-type=2"])].toSorted().join("&");
        const reply = await raw(sorted);
        assert.equal(reply.status, 400, reply.text);
        assert.equal(element(reply.text, "Code"), "InvalidArgument");
        assert.equal(element(reply.text, "Message"), message);
        assert.equal(element(reply.text, "ArgumentName"), argument);
      });
    }

    test("a negative number of names is refused", async () => {
      await refused(v2({ MaxKeys: -1 }), {
        code: "InvalidArgument",
        status: 400,
        message: "Argument maxKeys must be an integer between 0 and 2147483647",
      });
    });

    test("what was written or deleted a moment ago is listed so", async () => {
      const Bucket = await at.bucket();
      await inTurn(["a", "b", "c"], async (Key) => {
        await at.root.s3.putObject({ Bucket, Key, Body: "x" });
        const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
        assert.equal(Contents?.at(-1)?.Key, Key);
      });
      await at.root.s3.deleteObject({ Bucket, Key: "b" });
      const { Contents } = await at.root.s3.listObjectsV2({ Bucket });
      assert.deepEqual(
        Contents?.map(({ Key }) => Key),
        ["a", "c"],
      );
    });

    test("a thousand and one names take two pages", async () => {
      const Bucket = await at.bucket();
      const keys = Array.from({ length: 1001 }, (_, n) => `k${String(n).padStart(4, "0")}`);
      await atOnce(keys, 16, (Key) => at.root.s3.putObject({ Bucket, Key, Body: "x" }));
      const first = await at.root.s3.listObjectsV2({ Bucket });
      assert.deepEqual([first.KeyCount, first.IsTruncated], [1000, true]);
      const rest = await at.root.s3.listObjectsV2({
        Bucket,
        ContinuationToken: first.NextContinuationToken,
      });
      assert.deepEqual([rest.KeyCount, rest.IsTruncated], [1, false]);
      const Objects = keys.slice(0, 1000).map((Key) => ({ Key }));
      const { Deleted } = await at.root.s3.deleteObjects({ Bucket, Delete: { Objects } });
      assert.equal(Deleted?.length, 1000);
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 1);
    });
  });
}
