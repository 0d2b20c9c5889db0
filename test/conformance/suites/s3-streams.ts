/** Bodies on their way: cut off, waited for, read while they are replaced. */
import assert from "node:assert/strict";
import { connect, type Socket } from "node:net";
import { describe, test } from "node:test";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn, until } from "../../support/in-turn.ts";
import { pattern, read } from "../../support/objects.ts";
import { ask, sign } from "../../support/signature.ts";
import { element, type WireRequest } from "../../support/wire.ts";

const MiB = 1024 * 1024;

function headOf({ method, target, headers }: WireRequest, more: readonly string[]): string {
  const lines = Object.entries(headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${target} HTTP/1.1`, ...lines, ...more, "\r\n"].join("\r\n");
}

export function s3Streams(at: Deployment): void {
  const open = () => {
    const { hostname, port } = new URL(at.endpoint.url);
    return new Promise<{ socket: Socket; heard: () => string }>((resolve, reject) => {
      let text = "";
      const socket = connect(Number(port), hostname, () => resolve({ socket, heard: () => text }));
      socket.setEncoding("latin1").on("data", (chunk: string) => (text += chunk));
      socket.once("error", reject);
    });
  };
  const heard = (what: string, said: () => string, wanted: RegExp) =>
    until(what, () => Promise.resolve(wanted.test(said()) ? said() : undefined));
  const put = (Bucket: string, body: Buffer, credentials = at.endpoint.root) =>
    sign(at.endpoint, { method: "PUT", target: `/${Bucket}/k`, body }, { credentials });
  const length = (body: Buffer) => `content-length: ${body.length}`;

  describe("S3 streams", () => {
    for (const sent of [0, 1000, 40_000, 3 * MiB]) {
      test(`an upload that ends after ${sent} of its bytes leaves nothing`, async () => {
        const Bucket = await at.bucket();
        const body = pattern(4 * MiB, sent);
        const { socket } = await open();
        socket.write(headOf(put(Bucket, body), [length(body)]));
        if (sent > 0) {
          await new Promise<void>((resolve) => {
            socket.write(body.subarray(0, sent), () => resolve());
          });
        }
        socket.destroy();
        await at.root.s3.headBucket({ Bucket });
        assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
        await at.root.s3.putObject({ Bucket, Key: "k", Body: "whole" });
        assert.equal(String(await read(at.root.s3, { Bucket, Key: "k" })), "whole");
      });
    }

    test("an upload that is cut off leaves the object before it as it was", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "before" });
      const body = pattern(MiB, 1);
      const { socket } = await open();
      socket.write(headOf(put(Bucket, body), [length(body)]));
      socket.write(body.subarray(0, MiB / 2));
      socket.end();
      await new Promise<void>((resolve) => socket.once("close", () => resolve()));
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "k" })), "before");
    });

    test("who asks whether to go on is told so before the body", async () => {
      const Bucket = await at.bucket();
      const body = Buffer.from("after the nod");
      const { socket, heard: said } = await open();
      socket.write(headOf(put(Bucket, body), [length(body), "expect: 100-continue"]));
      await heard("100 Continue", said, /^HTTP\/1\.1 100 /);
      socket.write(body);
      await heard("200", said, /HTTP\/1\.1 200 /);
      socket.destroy();
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "k" })), "after the nod");
    });

    test("who may not write is told so, and its body is not waited for", async () => {
      const Bucket = await at.bucket();
      const nobody = await at.user("nobody");
      const body = pattern(MiB, 2);
      const { socket, heard: said } = await open();
      const request = put(Bucket, body, nobody.credentials);
      socket.write(headOf(request, [length(body), "expect: 100-continue"]));
      assert.match(await heard("403", said, /HTTP\/1\.1 403 /), /AccessDenied/);
      socket.destroy();
    });

    test("a body of a length that is not said is refused", async () => {
      const Bucket = await at.bucket();
      const body = Buffer.from("how long");
      const { socket, heard: said } = await open();
      socket.write(headOf(put(Bucket, body), ["transfer-encoding: chunked"]));
      socket.write(`${body.length.toString(16)}\r\n${body.toString()}\r\n0\r\n\r\n`);
      const answer = await heard("an answer", said, /<\/Error>/);
      socket.destroy();
      assert.match(answer, /^HTTP\/1\.1 411 /);
      assert.equal(element(answer, "Code"), "MissingContentLength");
    });

    for (const change of ["replaced", "deleted"] as const) {
      test(`an object that is ${change} while it is read is read to its end`, async () => {
        const Bucket = await at.bucket();
        const body = pattern(24 * MiB, 3);
        await at.root.s3.putObject({ Bucket, Key: "k", Body: body });
        const { Body } = await at.root.s3.getObject({ Bucket, Key: "k" });
        if (change === "deleted") await at.root.s3.deleteObject({ Bucket, Key: "k" });
        else await at.root.s3.putObject({ Bucket, Key: "k", Body: "new" });
        const bytes = Buffer.from((await Body?.transformToByteArray()) ?? []);
        assert.ok(bytes.equals(body));
      });
    }

    test("a body is given as it was put, whatever encodings the reader accepts", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x".repeat(50_000) });
      const reply = await ask(
        at.endpoint,
        {
          method: "GET",
          target: `/${Bucket}/k`,
          headers: { "accept-encoding": "gzip, br, zstd" },
        },
        { credentials: at.endpoint.root },
      );
      assert.equal(reply.headers["content-encoding"], undefined);
      assert.equal(reply.body.length, 50_000);
    });
  });

  describe("S3 headers that are not for now", () => {
    const later: [string, Record<string, string>][] = [
      ["tags", { "x-amz-tagging": "a=b" }],
      ["an ACL", { "x-amz-acl": "public-read" }],
      ["a grant", { "x-amz-grant-read": 'uri="http://acs.amazonaws.com/groups/global/AllUsers"' }],
      [
        "a retention",
        {
          "x-amz-object-lock-mode": "GOVERNANCE",
          "x-amz-object-lock-retain-until-date": "2100-01-01T00:00:00Z",
        },
      ],
      ["a legal hold", { "x-amz-object-lock-legal-hold": "ON" }],
      ["a redirect", { "x-amz-website-redirect-location": "/elsewhere" }],
      ["an append", { "x-amz-write-offset-bytes": "0" }],
    ];
    for (const [name, headers] of later) {
      test(`${name}: done, or refused, and never dropped in silence`, async () => {
        const Bucket = await at.bucket();
        const send = (method: string, target: string, more: Record<string, string> = {}) =>
          ask(
            at.endpoint,
            { method, target, headers: more, body: method === "PUT" ? "x" : "" },
            { credentials: at.endpoint.root },
          );
        const reply = await send("PUT", `/${Bucket}/k`, headers);
        if (reply.status >= 400) {
          assert.ok(element(reply.text, "Code"), reply.text);
          assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
          return;
        }
        const head = await send("HEAD", `/${Bucket}/k`);
        const kept = ["x-amz-tagging-count", ...Object.keys(headers)].filter(
          (header) => head.headers[header] !== undefined,
        );
        assert.ok(kept.length > 0, `${name} was accepted and forgotten`);
      });
    }

    test("an ACL that says what is so anyway is accepted", async () => {
      const Bucket = await at.bucket();
      const ACL = "bucket-owner-full-control" as const;
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x", ACL });
      await inTurn(["k"], (Key) => at.root.s3.headObject({ Bucket, Key }));
    });
  });
}
