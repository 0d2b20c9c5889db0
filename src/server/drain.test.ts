import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";
import { GET, startToy } from "./testing/toy-server.ts";
import { until } from "./testing/wait.ts";

const quickly = { timeout: 10_000 };

test(
  "a drain ends idle connections, finishes requests in flight and takes no new ones",
  quickly,
  async (t) => {
    const held = Promise.withResolvers<void>();
    const server = await startToy(t, async (exchange) => {
      if (exchange.path === "/slow") await held.promise;
      await exchange.respond(200, {}, "done");
    });
    const idle = (await server.connect()).say(GET);
    await idle.hears(/done$/);
    const fresh = await server.connect();
    const halfway = (await server.connect()).say("GET / HTTP/1.1\r\nhost");
    const busy = (await server.connect()).say("GET /slow HTTP/1.1\r\nhost: a\r\n\r\n");
    await until(() => server.listener.inFlight === 1);

    const drained = server.listener.drain(60_000);
    await Promise.all([idle.closed, fresh.closed, halfway.closed]);
    const late = connect(server.port, "127.0.0.1");
    const refused = await new Promise((resolve) => late.on("error", resolve));
    assert.match(String(refused), /ECONNREFUSED/);
    assert.equal(busy.heard, "");
    held.resolve();
    await busy.hears(/connection: close[^]*done$/i);
    await Promise.all([busy.closed, drained]);
  },
);

test(
  "a reply that began before the drain is finished, and its connection ended",
  quickly,
  async (t) => {
    const held = Promise.withResolvers<void>();
    const server = await startToy(t, (exchange) =>
      exchange.respond(
        200,
        { "content-length": "6" },
        (async function* () {
          yield Buffer.from("abc");
          await held.promise;
          yield Buffer.from("def");
        })(),
      ),
    );
    const talk = (await server.connect()).say(GET);
    await talk.hears(/abc$/);
    const drained = server.listener.drain(60_000);
    held.resolve();
    await drained;
    await talk.closed;
    assert.match(talk.heard, /abcdef$/);
  },
);

test("what is not done at the limit is cut", async (t) => {
  const server = await startToy(t, () => new Promise(() => {}));
  const talk = (await server.connect()).say(GET);
  await until(() => server.listener.inFlight === 1);
  await server.listener.drain(20);
  await talk.closed;
  assert.equal(talk.heard, "");
});
