import assert from "node:assert/strict";
import { test } from "node:test";
import { startToy } from "./testing/toy-server.ts";

const object = "an object";

test("live, ready and metrics answer under /-/", async (t) => {
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, object));
  const get = (path: string, init?: RequestInit) => fetch(`${server.url}/-/${path}`, init);
  assert.equal(await (await get("live")).text(), "ok\n");
  assert.equal(await (await get("ready")).text(), "ready\n");
  const metrics = await get("metrics");
  assert.match(metrics.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/);
  assert.match(await metrics.text(), /^strongroom_requests_total/m);
  assert.equal((await get("else")).status, 404);
  assert.equal((await get("live", { method: "PUT", body: "x" })).status, 405);
  assert.equal((await get("live", { method: "HEAD" })).status, 200);
});

test("not ready is 503 with the check that says so", async (t) => {
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, object));
  server.health.check("disk", () => "below its reserve");
  const reply = await fetch(`${server.url}/-/ready`);
  assert.equal(reply.status, 503);
  assert.equal(await reply.text(), "not ready\ndisk: below its reserve\n");
});

test("on a bucket's own host /-/live is the key of an object", async (t) => {
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, object), {
    isBucketHost: (host) => host === "photos.localhost",
  });
  const ask = async (host: string) => {
    const talk = await server.connect();
    talk.say(`GET /-/live HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    await talk.closed;
    return talk.heard.split("\r\n\r\n")[1];
  };
  assert.equal(await ask("photos.localhost"), object);
  assert.equal(await ask("localhost"), "ok\n");
});
