/** Who a request comes from: what is wrong with its signature, its time or its key. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { everything, type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { refused } from "../../support/refusal.ts";
import { amzDateOf, ask, sha256, sign, type Signing } from "../../support/signature.ts";
import { element, jsonError, send, type WireReply, type WireRequest } from "../../support/wire.ts";

const minute = 60_000;
const mismatch =
  "The request signature we calculated does not match the signature you provided. Check your key and signing method.";
const longMismatch =
  "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";

export function auth(at: Deployment): void {
  const root = () => at.endpoint.root;
  const list = { method: "GET", target: "/" };
  const s3 = (how: Partial<Signing>, asked: WireRequest = list) =>
    ask(at.endpoint, asked, { credentials: root(), ...how });
  const listKeys = {
    method: "POST",
    target: "/",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": "TrentService.ListKeys",
    },
    body: "{}",
  };
  const kms = (how: Partial<Signing>, asked: WireRequest = listKeys) =>
    ask(at.endpoint, asked, { credentials: root(), service: "kms", ...how });
  const iamBody = "Action=ListUsers&Version=2010-05-08";
  const listUsers = {
    method: "POST",
    target: "/",
    headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
    body: iamBody,
  };
  const iam = (how: Partial<Signing>, asked: WireRequest = listUsers) =>
    ask(at.endpoint, asked, { credentials: root(), service: "iam", ...how });
  const xml = (reply: WireReply) => [reply.status, element(reply.text, "Code")];
  const json = (reply: WireReply) => {
    const { type, message } = jsonError(reply.text);
    return [reply.status, type, message];
  };

  describe("authentication", () => {
    test("the suite's own signatures are good", async () => {
      const [one, two, three] = await Promise.all([s3({}), kms({}), iam({})]);
      assert.deepEqual([one.status, two.status, three.status], [200, 200, 200]);
    });

    test("a wrong secret is a mismatch, in each protocol's words", async () => {
      const credentials = { ...root(), secretAccessKey: "wrong" };
      const one = await s3({ credentials });
      assert.deepEqual(xml(one), [403, "SignatureDoesNotMatch"]);
      assert.equal(element(one.text, "Message"), mismatch);
      assert.equal(element(one.text, "AWSAccessKeyId"), root().accessKeyId);
      assert.match(element(one.text, "StringToSign") ?? "", /^AWS4-HMAC-SHA256\n/);
      assert.match(element(one.text, "CanonicalRequest") ?? "", /^GET\n\/\n/);
      const [status, type, message] = json(await kms({ credentials }));
      assert.deepEqual([status, type], [400, "InvalidSignatureException"]);
      assert.ok(String(message).startsWith(longMismatch));
      const three = await iam({ credentials });
      assert.deepEqual(xml(three), [403, "SignatureDoesNotMatch"]);
      assert.ok(element(three.text, "Message")?.startsWith(longMismatch));
    });

    test("an unknown key is unknown, in each protocol's words", async () => {
      const credentials = { accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "x" };
      const one = await s3({ credentials });
      assert.deepEqual(xml(one), [403, "InvalidAccessKeyId"]);
      assert.equal(
        element(one.text, "Message"),
        "The AWS Access Key Id you provided does not exist in our records.",
      );
      assert.equal(element(one.text, "AWSAccessKeyId"), credentials.accessKeyId);
      assert.deepEqual(json(await kms({ credentials })), [
        400,
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
      ]);
      const three = await iam({ credentials });
      assert.deepEqual(xml(three), [403, "InvalidClientTokenId"]);
      assert.equal(
        element(three.text, "Message"),
        "The security token included in the request is invalid.",
      );
    });

    test("nobody may list buckets, keys or users", async () => {
      assert.deepEqual(xml(await send(at.endpoint, list)), [403, "AccessDenied"]);
      const [status, type] = json(await send(at.endpoint, listKeys));
      assert.deepEqual([status, type], [400, "MissingAuthenticationTokenException"]);
      assert.deepEqual(xml(await send(at.endpoint, listUsers)), [
        403,
        "MissingAuthenticationToken",
      ]);
    });

    for (const minutes of [-16, 16]) {
      test(`a clock that is ${minutes} minutes off is refused`, async () => {
        const date = new Date(Date.now() + minutes * minute);
        const one = await s3({ date });
        assert.deepEqual(xml(one), [403, "RequestTimeTooSkewed"]);
        assert.equal(
          element(one.text, "Message"),
          "The difference between the request time and the current time is too large.",
        );
        assert.equal(element(one.text, "MaxAllowedSkewMilliseconds"), "900000");
        assert.ok(element(one.text, "RequestTime") && element(one.text, "ServerTime"));
        const word = minutes < 0 ? /^Signature expired: / : /^Signature not yet current: /;
        const [status, type, message] = json(await kms({ date }));
        assert.deepEqual([status, type], [400, "InvalidSignatureException"]);
        assert.match(String(message), word);
        const three = await iam({ date });
        assert.deepEqual(xml(three), [403, "SignatureDoesNotMatch"]);
        assert.match(element(three.text, "Message") ?? "", word);
      });
    }

    for (const minutes of [-14, 14]) {
      test(`a clock that is ${minutes} minutes off is let through`, async () => {
        const date = new Date(Date.now() + minutes * minute);
        assert.equal((await s3({ date })).status, 200);
      });
    }

    test("what was signed cannot be changed", async () => {
      const Bucket = await at.bucket();
      const asked = {
        method: "PUT",
        target: `/${Bucket}/k?x-id=PutObject`,
        headers: { "x-amz-meta-colour": "blue" },
        body: "body",
      };
      const good = sign(at.endpoint, asked, { credentials: root() });
      const headers = good.headers ?? {};
      const changed: [string, WireRequest][] = [
        ["method", { ...good, method: "DELETE" }],
        ["name", { ...good, target: good.target.replace("/k", "/l") }],
        ["query", { ...good, target: `${good.target}&tagging=` }],
        ["header", { ...good, headers: { ...headers, "x-amz-meta-colour": "red" } }],
        [
          "date",
          {
            ...good,
            headers: { ...headers, "x-amz-date": amzDateOf(new Date(Date.now() + 1000)) },
          },
        ],
        [
          "host",
          { ...good, headers: { ...headers, host: `localhost:${new URL(at.endpoint.url).port}` } },
        ],
        [
          "hash",
          {
            ...good,
            headers: { ...headers, "x-amz-content-sha256": sha256("other") },
            body: "other",
          },
        ],
      ];
      await inTurn(changed, async ([what, other]) => {
        assert.deepEqual(xml(await send(at.endpoint, other)), [403, "SignatureDoesNotMatch"], what);
      });
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      assert.equal((await send(at.endpoint, good)).status, 200);
    });

    test("a body that is not the one whose hash was signed is refused", async () => {
      const Bucket = await at.bucket();
      const asked = { method: "PUT", target: `/${Bucket}/k`, body: "body" };
      const good = sign(at.endpoint, asked, { credentials: root() });
      const reply = await send(at.endpoint, { ...good, body: "evil" });
      assert.deepEqual(xml(reply), [400, "XAmzContentSHA256Mismatch"]);
      assert.equal(
        element(reply.text, "Message"),
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
      assert.equal(element(reply.text, "ClientComputedContentSHA256"), sha256("body"));
      assert.equal(element(reply.text, "S3ComputedContentSHA256"), sha256("evil"));
      assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      const [status, type] = json(
        await send(at.endpoint, {
          ...sign(at.endpoint, listKeys, { credentials: root(), service: "kms" }),
          body: '{"Limit":1}',
        }),
      );
      assert.deepEqual([status, type], [400, "InvalidSignatureException"]);
    });

    test("every x-amz header has to be signed", async () => {
      const Bucket = await at.bucket();
      const reply = await s3(
        { unsigned: ["x-amz-acl", "x-amz-meta-colour"] },
        {
          method: "PUT",
          target: `/${Bucket}/k`,
          headers: { "x-amz-acl": "private", "x-amz-meta-colour": "blue" },
          body: "x",
        },
      );
      assert.deepEqual(xml(reply), [403, "AccessDenied"]);
      assert.equal(
        element(reply.text, "Message"),
        "There were headers present in the request which were not signed",
      );
      assert.equal(element(reply.text, "HeadersNotSigned"), "x-amz-acl, x-amz-meta-colour");
    });

    test("the hash of the body has to be said, and to be one", async () => {
      const { headers: { "x-amz-content-sha256": _, ...headers } = {}, ...rest } = sign(
        at.endpoint,
        list,
        { credentials: root(), unsigned: ["x-amz-content-sha256"] },
      );
      const without = await send(at.endpoint, { ...rest, headers });
      assert.deepEqual(xml(without), [400, "InvalidRequest"]);
      assert.equal(
        element(without.text, "Message"),
        "Missing required header for this request: x-amz-content-sha256",
      );
      const reply = await s3({ payload: "nonsense" });
      assert.deepEqual(xml(reply), [400, "InvalidArgument"]);
      assert.equal(element(reply.text, "ArgumentName"), "x-amz-content-sha256");
    });

    const scopes: [string, Partial<Signing>, RegExp][] = [
      [
        "an unknown Region",
        { region: "moon-base-1" },
        /the region 'moon-base-1' is wrong; expecting/,
      ],
      [
        "a service that nobody serves",
        { service: "glacier" },
        /incorrect service "glacier"\. This endpoint belongs to "s3"\./,
      ],
    ];
    for (const [name, how, message] of scopes) {
      test(`a scope of ${name} is refused`, async () => {
        const reply = await s3(how, { method: "GET", target: `/${await at.bucket()}` });
        assert.deepEqual(xml(reply), [400, "AuthorizationHeaderMalformed"], reply.text);
        assert.match(element(reply.text, "Message") ?? "", message);
      });
    }

    const broken: [string, string][] = [
      ["nonsense", "nonsense"],
      ["no credential", "AWS4-HMAC-SHA256 SignedHeaders=host, Signature=0"],
      [
        "no signature",
        "AWS4-HMAC-SHA256 Credential=a/20250101/us-east-1/s3/aws4_request, SignedHeaders=host",
      ],
      ["half a credential", "AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0"],
      ["signature version 2", "AWS AKIAAAAAAAAAAAAAAAAA:c2lnbmF0dXJl"],
    ];
    for (const [name, authorization] of broken) {
      test(`an Authorization of ${name} is refused, never a crash`, async () => {
        const headers = {
          authorization,
          "x-amz-date": amzDateOf(new Date()),
          "x-amz-content-sha256": sha256(""),
        };
        const one = await send(at.endpoint, { ...list, headers });
        assert.ok([400, 403].includes(one.status), one.text);
        assert.ok(element(one.text, "Code"));
        const two = await send(at.endpoint, {
          ...listKeys,
          headers: { ...listKeys.headers, ...headers },
        });
        assert.ok([400, 403].includes(two.status), two.text);
      });
    }

    test("a request signed by the date of yesterday's scope is refused", async () => {
      const good = sign(at.endpoint, list, { credentials: root() });
      const authorization = (good.headers?.["authorization"] ?? "").replace(
        /\/\d{8}\//,
        "/20200101/",
      );
      const reply = await send(at.endpoint, {
        ...good,
        headers: { ...good.headers, authorization },
      });
      assert.ok([400, 403].includes(reply.status), reply.text);
      assert.ok(
        ["AuthorizationHeaderMalformed", "SignatureDoesNotMatch"].includes(
          element(reply.text, "Code") ?? "",
        ),
      );
    });

    test("a session token is part of what is signed", async () => {
      const session = await at.assume(await at.role("signed", everything));
      const good = sign(at.endpoint, list, { credentials: session.credentials });
      assert.equal((await send(at.endpoint, good)).status, 200);
      const { "x-amz-security-token": _, ...headers } = good.headers ?? {};
      const reply = await send(at.endpoint, { ...good, headers });
      assert.ok([400, 403].includes(reply.status), reply.text);
    });

    test("a secret never comes back, whatever is wrong", async () => {
      const user = await at.user("secret");
      const { secretAccessKey } = user.credentials;
      const replies = await Promise.all([
        s3({ credentials: user.credentials }),
        s3({ credentials: user.credentials, date: new Date(0) }),
        kms({ credentials: user.credentials }),
        iam({ credentials: user.credentials }),
      ]);
      for (const reply of replies) assert.ok(!reply.text.includes(secretAccessKey));
      await refused(user.kms.listKeys({}), { code: "AccessDeniedException" });
    });
  });
}
