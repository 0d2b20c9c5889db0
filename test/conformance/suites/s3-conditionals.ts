import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Deployment } from "../../support/deployment.ts";
import { atOnce, numbers } from "../../support/in-turn.ts";
import { md5 } from "../../support/objects.ts";
import { refused } from "../../support/refusal.ts";
import { ask } from "../../support/signature.ts";
import { element } from "../../support/wire.ts";

const unmet = "At least one of the pre-conditions you specified did not hold";
const notImplemented = "A header you provided implies functionality that is not implemented";
const etag = `"${md5(Buffer.from("body"))}"`;
const other = `"${md5(Buffer.from("other"))}"`;
const failed = (Condition: string) => ({
  code: "PreconditionFailed",
  status: 412,
  message: unmet,
  extra: { Condition },
});

export function s3Conditionals(at: Deployment): void {
  const send = (method: string, target: string, headers: Record<string, string>, body = "") =>
    ask(at.endpoint, { method, target, headers, body }, { credentials: at.endpoint.root });
  const made = async () => {
    const Bucket = await at.bucket();
    await at.root.s3.putObject({ Bucket, Key: "k", Body: "body" });
    const { LastModified } = await at.root.s3.headObject({ Bucket, Key: "k" });
    return { Bucket, at: Number(LastModified) };
  };
  const day = 86_400_000;
  const date = (ms: number) => new Date(ms).toUTCString();

  describe("S3 conditional requests", () => {
    type Conditions = (modified: number) => Record<string, string>;
    const reads: [string, Conditions, number][] = [
      ["If-Match of its ETag", () => ({ "if-match": etag }), 200],
      ["If-Match without quotes", () => ({ "if-match": etag.replaceAll('"', "") }), 200],
      ["If-Match of anything", () => ({ "if-match": "*" }), 200],
      ["If-Match of another ETag", () => ({ "if-match": other }), 412],
      ["If-None-Match of its ETag", () => ({ "if-none-match": etag }), 304],
      ["If-None-Match of anything", () => ({ "if-none-match": "*" }), 304],
      ["If-None-Match of another ETag", () => ({ "if-none-match": other }), 200],
      ["If-Modified-Since the day before", (m) => ({ "if-modified-since": date(m - day) }), 200],
      ["If-Modified-Since its own second", (m) => ({ "if-modified-since": date(m) }), 304],
      ["If-Modified-Since a future day", (m) => ({ "if-modified-since": date(m + day) }), 200],
      ["If-Unmodified-Since its own second", (m) => ({ "if-unmodified-since": date(m) }), 200],
      [
        "If-Unmodified-Since the day before",
        (m) => ({ "if-unmodified-since": date(m - day) }),
        412,
      ],
      [
        "a true If-Match over a false If-Unmodified-Since",
        (m) => ({ "if-match": etag, "if-unmodified-since": date(m - day) }),
        200,
      ],
      [
        "a false If-None-Match over a true If-Modified-Since",
        (m) => ({ "if-none-match": etag, "if-modified-since": date(m - day) }),
        304,
      ],
    ];
    for (const [name, conditions, status] of reads) {
      test(`reading with ${name} answers ${status}`, async () => {
        const { Bucket, at: modified } = await made();
        const headers = conditions(modified);
        const reply = await send("GET", `/${Bucket}/k`, headers);
        assert.equal(reply.status, status);
        if (status === 200) assert.equal(reply.text, "body");
        if (status === 304) assert.deepEqual([reply.text, reply.headers["etag"]], ["", etag]);
        if (status === 412) {
          assert.equal(element(reply.text, "Code"), "PreconditionFailed");
          assert.equal(element(reply.text, "Message"), unmet);
        }
        const head = await send("HEAD", `/${Bucket}/k`, headers);
        assert.deepEqual([head.status, head.text], [status, ""]);
      });
    }

    test("If-None-Match: * writes only where nothing is", async () => {
      const { Bucket } = await made();
      const put = (Key: string) =>
        at.root.s3.putObject({ Bucket, Key, Body: "again", IfNoneMatch: "*" });
      await put("free");
      await refused(put("k"), failed("If-None-Match"));
      await at.root.s3.deleteObject({ Bucket, Key: "k" });
      await put("k");
    });

    test("If-Match writes only over what it names", async () => {
      const { Bucket } = await made();
      const put = (Key: string, IfMatch: string) =>
        at.root.s3.putObject({ Bucket, Key, Body: "next", IfMatch });
      await refused(put("k", other), failed("If-Match"));
      await refused(put("none", etag), { code: "NoSuchKey", status: 404 });
      await put("k", etag);
      await refused(put("k", etag), failed("If-Match"));
    });

    test("of many conditional writers of one name exactly one succeeds", async () => {
      const Bucket = await at.bucket();
      const race = async (
        name: string,
        condition: { IfNoneMatch: string } | { IfMatch: string },
      ) => {
        const outcomes = await atOnce(numbers(16), 16, (n) =>
          at.root.s3.putObject({ Bucket, Key: "k", Body: `${name} ${n}`, ...condition }).then(
            (answer) => answer.ETag,
            (error: unknown) => {
              assert.match(String(error), /PreconditionFailed|ConditionalRequestConflict/);
            },
          ),
        );
        return outcomes.filter((outcome) => outcome !== undefined);
      };
      const [first, ...more] = await race("first", { IfNoneMatch: "*" });
      assert.deepEqual([typeof first, more], ["string", []]);
      assert.equal((await race("second", { IfMatch: first ?? "" })).length, 1);
    });

    const unsupported: [string, Record<string, string>, string, string][] = [
      [
        "an ETag in If-None-Match",
        { "if-none-match": etag },
        "If-None-Match",
        "We don't accept the provided value of If-None-Match header for this API",
      ],
      [
        "* in If-Match",
        { "if-match": "*" },
        "If-Match",
        "We don't accept the provided value of If-Match header for this API",
      ],
      [
        "both headers",
        { "if-match": etag, "if-none-match": "*" },
        "If-Match,If-None-Match",
        "Multiple conditional request headers present in the request",
      ],
    ];
    for (const [name, headers, Header, additional] of unsupported) {
      test(`writing with ${name} is not implemented`, async () => {
        const { Bucket } = await made();
        const reply = await send("PUT", `/${Bucket}/k`, headers, "x");
        assert.equal(reply.status, 501);
        assert.equal(element(reply.text, "Code"), "NotImplemented");
        assert.equal(element(reply.text, "Message"), notImplemented);
        assert.equal(element(reply.text, "Header"), Header);
        assert.equal(element(reply.text, "additionalMessage"), additional);
      });
    }

    test("deleting can be conditional", async () => {
      const { Bucket } = await made();
      const remove = (Key: string, IfMatch: string) =>
        at.root.s3.deleteObject({ Bucket, Key, IfMatch });
      await refused(remove("k", other), failed("If-Match"));
      await refused(remove("none", etag), { code: "NoSuchKey", status: 404 });
      await remove("k", etag);
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "body" });
      await remove("k", "*");
    });
  });
}
