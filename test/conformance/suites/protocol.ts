/** Requests that no client of AWS would send, and operations that are not there. */
import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test } from "node:test";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { target as elsewhere } from "../../support/server.ts";
import { ask } from "../../support/signature.ts";
import { element, jsonError, send, type WireReply } from "../../support/wire.ts";

export function protocol(at: Deployment): void {
  const json = async (target: string, body: string, service = "kms") => {
    const reply = await ask(
      at.endpoint,
      {
        method: "POST",
        target: "/",
        headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
        body,
      },
      { credentials: at.endpoint.root, service },
    );
    return { ...reply, ...jsonError(reply.text) };
  };
  const query = (body: string, service = "iam") =>
    ask(
      at.endpoint,
      {
        method: "POST",
        target: "/",
        headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
        body,
      },
      { credentials: at.endpoint.root, service },
    );
  const s3 = (method: string, target: string, body = "") =>
    ask(at.endpoint, { method, target, body }, { credentials: at.endpoint.root });
  const code = (reply: WireReply) => [reply.status, element(reply.text, "Code")];

  describe("protocol: JSON", () => {
    test("an answer has AWS's headers and a request id", async () => {
      const reply = await json("TrentService.ListKeys", "{}");
      assert.equal(reply.status, 200);
      assert.equal(reply.headers["content-type"], "application/x-amz-json-1.1");
      assert.match(String(reply.headers["x-amzn-requestid"]), /^[0-9a-f-]{36}$/);
    });

    test("operations without an output answer an empty body", async () => {
      const { id } = await at.key();
      const KeyId = JSON.stringify({ KeyId: id });
      await inTurn(["DisableKey", "EnableKey", "EnableKeyRotation"], async (name) => {
        const reply = await json(`TrentService.${name}`, KeyId);
        assert.deepEqual([reply.status, reply.text], [200, ""], name);
      });
    });

    test("times are seconds with a fraction, blobs are base64", async () => {
      const made = await json("TrentService.CreateKey", "{}");
      assert.match(made.text, /"CreationDate":1\d{9}(\.\d{1,3})?[,}]/);
      const random = await json("TrentService.GenerateRandom", '{"NumberOfBytes":3}');
      assert.match(random.text, /^\{"Plaintext":"[A-Za-z0-9+/]{4}"\}$/);
    });

    for (const target of [
      "TrentService.Fly",
      "Nonsense.ListKeys",
      "TrentService",
      "TrentService.",
    ]) {
      test(`the operation ${target} is unknown`, async () => {
        const reply = await json(target, "{}");
        assert.deepEqual([reply.status, reply.type], [400, "UnknownOperationException"]);
      });
    }

    for (const name of ["Sign", "CreateGrant", "ImportKeyMaterial", "CreateCustomKeyStore"]) {
      test(`${name}, which comes later, is refused by an error of AWS`, async () => {
        const reply = await json(`TrentService.${name}`, "{}");
        assert.equal(reply.status, 400, reply.text);
        assert.match(
          reply.type ?? "",
          /^(UnknownOperation|UnsupportedOperation|Validation)Exception$/,
        );
      });
    }

    for (const body of ["{", "[]", '"text"', '{"KeyId":7}', '{"KeyId":{}}', "\u0000"]) {
      test(`the body ${JSON.stringify(body)} is no input`, async () => {
        const reply = await json("TrentService.DescribeKey", body);
        assert.deepEqual([reply.status, reply.type], [400, "SerializationException"], reply.text);
      });
    }

    test("members that nobody knows are ignored", async () => {
      const reply = await json("TrentService.ListKeys", '{"Colour":"blue"}');
      assert.equal(reply.status, 200);
    });

    test("a body of more than a mebibyte is refused", async () => {
      const body = JSON.stringify({ Description: "d".repeat(1_100_000) });
      const reply = await json("TrentService.CreateKey", body).catch(() => ({ status: 0 }));
      assert.ok([0, 400, 413].includes(reply.status), `answered ${reply.status}`);
    });

    test("CloudTrail is asked by its short name and its long one", async () => {
      const operation = "CloudTrail_20131101.LookupEvents";
      await inTurn([operation, `com.amazonaws.cloudtrail.v20131101.${operation}`], async (name) => {
        const reply = await json(name, '{"MaxResults":1}', "cloudtrail");
        assert.equal(reply.status, 200, reply.text);
      });
    });
  });

  describe("protocol: Query", () => {
    test("an answer is wrapped as AWS wraps it", async () => {
      const reply = await query("Action=GetCallerIdentity&Version=2011-06-15", "sts");
      assert.equal(reply.status, 200, reply.text);
      assert.match(
        reply.text,
        /^(?:<\?xml[^>]*\?>\s*)?<GetCallerIdentityResponse xmlns="https:\/\/sts\.amazonaws\.com\/doc\/2011-06-15\/">\s*<GetCallerIdentityResult>/,
      );
      assert.match(element(reply.text, "RequestId") ?? "", /^[0-9a-f-]{36}$/);
      assert.equal(element(reply.text, "RequestId"), reply.headers["x-amzn-requestid"]);
      assert.equal(reply.headers["content-type"], "text/xml");
    });

    test("GET asks as POST does", async () => {
      const reply = await ask(
        at.endpoint,
        { method: "GET", target: "/?Action=GetCallerIdentity&Version=2011-06-15" },
        { credentials: at.endpoint.root, service: "sts" },
      );
      assert.equal(reply.status, 200, reply.text);
      assert.equal(element(reply.text, "Account"), at.account);
    });

    test("an error is wrapped as AWS wraps it", async () => {
      const reply = await query("Action=GetUser&Version=2010-05-08&UserName=strongroom-nobody");
      assert.equal(reply.status, 404);
      assert.match(
        reply.text,
        /<ErrorResponse xmlns="https:\/\/iam\.amazonaws\.com\/doc\/2010-05-08\/">\s*<Error>\s*<Type>Sender<\/Type>\s*<Code>NoSuchEntity<\/Code>/,
      );
    });

    const unknown: [string, string][] = [
      ["Action=Fly&Version=2010-05-08", "InvalidAction"],
      ["Action=ListUsers&Version=1999-01-01", "InvalidAction"],
      ["Version=2010-05-08", "MissingAction"],
    ];
    for (const [body, expected] of unknown) {
      test(`${body}: ${expected}`, async () => {
        assert.deepEqual(code(await query(body)), [400, expected]);
      });
    }

    test("an operation that comes later is refused by an error of AWS", async () => {
      const reply = await query("Action=CreateSAMLProvider&Version=2010-05-08&Name=a");
      assert.ok(reply.status >= 400 && reply.status < 502, reply.text);
      assert.ok(element(reply.text, "Code"));
    });
  });

  describe("protocol: S3", () => {
    const later = [
      "accelerate",
      "analytics&id=a",
      "cors",
      "intelligent-tiering&id=a",
      "inventory&id=a",
      "lifecycle",
      "logging",
      "metrics&id=a",
      "notification",
      "object-lock",
      "ownershipControls",
      "replication",
      "requestPayment",
      "tagging",
      "versioning",
      "versions",
      "website",
    ];
    for (const name of later) {
      test(`?${name} is implemented, or refused by name`, async () => {
        const Bucket = await at.bucket();
        const reply = await s3("GET", `/${Bucket}?${name}`);
        if (reply.status === 200 || reply.status === 404) {
          assert.ok(!reply.text.includes("<ListBucketResult"), "it is no listing");
          return;
        }
        assert.deepEqual(code(reply), [501, "NotImplemented"], reply.text);
      });
    }

    test("writing a configuration that comes later is never a silent success", async () => {
      const Bucket = await at.bucket();
      await inTurn(["accelerate", "analytics&id=a", "replication", "website"], async (name) => {
        const reply = await s3("PUT", `/${Bucket}?${name}`, "<Nothing/>");
        assert.ok(reply.status >= 400, `${name} answered ${reply.status}`);
        assert.ok(element(reply.text, "Code"));
        const { status } = await s3("DELETE", `/${Bucket}?${name}`);
        assert.ok(status >= 400 || status === 204, name);
        await at.root.s3.headBucket({ Bucket });
      });
    });

    test("object calls that come later are never a silent success", async () => {
      const Bucket = await at.bucket();
      await at.root.s3.putObject({ Bucket, Key: "k", Body: "x" });
      const calls: [string, string][] = [
        ["GET", `/${Bucket}/k?torrent`],
        ["POST", `/${Bucket}/k?select&select-type=2`],
        ["POST", `/${Bucket}/k?restore`],
        ["PUT", `/${Bucket}/k?legal-hold`],
        ["PUT", `/${Bucket}/k?retention`],
        ["PUT", `/${Bucket}/k?encryption`],
      ];
      await inTurn(calls, async ([method, target]) => {
        const reply = await s3(method, target);
        assert.ok(reply.status >= 400, `${method} ${target} answered ${reply.status}`);
        assert.ok(element(reply.text, "Code"));
      });
      assert.equal((await s3("GET", `/${Bucket}/k`)).text, "x");
    });

    for (const method of ["PATCH", "PROPFIND", "TRACE"]) {
      test(`${method} is not allowed`, async () => {
        const Bucket = await at.bucket();
        const reply = await s3(method, `/${Bucket}/k`);
        assert.ok([400, 405, 501].includes(reply.status), `answered ${reply.status}`);
      });
    }

    for (const path of ["%", "%zz", "%ff%fe", "a%00b"]) {
      test(`the name ${path} is answered, never a crash`, async () => {
        const Bucket = await at.bucket();
        const reply = await s3("GET", `/${Bucket}/${path}`);
        assert.ok(reply.status >= 400 && reply.status < 500, `answered ${reply.status}`);
      });
    }

    test("an XML document that grows is refused", async () => {
      const Bucket = await at.bucket();
      const bomb = `<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;&b;&b;">]><Delete><Object><Key>&c;</Key></Object></Delete>`;
      const reply = await ask(
        at.endpoint,
        {
          method: "POST",
          target: `/${Bucket}?delete`,
          body: bomb,
          headers: { "x-amz-sdk-checksum-algorithm": "CRC32", "x-amz-checksum-crc32": "AAAAAA==" },
        },
        { credentials: at.endpoint.root },
      );
      assert.equal(reply.status, 400, reply.text);
    });

    test("headers of more than 16 KiB are refused", async () => {
      const headers = { "x-filler": "f".repeat(20_000) };
      const reply = await send(at.endpoint, { method: "GET", target: "/", headers }).catch(
        () => undefined,
      );
      assert.ok(reply === undefined || (reply.status >= 400 && reply.status < 500));
    });
  });

  describe("protocol: the port", () => {
    test("health and metrics are beside the services", async () => {
      const get = (path: string) => send(at.endpoint, { method: "GET", target: path });
      assert.equal((await get("/-/live")).status, 200);
      assert.equal((await get("/-/ready")).status, 200);
      const metrics = await get("/-/metrics");
      assert.equal(metrics.status, 200);
      assert.match(metrics.text, /^# HELP /m);
      if (elsewhere) return;
      for (const name of ["oldest_reader_seconds", "file_bytes", "live_bytes", "free_bytes"]) {
        assert.match(metrics.text, new RegExp(`^strongroom_store_${name} \\d`, "m"), name);
      }
    });

    test("bytes that are no HTTP are answered with an error and a closed connection", async () => {
      const { hostname, port } = new URL(at.endpoint.url);
      const answer = await new Promise<string>((resolve, reject) => {
        const socket = connect(Number(port), hostname, () => socket.write("NONSENSE\r\n\r\n"));
        let text = "";
        socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        socket.once("close", () => resolve(text)).once("error", reject);
      });
      assert.match(answer, /^(HTTP\/1\.1 400 |$)/);
    });

    test("a failed request leaves the next one on its connection in order", async () => {
      const replies = await Promise.all(
        ["/-/live", "/%", "/-/live"].map((path) =>
          send(at.endpoint, { method: "GET", target: path }),
        ),
      );
      assert.deepEqual([replies[0]?.status, replies[2]?.status], [200, 200]);
    });
  });
}
