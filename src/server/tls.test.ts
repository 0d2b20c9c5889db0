import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { connect, type SecureVersion, type TLSSocket } from "node:tls";
import type { Exchange } from "./exchange.ts";
import { certificateFor } from "./testing/certificate.ts";
import { GET, startToy, Talk } from "./testing/toy-server.ts";
import { until } from "./testing/wait.ts";
import { tlsProblem } from "./tls.ts";

const first = certificateFor("first");
const second = certificateFor("second");

const answer = ({ secure, tls }: Exchange) => `${secure} ${tls?.version} ${tls?.cipherSuite}`;

async function dial(
  t: TestContext,
  port: number,
  versions: { minVersion?: SecureVersion; maxVersion?: SecureVersion } = {},
): Promise<TLSSocket> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false, ...versions });
  t.after(() => socket.destroy());
  await once(socket, "secureConnect");
  return socket;
}

test("TLS 1.2 and 1.3 are spoken, older versions are not", async (t) => {
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, answer(exchange)), {
    tls: first,
  });
  const modern = new Talk(await dial(t, server.port));
  await modern.say(GET).hears(/true TLSv1.3 TLS_AES_\w+$/);
  const older = new Talk(await dial(t, server.port, { maxVersion: "TLSv1.2" }));
  await older.say(GET).hears(/true TLSv1.2 TLS_ECDHE_\w+$/);
  await assert.rejects(dial(t, server.port, { minVersion: "TLSv1", maxVersion: "TLSv1.1" }));
});

test("a new certificate holds for new connections, and old ones live on", async (t) => {
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, "ok"), { tls: first });
  const before = await dial(t, server.port);
  assert.equal(before.getPeerCertificate().subject.CN, "first");
  server.listener.setTls(second);
  assert.equal((await dial(t, server.port)).getPeerCertificate().subject.CN, "second");
  await new Talk(before).say(GET).hears(/ok$/);
});

test("an unusable pair is refused and the old one stays", async (t) => {
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, "ok"), { tls: first });
  assert.throws(() => server.listener.setTls({ cert: second.cert, key: first.key }));
  assert.equal((await dial(t, server.port)).getPeerCertificate().subject.CN, "first");
});

test("what is wrong with a pair is said", () => {
  const nonsense = Buffer.from("nonsense");
  assert.equal(tlsProblem(first), undefined);
  assert.equal(
    tlsProblem({ cert: first.cert, key: second.key }),
    "the key is not the certificate's",
  );
  for (const pair of [
    { ...first, cert: nonsense },
    { ...first, key: nonsense },
  ]) {
    assert.equal(tlsProblem(pair), "certificate or key is not in PEM form");
  }
});

test("a reader that does not read is cut over TLS too", async (t) => {
  const piece = Buffer.alloc(1024 * 1024);
  async function* endless() {
    for (;;) yield piece;
  }
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, endless()), {
    tls: first,
    limits: { paceWindowMs: 120 },
  });
  const socket = await dial(t, server.port);
  socket.on("error", () => {});
  socket.write(GET);
  await once(socket, "readable");
  await until(() => server.listener.inFlight === 0);
});

test("a client that never shakes hands is cut", async (t) => {
  const server = await startToy(t, (exchange) => exchange.respond(200, {}, "ok"), {
    tls: first,
    limits: { headersTimeoutMs: 50 },
  });
  await (
    await server.connect()
  ).closed;
});
