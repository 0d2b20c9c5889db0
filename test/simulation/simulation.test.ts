import assert from "node:assert/strict";
import { test } from "node:test";
import { simulate } from "./run.ts";

/** The short form; `npm run simulate` goes through more. */
const SEEDS = Number(process.env["SIMULATION_SEEDS"] ?? 500);

test(`after ${SEEDS} seeded crashes nothing acknowledged is lost and no garbage outlives the collector`, async () => {
  let crashed = 0;
  let acknowledged = 0;
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const outcome = await simulate(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}`, { cause: error });
    });
    acknowledged += outcome.acknowledged;
    if (outcome.crashed) crashed += 1;
  }
  assert.equal(crashed, SEEDS, "every seed loses power");
  assert.ok(acknowledged > SEEDS, "clients get somewhere before it does");
});
