import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LINE_BYTES_MAX, lineSplitter, parseReply, parseRequest } from "./control-line.ts";

test("lines are the same however they are cut on the way", () => {
  const line = fc.string().map((text) => text.replaceAll("\n", ""));
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(20)), (lines, cuts) => {
      const seen: string[] = [];
      const take = lineSplitter((text) => seen.push(text));
      let rest = lines.map((text) => `${text}\n`).join("");
      for (const cut of cuts) {
        take(rest.slice(0, cut));
        rest = rest.slice(cut);
      }
      take(rest);
      assert.deepEqual(seen, lines);
    }),
  );
});

test("a line without an end is not kept for ever", () => {
  const take = lineSplitter(() => assert.fail("there is no line"));
  assert.equal(take("x".repeat(LINE_BYTES_MAX)), true);
  assert.equal(take("x"), false);
});

test("what is not of the protocol is not understood", () => {
  for (const line of ["", "null", "1", "[]", "{}", '{"id":"1","command":"x"}', '{"id":1}', "{"]) {
    assert.equal(parseRequest(line), undefined, line);
  }
  assert.equal(parseReply('{"result":1}'), undefined);
});

test("requests and replies are understood", () => {
  const request = { id: 1, command: "x", arguments: { a: 1 } };
  assert.deepEqual(parseRequest(JSON.stringify(request)), request);
  assert.deepEqual(parseReply('{"id":1,"result":{"b":2}}'), { id: 1, result: { b: 2 } });
  assert.deepEqual(parseReply('{"id":1,"refusal":"no"}'), { id: 1, refusal: "no" });
});
