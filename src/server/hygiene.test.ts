/** What the transport refuses before any handler sees it, over real sockets. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { startToy } from "./testing/toy-server.ts";

const RAW: [name: string, request: string, status: number, code?: string][] = [
  ["no host", "GET / HTTP/1.1\r\n\r\n", 400, "BadRequest"],
  ["no host in HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", 400, "BadRequest"],
  ["an empty host", "GET / HTTP/1.1\r\nhost: \r\n\r\n", 400, "BadRequest"],
  ["two hosts", "GET / HTTP/1.1\r\nhost: a\r\nHost: b\r\n\r\n", 400, "BadRequest"],
  ["a target of another host", "GET http://b/x HTTP/1.1\r\nhost: a\r\n\r\n", 400, "InvalidURI"],
  ["a target that is no path", "GET x HTTP/1.1\r\nhost: a\r\n\r\n", 400],
  ["the server as a whole", "OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", 400, "InvalidURI"],
  ["TRACE", "TRACE / HTTP/1.1\r\nhost: a\r\n\r\n", 405, "MethodNotAllowed"],
  ["CONNECT", "CONNECT a:443 HTTP/1.1\r\nhost: a:443\r\n\r\n", 405, "MethodNotAllowed"],
  ["an unknown method", "BREW / HTTP/1.1\r\nhost: a\r\n\r\n", 400, "BadRequest"],
  ["no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n", 400, "BadRequest"],
  [
    "length and chunks",
    "PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "BadRequest",
  ],
  [
    "two lengths",
    "PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\ncontent-length: 4\r\n\r\nabcd",
    400,
    "BadRequest",
  ],
  ["a signed length", "PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: +3\r\n\r\nabc", 400],
  [
    "a length beyond what can be counted",
    "PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 9007199254740993\r\n\r\n",
    400,
    "BadRequest",
  ],
  [
    "another coding than chunks",
    "PUT / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    501,
    "NotImplemented",
  ],
  [
    "chunks that are not last",
    "PUT / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    400,
  ],
  [
    "chunks in HTTP/1.0",
    "PUT / HTTP/1.0\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    400,
    "BadRequest",
  ],
  ["a space before the colon", "GET / HTTP/1.1\r\nhost : a\r\n\r\n", 400, "BadRequest"],
  ["a folded header", "GET / HTTP/1.1\r\nhost: a\r\nx: b\r\n c\r\n\r\n", 400, "BadRequest"],
  ["a bare line feed", "GET / HTTP/1.1\nhost: a\n\n", 400, "BadRequest"],
  ["a zero byte in a header", "GET / HTTP/1.1\r\nhost: a\r\nx: b\0c\r\n\r\n", 400, "BadRequest"],
  [
    "an expectation that nobody knows",
    "GET / HTTP/1.1\r\nhost: a\r\nexpect: tea\r\n\r\n",
    501,
    "NotImplemented",
  ],
];

describe("refused before a handler sees it, with ids, and the connection ends:", () => {
  for (const [name, request, status, code] of RAW) {
    test(name, async (t) => {
      let seen = 0;
      const server = await startToy(
        t,
        (exchange) => {
          seen += 1;
          return exchange.respond(200, {});
        },
        { limits: { lingerMs: 50 } },
      );
      const talk = (await server.connect()).say(request);
      await talk.hears(/\r\n\r\n[^]*<\/Error>/);
      await talk.closed;
      assert.equal(seen, 0);
      assert.match(talk.heard, new RegExp(`^HTTP/1.1 ${status} `));
      assert.match(talk.heard, /^x-amz-request-id: [0-9A-V]{16}\r$/m);
      assert.match(talk.heard, /^x-amz-id-2: \S{76}\r$/m);
      if (code) assert.ok(talk.heard.includes(`<Code>${code}</Code>`), talk.heard);
      assert.equal(talk.heard.match(/HTTP\/1.1 /g)?.length, 1);
    });
  }
});

test("a broken chunk in the middle of a body ends the connection without a second reply", async (t) => {
  const failures: unknown[] = [];
  const server = await startToy(t, async (exchange) => {
    try {
      for await (const chunk of exchange.readChunks()) assert.equal(String(chunk), "abc");
    } catch (error) {
      failures.push(error);
      throw error;
    }
  });
  const talk = await server.connect();
  talk.say("PUT / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
  await talk.closed;
  assert.equal(failures.length, 1);
  assert.match(String(failures[0]), /ExchangeError/);
});

describe("understood", () => {
  const cases: [name: string, request: string, answer: RegExp][] = [
    ["a target with scheme and host", "GET http://a/x?y=1 HTTP/1.1\r\nhost: A\r\n\r\n", /\/x y=1/],
    ["one without a path", "GET http://a HTTP/1.1\r\nhost: a\r\n\r\n", /\/ $/],
    [
      "a path of two slashes",
      "GET //x/../y?a?b HTTP/1.1\r\nhost: a\r\n\r\n",
      /\/\/x\/\.\.\/y a\?b$/,
    ],
    [
      "an offer to upgrade, which is not taken up",
      "GET /u HTTP/1.1\r\nhost: a\r\nconnection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\n\r\n",
      /\/u $/,
    ],
  ];
  for (const [name, request, answer] of cases) {
    test(name, async (t) => {
      const server = await startToy(t, (exchange) =>
        exchange.respond(200, {}, `${exchange.path} ${exchange.query}`),
      );
      const talk = (await server.connect()).say(request);
      await talk.hears(/\r\n\r\n.+/);
      assert.match(talk.heard, answer);
    });
  }
});

test("a repeated header is joined and reported", async (t) => {
  const server = await startToy(t, (exchange) => {
    const { headers, repeatedHeaders } = exchange;
    assert.deepEqual(repeatedHeaders, ["x-amz-date", "authorization"]);
    assert.equal(headers["x-amz-date"], "1, 2");
    assert.equal(headers["authorization"], "3, 4");
    assert.equal(headers["constructor"], undefined);
    return exchange.respond(200, {});
  });
  const talk = await server.connect();
  const repeated = "x-amz-date: 1\r\nX-Amz-Date: 2\r\nauthorization: 3\r\nAuthorization: 4";
  talk.say(`GET / HTTP/1.1\r\nhost: a\r\n${repeated}\r\n\r\n`);
  await talk.hears(/^HTTP\/1.1 200 /);
});
