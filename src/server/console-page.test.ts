import assert from "node:assert/strict";
import { test } from "node:test";
import { consolePage } from "./console-page.ts";
import { startToy } from "./testing/toy-server.ts";

test("the console's page names the API and may load, frame or run nothing", async (t) => {
  const server = await startToy(t, consolePage('http://127.0.0.1:9000/"><script>'));
  const reply = await fetch(server.url);
  const text = await reply.text();
  assert.equal(reply.status, 200);
  assert.match(text, /href="http:\/\/127\.0\.0\.1:9000\/&quot;&gt;&lt;script&gt;"/);
  assert.doesNotMatch(text, /<script/);
  assert.match(reply.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
  assert.equal(reply.headers.get("x-content-type-options"), "nosniff");
  assert.equal(reply.headers.get("x-frame-options"), "DENY");
});

test("nothing else is there", async (t) => {
  const server = await startToy(t, consolePage("http://127.0.0.1:9000"));
  assert.equal((await fetch(`${server.url}/x`)).status, 404);
  assert.equal((await fetch(server.url, { method: "POST", body: "x" })).status, 405);
});
