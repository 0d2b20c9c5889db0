/** What a handler can rely on, over real sockets. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { parseCidr } from "../base/index.ts";
import type { Exchange } from "./exchange.ts";
import { ExchangeError } from "./exchange-error.ts";
import { GET, startToy } from "./testing/toy-server.ts";
import { until } from "./testing/wait.ts";

const put = (length: number, more = "") =>
  `PUT /x HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n${more}\r\n`;

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

describe("a body", () => {
  test("comes whole, announced or in chunks", async (t) => {
    const server = await startToy(t, async (exchange) => {
      const body = await exchange.readBody(1000);
      await exchange.respond(200, {}, `${exchange.contentLength} ${body.toString()}`);
    });
    const url = `${server.url}/x`;
    assert.equal(await (await fetch(url, { method: "PUT", body: "abc" })).text(), "3 abc");
    const init = { method: "PUT", body: ReadableStream.from(pieces("ab", "c")), duplex: "half" };
    assert.equal(await (await fetch(url, init as RequestInit)).text(), "undefined abc");
    assert.equal(await (await fetch(url)).text(), "0 ");
  });

  test("streams at the reader's pace", async (t) => {
    const size = 64 * 1024 * 1024;
    const server = await startToy(t, async (exchange) => {
      let bytes = 0;
      for await (const chunk of exchange.readChunks()) bytes += chunk.length;
      await exchange.respond(200, {}, String(bytes));
    });
    const body = Buffer.alloc(size);
    const reply = await fetch(server.url, { method: "PUT", body });
    assert.equal(await reply.text(), String(size));
  });

  test("that ends early is incomplete", async (t) => {
    const failure = Promise.withResolvers<unknown>();
    const server = await startToy(t, async (exchange) => {
      await exchange.readBody(1000).catch(failure.resolve);
    });
    const talk = (await server.connect()).say(`${put(10)}abc`);
    await until(() => server.listener.inFlight === 1);
    talk.socket.destroy();
    const error = await failure.promise;
    assert.ok(error instanceof ExchangeError);
    assert.equal(error.code, "IncompleteBody");
  });

  test("is read once", async (t) => {
    const server = await startToy(t, async (exchange) => {
      await exchange.readBody(10);
      assert.throws(() => exchange.readChunks(), { message: "a body is read once" });
      await exchange.respond(200, {}, "checked");
    });
    await (await server.connect()).say(`${put(3)}abc`).hears(/checked$/);
  });

  test("is not taken for complete by who still reads it when the reply goes out", async (t) => {
    const failure = Promise.withResolvers<unknown>();
    const server = await startToy(t, async (exchange) => {
      const chunks = exchange.readChunks();
      await chunks.next();
      const pending = chunks.next();
      await exchange.respond(403, {}, "denied");
      await pending.catch(failure.resolve);
      await assert.rejects(chunks.next());
    });
    await (await server.connect()).say(`${put(10)}abc`).hears(/denied$/);
    assert.match(String(await failure.promise), /ExchangeError/);
  });

  test("that may not come is never asked for", async (t) => {
    const server = await startToy(t, (exchange) => exchange.respond(403, {}, "denied"), {
      limits: { lingerMs: 50 },
    });
    const talk = (await server.connect()).say(put(5_000_000, "expect: 100-continue\r\n"));
    await talk.hears(/denied$/);
    await talk.closed;
    assert.doesNotMatch(talk.heard, /100 Continue/);
    assert.match(talk.heard, /connection: close/i);
  });

  test("is asked for when it is first read", async (t) => {
    const decided = Promise.withResolvers<void>();
    const server = await startToy(t, async (exchange) => {
      await decided.promise;
      await exchange.respond(200, {}, String(await exchange.readBody(10)));
    });
    const talk = (await server.connect()).say(put(3, "expect: 100-continue\r\n"));
    await until(() => server.listener.inFlight === 1);
    assert.equal(talk.heard, "");
    decided.resolve();
    await talk.hears(/^HTTP\/1.1 100 Continue\r\n\r\n$/);
    await talk.say("abc").hears(/abc$/);
  });

  test("that is small and unread is dropped, and the connection lives on", async (t) => {
    const server = await startToy(t, (exchange) =>
      exchange.respond(403, {}, `no to ${exchange.method}`),
    );
    const talk = (await server.connect()).say(put(100));
    await talk.hears(/no to PUT$/);
    await talk.say("x".repeat(100) + GET).hears(/no to GET$/);
  });

  test("that is large and unread ends the connection; who reads only after sending has the reply", async (t) => {
    let seen = 0;
    const server = await startToy(
      t,
      (exchange) => {
        seen += 1;
        return exchange.respond(403, {}, "denied");
      },
      { limits: { discardBytesMax: 1000, lingerMs: 200 } },
    );
    const talk = await server.connect();
    talk.socket.pause();
    const size = 16 * 1024 * 1024;
    await new Promise((sent) => talk.socket.write(put(size) + "x".repeat(size) + GET, sent));
    talk.socket.resume();
    await talk.hears(/connection: close[^]*denied$/i);
    await talk.closed;
    assert.equal(seen, 1);
  });

  test("that ends the connection is read to its end, and what follows it is not answered", async (t) => {
    let seen = 0;
    const server = await startToy(
      t,
      (exchange) => {
        seen += 1;
        return exchange.respond(403, {}, "denied");
      },
      { limits: { discardBytesMax: 1000, lingerMs: 100 } },
    );
    const talk = (await server.connect()).say(put(5000));
    await talk.hears(/denied$/);
    talk.say("x".repeat(5000) + GET);
    await talk.closed;
    assert.equal(seen, 1);
  });

  test("that is read halfway is dropped for the rest", async (t) => {
    const server = await startToy(t, async (exchange) => {
      if (exchange.contentLength === 0) return exchange.respond(200, {}, "next");
      for await (const chunk of exchange.readChunks()) {
        assert.ok(chunk.length > 0);
        break;
      }
      return exchange.respond(200, {}, "enough");
    });
    const talk = (await server.connect()).say(`${put(100_000)}abc`);
    await talk.hears(/enough$/);
    await talk.say("x".repeat(100_000 - 3) + GET).hears(/next$/);
  });
});

describe("a reply", () => {
  const answering = (answer: (exchange: Exchange) => Promise<void>) => answer;

  test("carries both ids, the length and what the handler gave", async (t) => {
    const server = await startToy(t, (exchange) => exchange.respond(200, { etag: '"x"' }, "häh"));
    const reply = await fetch(server.url);
    assert.equal(reply.headers.get("content-length"), "4");
    assert.equal(reply.headers.get("etag"), '"x"');
    assert.match(reply.headers.get("x-amz-request-id") ?? "", /^[0-9A-V]{16}$/);
    assert.match(reply.headers.get("x-amz-id-2") ?? "", /^\S{76}$/);
    assert.match(reply.headers.get("date") ?? "", /GMT$/);
  });

  test("of the other services carries its own id and no S3 ids", async (t) => {
    const server = await startToy(t, (exchange) =>
      exchange.respond(200, { "x-amzn-requestid": exchange.requestId }, "{}"),
    );
    const { headers } = await fetch(server.url);
    assert.match(headers.get("x-amzn-requestid") ?? "", /^[\da-f-]{36}$/);
    assert.equal(headers.get("x-amz-request-id"), null);
  });

  test("to HEAD has the length and no body", async (t) => {
    const server = await startToy(t, (exchange) =>
      exchange.path === "/stream"
        ? exchange.respond(200, { "content-length": "7" }, pieces("unread!"))
        : exchange.respond(
            200,
            exchange.path === "/big" ? { "content-length": "5000000000" } : {},
            exchange.path === "/big" ? undefined : "four",
          ),
    );
    const talk = await server.connect();
    for (const [path, length] of [
      ["/", "4"],
      ["/big", "5000000000"],
      ["/stream", "7"],
    ] as const) {
      talk.heard = "";
      talk.say(`HEAD ${path} HTTP/1.1\r\nhost: a\r\n\r\n`);
      await talk.hears(/\r\n\r\n/);
      assert.match(talk.heard, new RegExp(`content-length: ${length}\r\n[^]*\r\n\r\n$`));
    }
  });

  test("without a body says so, unless its status does", async (t) => {
    const server = await startToy(t, (exchange) =>
      exchange.respond(Number(exchange.path.slice(1)), {}),
    );
    const talk = await server.connect();
    await talk.say("DELETE /200 HTTP/1.1\r\nhost: a\r\n\r\n").hears(/content-length: 0\r\n/);
    talk.heard = "";
    await talk.say("DELETE /204 HTTP/1.1\r\nhost: a\r\n\r\n").hears(/\r\n\r\n$/);
    assert.doesNotMatch(talk.heard, /content-length|transfer-encoding/i);
    talk.heard = "";
    await talk.say("GET /304 HTTP/1.1\r\nhost: a\r\n\r\n").hears(/\r\n\r\n$/);
    assert.doesNotMatch(talk.heard, /content-length|transfer-encoding/i);
  });

  test("streams with its length, or in chunks without", async (t) => {
    const server = await startToy(t, (exchange) =>
      exchange.respond(
        200,
        exchange.path === "/known" ? { "content-length": "6" } : {},
        pieces("abc", "def"),
      ),
    );
    const known = await fetch(`${server.url}/known`);
    assert.equal(known.headers.get("content-length"), "6");
    assert.equal(await known.text(), "abcdef");
    assert.equal(await (await fetch(server.url)).text(), "abcdef");
  });

  const broken: [name: string, answer: (exchange: Exchange) => Promise<void>][] = [
    [
      "whose source fails",
      answering((exchange) =>
        exchange.respond(
          200,
          { "content-length": "6" },
          (async function* () {
            yield Buffer.from("abc");
            throw new Error("the disk is gone");
          })(),
        ),
      ),
    ],
    [
      "that is shorter than announced",
      (exchange) => exchange.respond(200, { "content-length": "9" }, pieces("abc")),
    ],
    [
      "that is longer than announced",
      (exchange) => exchange.respond(200, { "content-length": "2" }, pieces("abc")),
    ],
  ];
  for (const [name, answer] of broken) {
    test(`${name} is cut, never padded or ended`, async (t) => {
      const server = await startToy(t, answer);
      const talk = (await server.connect()).say(GET);
      await talk.closed;
      assert.match(talk.heard, /^$|\r\n\r\n(abc)?$/);
      await until(() => server.lines.some(({ message }) => message === "request not completed"));
    });
  }

  test("of unknown length is cut too, also when the handler shrugs", async (t) => {
    const server = await startToy(t, async (exchange) => {
      const failing = (async function* () {
        yield Buffer.from("abc");
        await new Promise((resolve) => setImmediate(resolve));
        throw new Error("the disk is gone");
      })();
      await exchange.respond(200, {}, failing).catch(() => {});
    });
    const talk = (await server.connect()).say(GET);
    await talk.closed;
    assert.match(talk.heard, /\r\n3\r\nabc\r\n$/);
  });

  test("with a header that would split it is not sent: 500 instead", async (t) => {
    const server = await startToy(t, (exchange) => exchange.respond(200, { x: "a\r\nb: c" }, "ok"));
    const talk = (await server.connect()).say(GET);
    await talk.hears(/^HTTP\/1.1 500 [^]*<Code>InternalError</);
    assert.doesNotMatch(talk.heard, /b: c/);
  });

  test("is given once: an exchange is answered once", async (t) => {
    const server = await startToy(t, async (exchange) => {
      await exchange.respond(200, {}, "one");
      assert.throws(() => exchange.respond(200, {}, "two"), {
        message: "an exchange is answered once",
      });
    });
    await (await server.connect()).say(GET).hears(/one$/);
  });
});

describe("a handler", () => {
  test("that throws answers 500 with ids and without the reason, which is logged", async (t) => {
    const server = await startToy(t, () => Promise.reject(new Error("inner secret")));
    const reply = await fetch(server.url);
    const text = await reply.text();
    assert.equal(reply.status, 500);
    assert.match(text, /<Code>InternalError<[^]*<RequestId>[0-9A-V]{16}</);
    assert.doesNotMatch(text, /inner secret/);
    const line = server.lines.find(({ message }) => message === "request not completed");
    assert.match(JSON.stringify(line), /inner secret/);
  });

  test("that forgets to answer answers 500", async (t) => {
    const server = await startToy(t, () => Promise.resolve());
    assert.equal((await fetch(server.url)).status, 500);
  });

  test("refuses in JSON where the request has a target", async (t) => {
    const server = await startToy(t, () => Promise.reject(new ExchangeError("SlowDown")));
    const init = {
      method: "POST",
      headers: { "x-amz-target": "TrentService.Encrypt" },
      body: "{}",
    };
    const reply = await fetch(server.url, init);
    assert.deepEqual(await reply.json(), {
      __type: "SlowDown",
      message: "Please reduce your request rate.",
    });
    assert.match(reply.headers.get("x-amzn-requestid") ?? "", /^[\da-f-]{36}$/);
  });

  test("learns that the client went away", async (t) => {
    const gone = Promise.withResolvers<boolean>();
    const server = await startToy(t, async ({ signal }) => {
      signal.addEventListener("abort", () => gone.resolve(true));
      await gone.promise;
    });
    const talk = (await server.connect()).say(GET);
    await until(() => server.listener.inFlight === 1);
    talk.socket.destroy();
    assert.equal(await gone.promise, true);
  });

  test("describes the call for the access line and the metrics; queries are in neither", async (t) => {
    const server = await startToy(t, (exchange) => {
      exchange.describe({
        service: "s3",
        operation: "GetObject",
        principal: "arn:aws:iam::1:root",
      });
      return exchange.respond(200, {}, "ok");
    });
    await fetch(`${server.url}/b/k?X-Amz-Signature=abcdef&X-Amz-Security-Token=tok`);
    await until(() => server.lines.length > 0);
    const [line] = server.lines;
    assert.deepEqual(
      { ...line, time: 0, requestId: 0, ms: 0, userAgent: 0 },
      {
        level: "debug",
        time: 0,
        requestId: 0,
        remoteAddress: "127.0.0.1",
        method: "GET",
        path: "/b/k",
        service: "s3",
        operation: "GetObject",
        principal: "arn:aws:iam::1:root",
        status: 200,
        ms: 0,
        bytesIn: 0,
        bytesOut: 2,
        userAgent: 0,
        message: "request",
      },
    );
    const text = await server.metrics.text();
    assert.match(text, /requests_total\{service="s3",operation="GetObject",status="200"\} 1/);
  });
});

describe("who the client is", () => {
  const answer = (exchange: Exchange) =>
    exchange.respond(200, {}, `${exchange.remoteAddress} ${exchange.secure}`);
  const headers = { "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": "https" };

  test("is what the socket says, whatever an unknown proxy claims", async (t) => {
    const server = await startToy(t, answer);
    assert.equal(await (await fetch(server.url, { headers })).text(), "127.0.0.1 false");
  });

  test("is what a trusted proxy says", async (t) => {
    const block = parseCidr("127.0.0.0/8");
    assert.ok(block);
    const server = await startToy(t, answer, { trustedProxies: [block] });
    assert.equal(await (await fetch(server.url, { headers })).text(), "192.0.2.7 true");
    assert.equal(await (await fetch(server.url)).text(), "127.0.0.1 false");
  });

  test("is an IPv4 address also on an IPv6 socket", async (t) => {
    const server = await startToy(t, answer, { host: "::" });
    const mapped = await fetch(`http://127.0.0.1:${server.port}`);
    assert.equal(await mapped.text(), "127.0.0.1 false");
    assert.equal(await (await fetch(`http://[::1]:${server.port}`)).text(), "::1 false");
  });
});
