import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, renameSync, statSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { askRunning, isRunning } from "./control-client.ts";
import { ControlSocket, removeStale, socketPath } from "./control-socket.ts";
import { Refusal } from "./sentences.ts";
import { newFolder } from "./testing/folder.ts";

const echo = (command: string, argument: unknown) => Promise.resolve({ command, argument });

test("commands are carried out, and refusals reach who asked", async (t) => {
  const folder = newFolder(t);
  const socket = await ControlSocket.bind(folder, async (command) => {
    if (command === "refuse") throw new Refusal("not today");
    if (command === "break") throw new Error("inner detail");
    return { done: command };
  });
  t.after(() => socket.close());
  assert.deepEqual(await askRunning(folder, "greet"), { done: "greet" });
  await assert.rejects(askRunning(folder, "refuse"), { name: "Refusal", message: "not today" });
  await assert.rejects(askRunning(folder, "break"), {
    name: "Refusal",
    message: /its log says why/,
  });
});

test("the socket is its owner's alone", async (t) => {
  const folder = newFolder(t);
  const socket = await ControlSocket.bind(folder, echo);
  t.after(() => socket.close());
  assert.equal(statSync(socketPath(folder)).mode & 0o777, 0o600);
});

test("a folder has one owner at a time", async (t) => {
  const folder = newFolder(t);
  assert.equal(await isRunning(folder), false);
  const first = await ControlSocket.bind(folder, echo);
  assert.equal(await isRunning(folder), true);
  await assert.rejects(ControlSocket.bind(folder, echo), {
    name: "Refusal",
    message: /in use by another/,
  });
  await first.close();
  assert.equal(existsSync(socketPath(folder)), false);
  const second = await ControlSocket.bind(folder, echo);
  await second.close();
});

test("of many who start at once one wins, also over what a killed owner left", async (t) => {
  const folder = newFolder(t);
  const path = socketPath(folder);
  const code = `require("net").createServer().listen(${JSON.stringify(path)}, () => console.log("up"))`;
  const killed = spawn(process.execPath, ["-e", code]);
  await once(killed.stdout, "data");
  killed.kill("SIGKILL");
  await once(killed, "exit");
  assert.equal(existsSync(path), true);

  const starts = await Promise.allSettled(
    Array.from({ length: 8 }, () => ControlSocket.bind(folder, echo)),
  );
  const winners = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const holding = winners.filter((winner) => winner.held());
  for (const winner of winners) await winner.close();
  assert.equal(holding.length, 1);
});

test("who finds a dead socket leaves the live one that took its place", async (t) => {
  const folder = newFolder(t);
  const dead = statSync(folder);
  const socket = await ControlSocket.bind(folder, echo);
  t.after(() => socket.close());
  removeStale(socketPath(folder), dead);
  assert.equal(socket.held(), true);
  assert.deepEqual(await askRunning(folder, "still"), { command: "still", argument: {} });
});

test("an owner notices that its socket was removed or replaced", async (t) => {
  const folder = newFolder(t);
  const socket = await ControlSocket.bind(folder, echo);
  assert.equal(socket.held(), true);
  renameSync(socketPath(folder), join(folder, "moved"));
  assert.equal(socket.held(), false);
  await socket.close();
});

test("nonsense is answered by hanging up", async (t) => {
  const folder = newFolder(t);
  const socket = await ControlSocket.bind(folder, echo);
  t.after(() => socket.close());
  for (const nonsense of ["nonsense\n", "x".repeat(70_000)]) {
    const client = connect(socketPath(folder));
    client.on("error", () => {});
    client.write(nonsense);
    await once(client, "close");
  }
  assert.deepEqual(await askRunning(folder, "still"), { command: "still", argument: {} });
});

test("a path that fits no socket is refused with what to do", () => {
  assert.throws(() => socketPath(`/${"x".repeat(100)}`), {
    name: "Refusal",
    message: /at most 90 bytes/,
  });
});
