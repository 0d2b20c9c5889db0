import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { sha256Hex } from "../crypto/index.ts";
import { EMPTY_SHA256 } from "./chunk-chain.ts";
import { SigningError } from "./failure.ts";
import type { SignedRequest } from "./request.ts";
import { presign, signRequest } from "./sign.ts";
import { SigningKeys } from "./signing-keys.ts";
import { oraclePresign, oracleSign, type SdkRequest } from "./testing/oracle.ts";
import { CREDENTIAL, NOW, PUT, refusedAs, SECRET, SIGNER, verified } from "./testing/requests.ts";

const text = fc.string({ unit: "grapheme", maxLength: 12 });
const headerValue = fc
  .string({
    unit: fc.constantFrom("a", "Z", "0", " ", ",", ";", ":", "=", "/", "+", "(", "\t"),
    maxLength: 24,
  })
  .map((value) => value.trim());
const metadata = fc.dictionary(fc.stringMatching(/^x-amz-meta-[a-z0-9-]{1,8}$/), headerValue, {
  maxKeys: 5,
});
const query = fc.dictionary(
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
    .filter((name) => !/^x-amz-/i.test(name)),
  fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
  { maxKeys: 5, noNullPrototype: true },
);
const sdkRequest: fc.Arbitrary<SdkRequest> = fc.record({
  method: fc.constantFrom("GET", "PUT", "POST", "DELETE", "HEAD"),
  path: fc.array(text, { maxLength: 4 }).map((keys) => `/${keys.map(escape).join("/")}`),
  query,
  headers: metadata.map((headers) => Object.assign(headers, { host: "localhost:9000" })),
  body: fc.uint8Array({ maxLength: 64 }),
});
const token = fc.option(fc.base64String({ minLength: 4, maxLength: 40 }), { nil: undefined });

/** How a client may write the same octet: as AWS does, in lower case, or more than is needed. */
const spelling = fc.constantFrom(
  (part: string) => part,
  (part: string) => part.replaceAll(/%../g, (octets) => octets.toLowerCase()),
  (part: string) => part.replaceAll("%20", "+"),
  (part: string) => part.replaceAll("a", "%61").replaceAll("~", "%7e"),
);

function escape(part: string): string {
  return encodeURIComponent(part).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function received(
  request: { method: string; path: string; query?: unknown; headers: Record<string, string> },
  spell: (part: string) => string = (part) => part,
): SignedRequest {
  const pairs = Object.entries((request.query ?? {}) as Record<string, string | string[]>);
  const parts = pairs.flatMap(([name, values]) =>
    [values].flat().map((value) => {
      const own = name.startsWith("X-Amz-") ? (part: string) => part : spell;
      return `${own(escape(name))}=${own(escape(value))}`;
    }),
  );
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name.toLowerCase()] = value;
  return { method: request.method, path: request.path, query: parts.join("&"), headers };
}

describe("what the SDK signs is verified", () => {
  test("by header, for S3", async () => {
    await fc.assert(
      fc.asyncProperty(sdkRequest, token, spelling, async (request, sessionToken, spell) => {
        const signed = received(await oracleSign(request, { service: "s3", sessionToken }), spell);
        const { payloadHash, securityToken } = verified(signed);
        assert.equal(payloadHash, sha256Hex(request.body ?? ""));
        assert.equal(securityToken, sessionToken);
      }),
      { numRuns: 150 },
    );
  });

  test("by header, for other services, whose paths are encoded twice", async () => {
    await fc.assert(
      fc.asyncProperty(sdkRequest, spelling, async (request, spell) => {
        const signed = received(await oracleSign(request, { service: "iam" }), spell);
        const payloadHash = sha256Hex(request.body ?? "");
        assert.equal(verified(signed, { service: "iam", payloadHash }).scope?.service, "iam");
      }),
      { numRuns: 150 },
    );
  });

  test("in a URL", async () => {
    const hashed = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    await fc.assert(
      fc.asyncProperty(sdkRequest, token, spelling, async (request, sessionToken, spell) => {
        const unsigned = { ...request, headers: { ...request.headers, ...hashed } };
        const presigned = await oraclePresign(unsigned, { service: "s3", sessionToken }, 900);
        const { authType, securityToken } = verified(received(presigned, spell));
        assert.equal(authType, "REST-QUERY-STRING");
        assert.equal(securityToken, sessionToken);
      }),
      { numRuns: 150 },
    );
  });
});

test("we sign by header as the SDK does", async () => {
  await fc.assert(
    fc.asyncProperty(sdkRequest, async (request) => {
      const oracle = await oracleSign(request, { service: "s3" });
      const ours = signRequest(
        received({ ...request, headers: { ...request.headers } }),
        SIGNER,
        sha256Hex(request.body ?? ""),
      );
      assert.equal(ours.headers["authorization"], oracle.headers["authorization"]);
    }),
    { numRuns: 100 },
  );
});

test("we presign as the SDK does", async () => {
  await fc.assert(
    fc.asyncProperty(sdkRequest, token, async (request, sessionToken) => {
      const plain = { ...request, headers: { host: "localhost:9000" }, body: undefined };
      const options = { service: "s3", sessionToken };
      const unsigned = { ...plain, headers: { ...plain.headers } };
      const ours = presign(
        received(unsigned),
        { ...SIGNER, sessionToken },
        {
          expiresSeconds: 60,
          payloadHash: EMPTY_SHA256,
        },
      );
      const oracle = await oraclePresign(unsigned, options, 60);
      assert.equal(/X-Amz-Signature=(.*)/.exec(ours)?.[1], oracle.query?.["X-Amz-Signature"]);
    }),
    { numRuns: 100 },
  );
});

const byHeader = { ...PUT, headers: signRequest(PUT, SIGNER, EMPTY_SHA256).headers };
const byUrl: SignedRequest = {
  ...PUT,
  headers: { host: "localhost:9000" },
  query: presign(
    { ...PUT, headers: { host: "localhost:9000" } },
    { ...SIGNER, sessionToken: "token" },
    { expiresSeconds: 900 },
  ),
};

describe("one change anywhere and the signature is refused", () => {
  const header = (name: string, value: string) => ({
    ...byHeader,
    headers: { ...byHeader.headers, [name]: value },
  });
  const url = (from: string | RegExp, to: string) => ({
    ...byUrl,
    query: byUrl.query.replace(from, to),
  });
  const authorization = byHeader.headers["authorization"] ?? "";
  const cases: Record<string, SignedRequest> = {
    "another method": { ...byHeader, method: "DELETE" },
    "another path": { ...byHeader, path: `${byHeader.path}x` },
    "a path with a slash more": { ...byHeader, path: byHeader.path.replace("/2026", "//2026") },
    "a path through a parent": { ...byHeader, path: `/photos/x/../2026/a%20b.jpg` },
    "a plus for a blank in the path": { ...byHeader, path: byHeader.path.replace("%20", "+") },
    "a slash that is escaped": { ...byHeader, path: byHeader.path.replace("/2026", "%2F2026") },
    "another query": { ...byHeader, query: "x-id=PutObjects" },
    "no query": { ...byHeader, query: "" },
    "a parameter more": { ...byHeader, query: "x-id=PutObject&acl" },
    "a parameter twice": { ...byHeader, query: "x-id=PutObject&x-id=PutObject" },
    "another host": header("host", "localhost:9001"),
    "another content type": header("content-type", "text/html"),
    "other metadata": header("x-amz-meta-a", "2"),
    "metadata sent twice": header("x-amz-meta-a", "1,1"),
    "another payload": header("x-amz-content-sha256", sha256Hex("x")),
    "another time": header("x-amz-date", "20260101T120001Z"),
    "another signature": header(
      "authorization",
      authorization.replace(/.$/, (c) => (c === "0" ? "1" : "0")),
    ),
    "a signature cut short": header("authorization", authorization.slice(0, -1)),
    "a signature with more": header("authorization", `${authorization}00`),
    "a signature in capitals": header(
      "authorization",
      authorization.toUpperCase().slice(-64).padStart(authorization.length, authorization),
    ),
    "another region": header("authorization", authorization.replace("us-east-1", "us-east-2")),
    "fewer signed headers": header("authorization", authorization.replace("content-type;", "")),
    "signed headers in another order": header(
      "authorization",
      authorization.replace("content-type;host", "host;content-type"),
    ),
    "URL: another method": { ...byUrl, method: "GET" },
    "URL: another path": { ...byUrl, path: "/photos/other" },
    "URL: a longer life": url("X-Amz-Expires=900", "X-Amz-Expires=901"),
    "URL: another time": url("T120000Z", "T120001Z"),
    "URL: another token": url("X-Amz-Security-Token=token", "X-Amz-Security-Token=tokem"),
    "URL: no token": url("&X-Amz-Security-Token=token", ""),
    "URL: a parameter more": url(/$/, "&x-amz-acl=public-read"),
    "URL: another host": { ...byUrl, headers: { host: "example.com" } },
    "URL: another region": url("us-east-1", "eu-west-1"),
    "URL: another signature": url(/.$/, "g"),
  };
  test("unchanged they are verified", () => {
    assert.deepEqual(
      [verified(byHeader), verified(byUrl)].map(({ accessKeyId }) => accessKeyId),
      ["AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"],
    );
  });
  for (const [name, request] of Object.entries(cases)) {
    test(name, () => {
      assert.throws(() => verified(request), refusedAs("signature-mismatch"));
    });
  }
  test("another secret", () => {
    const other = { version: "1", secretAccessKey: () => SECRET.toLowerCase() };
    assert.throws(() => verified(byHeader, {}, other), refusedAs("signature-mismatch"));
  });
  test("another service's path rule", () => {
    const { headers } = signRequest(PUT, { ...SIGNER, service: "iam" }, EMPTY_SHA256);
    const request = { ...PUT, headers };
    const iam = { service: "iam", payloadHash: EMPTY_SHA256 };
    assert.equal(verified(request, iam).scope?.service, "iam");
    assert.throws(
      () => verified(request, { payloadHash: EMPTY_SHA256 }),
      refusedAs("service-wrong"),
    );
  });
});

test("any one character of a signed request changed is refused", () => {
  const places = fc.constantFrom<"path" | "query" | "value">("path", "query", "value");
  fc.assert(
    fc.property(places, fc.nat(), fc.constantFrom("q", "7", "-"), (place, at, replacement) => {
      const change = (whole: string) => {
        const index = at % whole.length;
        return whole.slice(0, index) + replacement + whole.slice(index + 1);
      };
      const request: SignedRequest =
        place === "value"
          ? { ...byHeader, headers: { ...byHeader.headers, "x-amz-meta-a": replacement } }
          : { ...byHeader, [place]: change(byHeader[place]) };
      fc.pre(
        request[place === "value" ? "headers" : place] !==
          byHeader[place === "value" ? "headers" : place],
      );
      assert.throws(() => verified(request), SigningError);
    }),
  );
});

describe("every header that AWS gives a meaning to is signed", () => {
  const cases: Record<string, SignedRequest> = {
    "x-amz-acl": { ...byHeader, headers: { ...byHeader.headers, "x-amz-acl": "public-read" } },
    "x-amz-date, x-amz-acl": {
      ...byUrl,
      headers: { ...byUrl.headers, "x-amz-date": "20260101T120000Z", "x-amz-acl": "private" },
    },
  };
  for (const [names, request] of Object.entries(cases)) {
    test(names, () => {
      assert.throws(
        () => verified(request),
        (error) =>
          error instanceof SigningError &&
          error.failure.kind === "headers-not-signed" &&
          error.failure.names.join(", ") === names,
      );
    });
  }
  test("the host", () => {
    const authorization = byHeader.headers["authorization"]?.replace(";host", "") ?? "";
    const request = { ...byHeader, headers: { ...byHeader.headers, authorization } };
    assert.throws(() => verified(request), refusedAs("headers-not-signed"));
  });
  test("but not what proxies add", () => {
    const headers = { ...byHeader.headers, "x-forwarded-for": "10.0.0.1", "user-agent": "curl" };
    assert.equal(verified({ ...byHeader, headers }).authType, "REST-HEADER");
  });
});

describe("a signature has its time", () => {
  const at = (seconds: number) => ({ now: new Date(NOW.getTime() + seconds * 1000) });
  test("by header: a quarter of an hour either way", () => {
    for (const seconds of [-900, 0, 900]) verified(byHeader, at(seconds));
    for (const seconds of [-901, 901, 86_400]) {
      assert.throws(() => verified(byHeader, at(seconds)), refusedAs("clock-skewed"));
    }
  });
  test("in a URL: from a quarter of an hour before, for as long as it says", () => {
    for (const seconds of [-900, 0, 900]) verified(byUrl, at(seconds));
    assert.throws(() => verified(byUrl, at(-901)), refusedAs("not-yet-valid"));
    assert.throws(() => verified(byUrl, at(901)), refusedAs("expired"));
  });
  test("its age is known in milliseconds, and never below nothing", () => {
    assert.deepEqual(
      [60, -60].map((seconds) => verified(byUrl, at(seconds)).signatureAgeMs),
      [60_000, 0],
    );
  });
});

describe("a signature has its place", () => {
  test("another region than the only one that is right", () => {
    assert.equal(verified(byHeader, { region: "us-east-1" }).scope?.region, "us-east-1");
    assert.throws(() => verified(byHeader, { region: "eu-west-1" }), refusedAs("region-wrong"));
  });
  test("another service", () => {
    assert.throws(() => verified(byHeader, { service: "kms" }), refusedAs("service-wrong"));
  });
});

describe("signing keys are remembered", () => {
  test("so that a secret is opened once", () => {
    const signingKeys = new SigningKeys();
    let opened = 0;
    const credential = { version: "1", secretAccessKey: () => (opened++, SECRET) };
    for (let i = 0; i < 3; i++) verified(byHeader, { signingKeys }, credential);
    assert.equal(opened, 1);
  });
  test("but not for another version of the credential", () => {
    const signingKeys = new SigningKeys();
    verified(byHeader, { signingKeys });
    const rotated = { version: "2", secretAccessKey: () => "another" };
    assert.throws(
      () => verified(byHeader, { signingKeys }, rotated),
      refusedAs("signature-mismatch"),
    );
  });
  test("and not for a signature that was wrong", () => {
    const signingKeys = new SigningKeys();
    const wrong = { ...byHeader, method: "GET" };
    assert.throws(() => verified(wrong, { signingKeys }), SigningError);
    assert.equal(signingKeys.size, 0);
    verified(byHeader, { signingKeys }, CREDENTIAL);
    assert.equal(signingKeys.size, 1);
  });
});
