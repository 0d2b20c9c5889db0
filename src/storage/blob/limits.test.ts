import assert from "node:assert/strict";
import { test } from "node:test";
import { BATCH_BYTES_MIN, GATHERED_BYTES_MAX, WRITERS_MAX } from "./limits.ts";

/** The requests that one process takes at once: server/limits.ts. */
const REQUESTS_MAX = 2048;

test("slow uploads lock nobody out: there is a writer for every request, in bounded memory", () => {
  assert.ok(WRITERS_MAX >= REQUESTS_MAX);
  assert.ok(BATCH_BYTES_MIN * REQUESTS_MAX <= GATHERED_BYTES_MAX);
});
