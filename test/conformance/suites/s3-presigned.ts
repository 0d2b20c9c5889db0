import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { everything, type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { read } from "../../support/objects.ts";
import { presign, presignV2, targetOf } from "../../support/signature.ts";
import { element, send } from "../../support/wire.ts";

export function s3Presigned(at: Deployment): void {
  const object = async (Key = "k", Body = "signed") => {
    const Bucket = await at.bucket();
    await at.root.s3.putObject({ Bucket, Key, Body });
    return Bucket;
  };
  const root = () => ({ credentials: at.endpoint.root });

  describe("S3 presigned URLs", () => {
    test("the SDK's URL reads and writes without other credentials", async () => {
      const Bucket = await object("odd name+&ü");
      const input = { Bucket, Key: "odd name+&ü" };
      const reading = await getSignedUrl(at.root.s3, new GetObjectCommand(input));
      assert.equal(await (await fetch(reading)).text(), "signed");
      const writing = await getSignedUrl(at.root.s3, new PutObjectCommand(input));
      const written = await fetch(writing, { method: "PUT", body: "by url" });
      assert.equal(written.status, 200, await written.text());
      assert.equal(String(await read(at.root.s3, input)), "by url");
    });

    test("a session's URL carries its token", async () => {
      const Bucket = await object();
      const session = await at.assume(await at.role("presigner", everything));
      const url = await getSignedUrl(session.s3, new GetObjectCommand({ Bucket, Key: "k" }));
      assert.match(url, /X-Amz-Security-Token=/);
      assert.equal((await fetch(url)).status, 200);
    });

    test("a URL gives what its signer has, and no more", async () => {
      const Bucket = await object();
      const nobody = await at.user("nobody");
      const url = await getSignedUrl(nobody.s3, new GetObjectCommand({ Bucket, Key: "k" }));
      assert.equal((await fetch(url)).status, 403);
    });

    test("encryption that was signed has to be sent", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const url = await getSignedUrl(
        at.root.s3,
        new PutObjectCommand({
          Bucket,
          Key: "k",
          ServerSideEncryption: "aws:kms",
          SSEKMSKeyId: arn,
        }),
        {
          unhoistableHeaders: new Set([
            "x-amz-server-side-encryption",
            "x-amz-server-side-encryption-aws-kms-key-id",
          ]),
        },
      );
      const without = await fetch(url, { method: "PUT", body: "x" });
      assert.equal(without.status, 403);
      const headers = {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": arn,
      };
      const done = await fetch(url, { method: "PUT", body: "x", headers });
      assert.equal(done.status, 200, await done.text());
      const { SSEKMSKeyId } = await at.root.s3.headObject({ Bucket, Key: "k" });
      assert.equal(SSEKMSKeyId, arn);
    });

    test("encryption may stand in the URL", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      const target = targetOf(`/${Bucket}/k`, {
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": arn,
      });
      const url = presign(at.endpoint, { method: "PUT", target, body: "x" }, root());
      const reply = await send(at.endpoint, url);
      assert.equal(reply.status, 200, reply.text);
      assert.equal(reply.headers["x-amz-server-side-encryption-aws-kms-key-id"], arn);
    });

    test("version 2 reads and writes, as older tools make it", async () => {
      const Bucket = await object("a b");
      const soon = Math.floor(Date.now() / 1000) + 300;
      const get = { method: "GET", target: targetOf(`/${Bucket}/a b`) };
      const reply = await send(at.endpoint, presignV2(get, at.endpoint.root, soon));
      assert.deepEqual([reply.status, reply.text], [200, "signed"]);
      const put = { method: "PUT", target: targetOf(`/${Bucket}/new`), body: "v2" };
      const written = await send(at.endpoint, presignV2(put, at.endpoint.root, soon));
      assert.equal(written.status, 200, written.text);
      const other = presignV2(get, { ...at.endpoint.root, secretAccessKey: "wrong" }, soon);
      const refusal = await send(at.endpoint, other);
      assert.deepEqual(
        [refusal.status, element(refusal.text, "Code")],
        [403, "SignatureDoesNotMatch"],
      );
      const late = await send(at.endpoint, presignV2(get, at.endpoint.root, soon - 600));
      assert.deepEqual([late.status, element(late.text, "Message")], [403, "Request has expired"]);
      const cut = await send(at.endpoint, {
        ...get,
        target: `${get.target}?AWSAccessKeyId=A&Expires=1`,
      });
      assert.equal(
        element(cut.text, "Message"),
        "Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters",
      );
    });

    test("version 2 is not enough for an object under KMS", async () => {
      const Bucket = await at.bucket();
      const { arn } = await at.key();
      await at.root.s3.putObject({
        Bucket,
        Key: "k",
        Body: "x",
        ServerSideEncryption: "aws:kms",
        SSEKMSKeyId: arn,
      });
      const soon = Math.floor(Date.now() / 1000) + 300;
      const get = { method: "GET", target: `/${Bucket}/k` };
      const reply = await send(at.endpoint, presignV2(get, at.endpoint.root, soon));
      assert.deepEqual([reply.status, element(reply.text, "Code")], [400, "InvalidArgument"]);
      assert.equal(
        element(reply.text, "Message"),
        "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS Signature Version 4.",
      );
    });
  });

  describe("S3 presigned URLs that are refused", () => {
    const expected =
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.";
    type Spoil = Parameters<typeof presign>[2];
    const cases: [string, Partial<Spoil>, number, string, string | RegExp | undefined][] = [
      [
        "expired",
        { date: new Date(Date.now() - 600_000), expires: 300 },
        403,
        "AccessDenied",
        "Request has expired",
      ],
      [
        "dated tomorrow",
        { date: new Date(Date.now() + 86_400_000) },
        403,
        "AccessDenied",
        "Request is not yet valid",
      ],
      [
        "valid for more than a week",
        { expires: 604_801 },
        400,
        "AuthorizationQueryParametersError",
        /^X-Amz-Expires must be less than a week \(in seconds\)/,
      ],
      [
        "valid for less than nothing",
        { expires: -1 },
        400,
        "AuthorizationQueryParametersError",
        "X-Amz-Expires must be non-negative",
      ],
      [
        "valid for a word",
        { expires: "long" },
        400,
        "AuthorizationQueryParametersError",
        "X-Amz-Expires should be a number",
      ],
      [
        "without its date",
        { spoil: { "X-Amz-Date": undefined } },
        400,
        "AuthorizationQueryParametersError",
        expected,
      ],
      [
        "without its life",
        { spoil: { "X-Amz-Expires": undefined } },
        400,
        "AuthorizationQueryParametersError",
        expected,
      ],
      [
        "without its signature",
        { spoil: { "X-Amz-Signature": undefined } },
        400,
        "AuthorizationQueryParametersError",
        expected,
      ],
      [
        "with its life prolonged",
        { spoil: { "X-Amz-Expires": "3000" } },
        403,
        "SignatureDoesNotMatch",
        undefined,
      ],
      [
        "with another's signature",
        { spoil: { "X-Amz-Signature": "0".repeat(64) } },
        403,
        "SignatureDoesNotMatch",
        undefined,
      ],
      [
        "of an unknown key",
        { credentials: { accessKeyId: "AKIAAAAAAAAAAAAAAAAA", secretAccessKey: "x" } },
        403,
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
      ],
      [
        "with a credential that is none",
        { spoil: { "X-Amz-Credential": "nonsense" } },
        400,
        "AuthorizationQueryParametersError",
        'Error parsing the X-Amz-Credential parameter; the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".',
      ],
      [
        "for a service that nobody serves",
        { service: "glacier" },
        400,
        "AuthorizationQueryParametersError",
        /incorrect service "glacier"/,
      ],
      [
        "by another algorithm",
        { spoil: { "X-Amz-Algorithm": "AWS4-ROT13" } },
        400,
        "AuthorizationQueryParametersError",
        /^X-Amz-Algorithm only supports "AWS4-HMAC-SHA256/,
      ],
    ];
    for (const [name, how, status, code, message] of cases) {
      test(`a URL ${name}: ${code}`, async () => {
        const Bucket = await object();
        const get = { method: "GET", target: `/${Bucket}/k` };
        const reply = await send(at.endpoint, presign(at.endpoint, get, { ...root(), ...how }));
        assert.deepEqual([reply.status, element(reply.text, "Code")], [status, code], reply.text);
        const text = element(reply.text, "Message") ?? "";
        if (typeof message === "string") assert.equal(text, message);
        else if (message) assert.match(text, message);
      });
    }

    test("a URL is for its method, its object and its query only", async () => {
      const Bucket = await object();
      const get = presign(at.endpoint, { method: "GET", target: `/${Bucket}/k` }, root());
      const others = [
        { ...get, method: "DELETE" },
        { ...get, target: get.target.replace("/k?", "/other?") },
        { ...get, target: `${get.target}&acl=` },
        { ...get, target: `${get.target}&response-content-type=text%2Fhtml` },
      ];
      await inTurn(others, async (other) => {
        const reply = await send(at.endpoint, other);
        assert.deepEqual(
          [reply.status, element(reply.text, "Code")],
          [403, "SignatureDoesNotMatch"],
        );
      });
    });

    test("an x-amz header that was not signed is refused, another is let through", async () => {
      const Bucket = await object();
      const put = presign(
        at.endpoint,
        { method: "PUT", target: `/${Bucket}/k`, body: "x" },
        root(),
      );
      const putWith = (headers: Record<string, string>) =>
        send(at.endpoint, { ...put, headers: { ...put.headers, ...headers } });
      const reply = await putWith({ "x-amz-meta-mine": "1" });
      assert.deepEqual([reply.status, element(reply.text, "Code")], [403, "AccessDenied"]);
      assert.equal(
        element(reply.text, "Message"),
        "There were headers present in the request which were not signed",
      );
      assert.equal(element(reply.text, "HeadersNotSigned"), "x-amz-meta-mine");
      const plain = await putWith({ "content-type": "text/plain" });
      assert.equal(plain.status, 200, plain.text);
    });

    test("a URL and a header together are one mechanism too many", async () => {
      const Bucket = await object();
      const get = presign(at.endpoint, { method: "GET", target: `/${Bucket}/k` }, root());
      const authorization =
        "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=host, Signature=0";
      const reply = await send(at.endpoint, {
        ...get,
        headers: { ...get.headers, authorization },
      });
      assert.deepEqual([reply.status, element(reply.text, "Code")], [400, "InvalidArgument"]);
      assert.equal(
        element(reply.text, "Message"),
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified",
      );
    });
  });

  describe("S3 POST forms", () => {
    interface Post {
      readonly Key?: string;
      readonly Conditions?: Parameters<typeof createPresignedPost>[1]["Conditions"];
      readonly fields?: Record<string, string | undefined>;
      readonly file?: string;
      readonly Expires?: number;
    }
    const post = async (Bucket: string, { Key = "form/k", file = "from a form", ...how }: Post) => {
      const signed = await createPresignedPost(at.root.s3, {
        Bucket,
        Key,
        Expires: how.Expires ?? 300,
        ...(how.Conditions ? { Conditions: how.Conditions } : {}),
      });
      const form = new FormData();
      const fields = { ...signed.fields, ...how.fields };
      for (const [name, value] of Object.entries(fields)) {
        if (value !== undefined) form.append(name, value);
      }
      form.append("file", new Blob([file], { type: "text/plain" }), "my file.txt");
      const reply = await fetch(signed.url, { method: "POST", body: form, redirect: "manual" });
      return { status: reply.status, headers: reply.headers, text: await reply.text() };
    };

    test("a form writes an object", async () => {
      const Bucket = await at.bucket();
      const reply = await post(Bucket, {
        fields: { "x-amz-meta-colour": "blue", "Content-Type": "text/plain" },
        Conditions: [{ "x-amz-meta-colour": "blue" }, ["starts-with", "$Content-Type", "text/"]],
      });
      assert.equal(reply.status, 204, reply.text);
      assert.match(reply.headers.get("etag") ?? "", /^"[0-9a-f]{32}"$/);
      const head = await at.root.s3.headObject({ Bucket, Key: "form/k" });
      assert.deepEqual([head.Metadata, head.ContentType], [{ colour: "blue" }, "text/plain"]);
      assert.equal(String(await read(at.root.s3, { Bucket, Key: "form/k" })), "from a form");
    });

    test("success_action_status 201 answers a document", async () => {
      const Bucket = await at.bucket();
      const reply = await post(Bucket, {
        fields: { success_action_status: "201" },
        Conditions: [{ success_action_status: "201" }],
      });
      assert.equal(reply.status, 201, reply.text);
      assert.equal(element(reply.text, "Bucket"), Bucket);
      assert.equal(element(reply.text, "Key"), "form/k");
      assert.match(element(reply.text, "ETag") ?? "", /^"[0-9a-f]{32}"$/);
      assert.ok(reply.headers.get("location")?.includes("form%2Fk"));
    });

    test("success_action_redirect sends the browser on", async () => {
      const Bucket = await at.bucket();
      const success_action_redirect = "http://localhost/done";
      const reply = await post(Bucket, {
        fields: { success_action_redirect },
        Conditions: [{ success_action_redirect }],
      });
      assert.equal(reply.status, 303, reply.text);
      assert.ok(reply.headers.get("location")?.startsWith(success_action_redirect));
    });

    test("${filename} becomes the file's name", async () => {
      const Bucket = await at.bucket();
      const reply = await post(Bucket, { Key: "up/${filename}" });
      assert.equal(reply.status, 204, reply.text);
      assert.equal(
        String(await read(at.root.s3, { Bucket, Key: "up/my file.txt" })),
        "from a form",
      );
    });

    const refusals: [string, Post, number, string, string | RegExp][] = [
      [
        "a field that the policy does not name",
        { fields: { "x-amz-meta-more": "1" } },
        403,
        "AccessDenied",
        /^Invalid according to Policy: Extra input fields: x-amz-meta-more$/i,
      ],
      [
        "a value that the policy does not allow",
        {
          fields: { "x-amz-meta-colour": "red" },
          Conditions: [["eq", "$x-amz-meta-colour", "blue"]],
        },
        403,
        "AccessDenied",
        'Invalid according to Policy: Policy Condition failed: ["eq", "$x-amz-meta-colour", "blue"]',
      ],
      [
        "a file that is too large",
        { Conditions: [["content-length-range", 1, 5]] },
        400,
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed size",
      ],
      [
        "a file that is too small",
        { Conditions: [["content-length-range", 100, 200]] },
        400,
        "EntityTooSmall",
        "Your proposed upload is smaller than the minimum allowed size",
      ],
      [
        "a policy that has expired",
        { Expires: -10 },
        403,
        "AccessDenied",
        "Invalid according to Policy: Policy expired.",
      ],
      [
        "a policy that was altered",
        { fields: { Policy: Buffer.from("{}").toString("base64") } },
        403,
        "SignatureDoesNotMatch",
        /^The request signature we calculated does not match/,
      ],
      [
        "no signature",
        { fields: { "X-Amz-Signature": undefined } },
        400,
        "InvalidArgument",
        "Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified, please check the order of the fields.",
      ],
    ];
    for (const [name, how, status, code, message] of refusals) {
      test(`${name}: ${code}`, async () => {
        const Bucket = await at.bucket();
        const reply = await post(Bucket, how);
        assert.deepEqual([reply.status, element(reply.text, "Code")], [status, code], reply.text);
        const text = element(reply.text, "Message") ?? "";
        if (typeof message === "string") assert.equal(text, message);
        else assert.match(text, message);
        assert.equal((await at.root.s3.listObjectsV2({ Bucket })).KeyCount, 0);
      });
    }

    test("a form that is no multipart/form-data is refused", async () => {
      const Bucket = await at.bucket();
      const reply = await send(at.endpoint, {
        method: "POST",
        target: `/${Bucket}`,
        headers: { "content-type": "application/x-www-form-urlencoded" },
        body: "key=k",
      });
      assert.deepEqual([reply.status, element(reply.text, "Code")], [412, "PreconditionFailed"]);
      assert.equal(
        element(reply.text, "Condition"),
        "Bucket POST must be of the enclosure-type multipart/form-data",
      );
    });
  });
}
