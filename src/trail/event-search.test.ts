import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type AuditEventRecord, auditSpace, Change } from "../records/index.ts";
import { ACCOUNT, PARTNER, REGION, testDeployment } from "../service/testing/test-deployment.ts";
import { type EventQuery, type Position, searchEvents } from "./event-search.ts";
import { PLACE_HELD_MS_MAX } from "./limits.ts";

const START = 1_000_000;

/** Blocks of several process sessions: each place is filled up to the allowed while out of turn. */
const sessions = fc.array(
  fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 40_000 }),
      held: fc.integer({ min: 0, max: PLACE_HELD_MS_MAX - 1 }),
      events: fc.array(fc.record({ account: fc.constantFrom(ACCOUNT, ACCOUNT, PARTNER) }), {
        maxLength: 3,
      }),
    }),
    { maxLength: 50 },
  ),
  { minLength: 1, maxLength: 4 },
);

const query = (extra: Partial<EventQuery> = {}): EventQuery => ({
  account: ACCOUNT,
  region: REGION,
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
  limit: 7,
  matches: () => true,
  ...extra,
});

async function write(plan: readonly SessionPlan[]) {
  const deployment = await testDeployment();
  const all: AuditEventRecord[] = [];
  let id = 0;
  for (const blocks of plan) {
    const session = await deployment.beginSession({ pid: 1, host: "test" });
    let placedAt = START;
    for (const { wait, held, events } of blocks) {
      placedAt += wait;
      const at = placedAt + held;
      const records = events.map(({ account }): AuditEventRecord => {
        id += 1;
        const json = JSON.stringify({ eventName: id % 2 === 0 ? "Even" : "Odd" });
        return { id: `e${id}`, account, time: at, category: "Management", json };
      });
      all.push(...records);
      const key: [string, Uint8Array, bigint] = [REGION, session.id, session.nextAuditSeq(REGION)];
      await deployment.store.commit(
        new Change().put(auditSpace, key, { at, events: records }),
        session,
      );
    }
  }
  return { ...deployment, all };
}

interface SessionPlanBlock {
  readonly wait: number;
  readonly held: number;
  readonly events: readonly { readonly account: string }[];
}
type SessionPlan = readonly SessionPlanBlock[];

async function pages(store: Parameters<typeof searchEvents>[0], question: EventQuery) {
  const found: AuditEventRecord[] = [];
  let after: Position | undefined;
  do {
    const page = await searchEvents(store, { ...question, ...(after && { after }) });
    assert.ok(page.events.length <= question.limit);
    found.push(...page.events);
    after = page.next;
  } while (after);
  return found;
}

describe("a search over all process sessions", () => {
  test("finds every event of the account once, newest first, whatever the pages", async () => {
    await fc.assert(
      fc.asyncProperty(sessions, fc.integer({ min: 1, max: 9 }), async (plan, limit) => {
        const { store, all } = await write(plan);
        const expected = all
          .filter(({ account }) => account === ACCOUNT)
          .toSorted((a, b) => b.time - a.time || (a.id < b.id ? 1 : -1));
        assert.deepEqual(
          (await pages(store, query({ limit }))).map(({ id }) => id),
          expected.map(({ id }) => id),
        );
      }),
      { numRuns: 40 },
    );
  });

  test("counts both ends of the time range in", async () => {
    await fc.assert(
      fc.asyncProperty(sessions, fc.nat(200_000), fc.nat(200_000), async (plan, from, length) => {
        const { store, all } = await write(plan);
        const [fromMs, toMs] = [START + from, START + from + length];
        const expected = all.filter(
          ({ account, time }) => account === ACCOUNT && time >= fromMs && time <= toMs,
        );
        const found = await pages(store, query({ fromMs, toMs }));
        assert.deepEqual(new Set(found.map(({ id }) => id)), new Set(expected.map(({ id }) => id)));
      }),
      { numRuns: 25 },
    );
  });

  test("leaves out what does not match", async () => {
    const block = { wait: 1, held: 0, events: [{ account: ACCOUNT }, { account: ACCOUNT }] };
    const { store } = await write([Array.from({ length: 40 }, () => block)]);
    const matches = ({ json }: AuditEventRecord) => json.includes("Even");
    assert.equal((await pages(store, query({ matches }))).length, 40);
  });
});
