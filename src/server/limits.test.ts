/** The limits, one by one, over real sockets, with short times. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import type { Exchange } from "./exchange.ts";
import { GET, startToy } from "./testing/toy-server.ts";
import { until } from "./testing/wait.ts";

const echoLength = async (exchange: Exchange) => {
  let bytes = 0;
  for await (const chunk of exchange.readChunks()) bytes += chunk.length;
  await exchange.respond(200, {}, String(bytes));
};
const ok = (exchange: Exchange) => exchange.respond(200, {}, "ok");

const headers = (count: number, bytes = 1) =>
  Array.from({ length: count }, (_, at) => `x-${at}: ${"a".repeat(bytes)}\r\n`).join("");

describe("headers", () => {
  test("that dribble in are cut at the time limit", async (t) => {
    const limits = { headersTimeoutMs: 120, lingerMs: 50 };
    const server = await startToy(t, ok, { limits });
    const talk = (await server.connect()).say("GET / HTTP/1.1\r\nhost: a\r\n");
    const drip = setInterval(() => talk.say("x: y\r\n"), 20);
    await talk.closed;
    clearInterval(drip);
    assert.match(talk.heard, /^HTTP\/1.1 400 [^]*<Code>RequestTimeout</);
  });

  test("that never begin are cut in silence", async (t) => {
    const server = await startToy(t, ok, { limits: { headersTimeoutMs: 100 } });
    const talk = await server.connect();
    await talk.closed;
    assert.equal(talk.heard, "");
  });

  test("of 128 are read, of 129 refused", async (t) => {
    const server = await startToy(t, (exchange) =>
      exchange.respond(200, {}, String(Object.keys(exchange.headers).length)),
    );
    const talk = (await server.connect()).say(`GET / HTTP/1.1\r\nhost: a\r\n${headers(127)}\r\n`);
    await talk.hears(/\r\n\r\n128$/);
    for (const count of [129, 130, 160, 161, 192, 193, 400]) {
      const other = await server.connect();
      other.say(`GET / HTTP/1.1\r\nhost: a\r\n${headers(count - 1)}\r\n`);
      await other.hears(/<Code>RequestHeaderSectionTooLarge</);
    }
  });

  test("beyond 16 KiB are refused", async (t) => {
    const server = await startToy(t, ok, { limits: { lingerMs: 50 } });
    const talk = (await server.connect()).say(
      `GET / HTTP/1.1\r\nhost: a\r\n${headers(17, 1000)}\r\n`,
    );
    await talk.hears(/^HTTP\/1.1 400 [^]*<Code>RequestHeaderSectionTooLarge</);
    await talk.closed;
  });

  test("are counted for who limits them further", async (t) => {
    const server = await startToy(t, (exchange) =>
      exchange.respond(200, {}, String(exchange.headerBytes)),
    );
    const talk = (await server.connect()).say(GET);
    await talk.hears(/\r\n\r\n9$/);
  });
});

describe("pace", () => {
  const pace = { paceWindowMs: 300, paceBytesPerSecondMin: 1000, lingerMs: 50 };

  test("a body that crawls is answered RequestTimeout and cut", async (t) => {
    const server = await startToy(t, echoLength, { limits: pace });
    const talk = (await server.connect()).say(
      "PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 99\r\n\r\n",
    );
    const drip = setInterval(() => talk.say("x"), 20);
    await talk.closed;
    clearInterval(drip);
    assert.match(talk.heard, /^HTTP\/1.1 400 [^]*connection: close[^]*<Code>RequestTimeout</);
  });

  test("a body that is slow but moves lives through many windows", async (t) => {
    const server = await startToy(t, echoLength, { limits: pace });
    const talk = (await server.connect()).say(
      "PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: 5000\r\n\r\n",
    );
    let left = 100;
    const drip = setInterval(() => {
      left -= 1;
      talk.say("x".repeat(50));
      if (left === 0) clearInterval(drip);
    }, 10);
    await talk.hears(/\r\n\r\n5000$/);
  });

  test("a body that we are slow to read is not blamed on its sender", async (t) => {
    const server = await startToy(
      t,
      async (exchange) => {
        let bytes = 0;
        for await (const chunk of exchange.readChunks()) {
          if (bytes === 0) await new Promise((resolve) => setTimeout(resolve, 2_500));
          bytes += chunk.length;
        }
        await exchange.respond(200, {}, String(bytes));
      },
      // A window that a sender on a busy machine keeps, and that our pause outlasts.
      { limits: { ...pace, paceWindowMs: 1_500 } },
    );
    const size = 8 * 1024 * 1024;
    const talk = (await server.connect()).say(
      `PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: ${size}\r\n\r\n`,
    );
    talk.say("x".repeat(size));
    await talk.hears(new RegExp(`\r\n\r\n${size}$`));
  });

  test("a reader that does not read is cut, and the handler told", async (t) => {
    const piece = Buffer.alloc(1024 * 1024);
    let aborted = false;
    let left = false;
    async function* endless() {
      try {
        for (;;) yield piece;
      } finally {
        left = true;
      }
    }
    const server = await startToy(
      t,
      async (exchange) => {
        exchange.signal.addEventListener("abort", () => (aborted = true));
        await exchange.respond(200, {}, endless());
      },
      { limits: pace },
    );
    const socket = connect(server.port, "127.0.0.1");
    t.after(() => socket.destroy());
    socket.on("error", () => {});
    socket.write(GET);
    await once(socket, "readable");
    await until(() => server.listener.inFlight === 0);
    assert.deepEqual({ aborted, left }, { aborted: true, left: true });
    assert.equal(server.lines.at(-1)?.["message"], "request cut");
  });

  test("one that reads slowly but steadily gets everything", async (t) => {
    const size = 24 * 1024 * 1024;
    const server = await startToy(t, (exchange) => exchange.respond(200, {}, Buffer.alloc(size)), {
      limits: pace,
    });
    const socket = connect(server.port, "127.0.0.1");
    t.after(() => socket.destroy());
    socket.write(GET);
    let bytes = 0;
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      socket.pause();
      setTimeout(() => socket.resume(), 2);
    });
    await until(() => bytes > size);
  });
});

describe("memory for whole bodies", () => {
  const limits = { bufferedBytesMax: 1000, lingerMs: 50 };
  const put = (length: number) => `PUT / HTTP/1.1\r\nhost: a\r\ncontent-length: ${length}\r\n\r\n`;

  test("is one budget: who finds it used up is told to slow down", async (t) => {
    const held = Promise.withResolvers<void>();
    const server = await startToy(
      t,
      async (exchange) => {
        const body = await exchange.readBody(2000);
        await held.promise;
        await exchange.respond(200, {}, String(body.length));
      },
      { limits },
    );
    const first = (await server.connect()).say(put(800) + "x".repeat(800));
    await until(() => server.listener.bufferedBytes === 800);
    const second = (await server.connect()).say(put(300) + "x".repeat(300));
    await second.hears(/^HTTP\/1.1 503 [^]*<Code>SlowDown</);
    held.resolve();
    await first.hears(/\r\n\r\n800$/);
    await until(() => server.listener.bufferedBytes === 0);
    const third = (await server.connect()).say(put(900) + "x".repeat(900));
    await third.hears(/\r\n\r\n900$/);
  });

  test("is taken as bytes come, not as they are announced", async (t) => {
    const server = await startToy(
      t,
      async (exchange) => {
        const body = await exchange.readBody(1_000_000);
        await exchange.respond(200, {}, String(body.length));
      },
      { limits: { bufferedBytesMax: 200_000, lingerMs: 50 } },
    );
    const announced = await Promise.all(
      Array.from({ length: 20 }, async () => (await server.connect()).say(`${put(1_000_000)}x`)),
    );
    await until(() => server.listener.inFlight === announced.length);
    const small = (await server.connect()).say(put(9_000) + "x".repeat(9_000));
    await small.hears(/\r\n\r\n9000$/);
    const large = (await server.connect()).say(put(300_000) + "x".repeat(300_000));
    await large.hears(/^HTTP\/1.1 503 [^]*<Code>SlowDown</);
  });

  test("is given back when the client leaves in the middle", async (t) => {
    const server = await startToy(t, async (exchange) => void (await exchange.readBody(2000)), {
      limits,
    });
    const talk = (await server.connect()).say(`${put(800)}x`);
    await until(() => server.listener.bufferedBytes === 800);
    talk.socket.destroy();
    await until(() => server.listener.bufferedBytes === 0);
  });

  test("is not asked for by a body beyond its own limit, which is not read either", async (t) => {
    const server = await startToy(t, async (exchange) => void (await exchange.readBody(100)), {
      limits,
    });
    const announced = (await server.connect()).say(put(101));
    await announced.hears(/^HTTP\/1.1 400 [^]*<Code>EntityTooLarge</);
    const chunked = await server.connect();
    chunked.say("PUT / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
    chunked.say(`65\r\n${"x".repeat(101)}\r\n`);
    await chunked.hears(/^HTTP\/1.1 (400 [^]*<Code>EntityTooLarge|503)/);
  });
});

describe("numbers", () => {
  test("requests beyond those allowed in flight are told to slow down; health still answers", async (t) => {
    const held = Promise.withResolvers<void>();
    const server = await startToy(
      t,
      async (exchange) => {
        await held.promise;
        await exchange.respond(200, {}, "done");
      },
      { limits: { requestsInFlightMax: 2 } },
    );
    const busy = [await server.connect(), await server.connect()].map((talk) => talk.say(GET));
    await until(() => server.listener.inFlight === 2);
    const third = (await server.connect()).say(GET);
    await third.hears(/^HTTP\/1.1 503 [^]*<Code>SlowDown</);
    third.say("GET /-/live HTTP/1.1\r\nhost: a\r\n\r\n");
    await third.hears(/ok\n$/);
    held.resolve();
    for (const talk of busy) await talk.hears(/done$/);
  });

  test("connections beyond those allowed are closed", async (t) => {
    const server = await startToy(t, ok, { limits: { connectionsMax: 2 } });
    const kept = [await server.connect(), await server.connect()];
    const third = await server.connect();
    await third.closed;
    for (const talk of kept) await talk.say(GET).hears(/ok$/);
  });

  test("a thousand idle connections cost little and answer at once", async (t) => {
    const server = await startToy(t, ok);
    const talks = await Promise.all(Array.from({ length: 1000 }, () => server.connect()));
    await until(() => server.listener.connections === 1000);
    await talks[999]?.say(GET).hears(/ok$/);
    assert.equal(server.listener.inFlight, 0);
  });

  test("an idle connection is closed after the keep-alive time", async (t) => {
    const server = await startToy(t, ok, { limits: { keepAliveMs: 1 } });
    const talk = (await server.connect()).say(GET);
    await talk.hears(/keep-alive: timeout=/i);
    await talk.closed;
  });
});

describe("requests sent ahead", () => {
  test("are answered one after the other, in their order", async (t) => {
    let running = 0;
    const order: string[] = [];
    const server = await startToy(t, async (exchange) => {
      running += 1;
      assert.equal(running, 1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      order.push(exchange.path);
      running -= 1;
      await exchange.respond(200, {}, exchange.path);
    });
    const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: a\r\n\r\n`;
    const talk = (await server.connect()).say(get("/1") + get("/2") + get("/3"));
    await talk.hears(/\/1[^]*\/2[^]*\/3$/);
    assert.deepEqual(order, ["/1", "/2", "/3"]);
  });

  test("are not answered once the connection is to end", async (t) => {
    let seen = 0;
    const server = await startToy(
      t,
      (exchange) => {
        seen += 1;
        return exchange.respond(200, {}, "ok");
      },
      { limits: { lingerMs: 50 } },
    );
    const bad = "GET / HTTP/1.1\r\n\r\n";
    const talk = (await server.connect()).say(GET + bad + GET);
    await talk.closed;
    assert.equal(seen, 1);
    assert.deepEqual(talk.heard.match(/HTTP\/1.1 \d+/g), ["HTTP/1.1 200", "HTTP/1.1 400"]);
  });

  test("are limited in number", async (t) => {
    const server = await startToy(t, () => new Promise(() => {}), { limits: { pipelinedMax: 4 } });
    const talk = (await server.connect()).say(GET.repeat(6));
    await talk.closed;
    assert.equal(talk.heard, "");
  });
});
