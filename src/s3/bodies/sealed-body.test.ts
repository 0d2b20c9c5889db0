import assert from "node:assert/strict";
import { test } from "node:test";
import { inOrder } from "./sealed-body.ts";

/** Takes one piece at a time, and asks to be waited for after each. */
function slowWriter() {
  const taken: string[] = [];
  let busy = false;
  return {
    taken,
    write(piece: Uint8Array): Promise<void> {
      assert.equal(busy, false, "a writer that asks to be waited for is waited for");
      busy = true;
      return new Promise((done) => {
        setImmediate(() => {
          taken.push(Buffer.from(piece).toString());
          busy = false;
          done();
        });
      });
    },
  };
}

const pieces = (...texts: string[]) => texts.map((text) => Buffer.from(text));

test("pieces that are given at once are written one after another, in order", async () => {
  const writer = slowWriter();
  const write = inOrder(writer);
  void write(pieces("a", "b"));
  void write(pieces());
  await write(pieces("c", "d"));
  assert.deepEqual(writer.taken, ["a", "b", "c", "d"]);
  await write(pieces("e"));
  assert.deepEqual(writer.taken, ["a", "b", "c", "d", "e"]);
});

test("a writer that needs no waiting is written to at once", () => {
  const taken: string[] = [];
  const write = inOrder({
    write(piece) {
      taken.push(Buffer.from(piece).toString());
      return undefined;
    },
  });
  assert.equal(write(pieces("a", "b")), undefined);
  assert.deepEqual(taken, ["a", "b"]);
});
