import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog } from "./log.ts";

function logged(level: "debug" | "info" | "silent") {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  return { lines, log: createLog({ level, fields: { worker: 3 }, destination }) };
}

test("a line is one JSON object with time, level, its process and what it is about", () => {
  const { log, lines } = logged("info");
  log.warn({ requestId: "r1", secret: "s" }, "said");
  assert.equal(lines.length, 1);
  const { time, ...rest } = JSON.parse(lines[0] ?? "");
  assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(rest, {
    level: "warn",
    worker: 3,
    requestId: "r1",
    secret: "[redacted]",
    message: "said",
  });
});

test("an error is shown with its stack", () => {
  const { log, lines } = logged("info");
  log.error({ error: new TypeError("broken") }, "said");
  const line = JSON.parse(lines[0] ?? "");
  assert.equal(line.error.type, "TypeError");
  assert.match(line.error.stack, /broken/);
});

test("levels below the chosen one are not written", () => {
  const { log, lines } = logged("info");
  log.debug({}, "no");
  assert.deepEqual([log.enabled("debug"), log.enabled("info"), lines.length], [false, true, 0]);
  const silent = logged("silent");
  silent.log.error({}, "no");
  assert.equal(silent.lines.length, 0);
});
