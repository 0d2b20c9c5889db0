import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { HOUR_MS } from "../base/index.ts";
import { type AuditEventRecord, auditSpace, Change } from "../records/index.ts";
import { operation, type Target } from "../service/index.ts";
import { ACCOUNT, PARTNER, REGION, testDeployment } from "../service/testing/test-deployment.ts";
import { ServiceError } from "../wire/index.ts";
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

  test("costs one read of a session that has nothing to say", async () => {
    const block = { wait: 60_000, held: 0, events: [{ account: ACCOUNT }] };
    const long = Array.from({ length: 200 }, () => block);
    const { store, kv } = await write([long, long, long]);
    const range = kv.range.bind(kv);
    let values = 0;
    kv.range = (asked) => {
      if (asked.keysOnly !== true) values += 1;
      return range(asked);
    };
    const afterAll = START + 300 * 60_000;
    assert.deepEqual(await pages(store, query({ fromMs: afterAll, toMs: afterAll * 2 })), []);
    assert.equal(values, 3);
  });

  test("leaves out what does not match", async () => {
    const block = { wait: 1, held: 0, events: [{ account: ACCOUNT }, { account: ACCOUNT }] };
    const { store } = await write([Array.from({ length: 40 }, () => block)]);
    const matches = ({ json }: AuditEventRecord) => json.includes("Even");
    assert.equal((await pages(store, query({ matches }))).length, 40);
  });
});

describe("a unit that gives up without an event after it took a place", () => {
  const target: Target = {
    action: "s3:PutObject",
    arn: "*",
    accountId: ACCOUNT,
    resourceKind: "none",
  };
  const management = operation({
    service: "kms",
    name: "ListKeys",
    event: { category: "management", readOnly: true },
    targets: async () => [{ ...target, action: "kms:ListKeys" }],
    handle: async () => ({ output: {} }),
  });

  /** Its place is followed by enough others that no page reads them together. */
  async function afterGivingUp() {
    const at = await testDeployment();
    let run = 0;
    const loser = operation({
      service: "s3",
      name: "PutObject",
      event: { category: "data", readOnly: false },
      targets: async () => [target],
      async handle() {
        run += 1;
        if (run > 1) throw new ServiceError("PreconditionFailed", 412, "no");
        for (let call = 0; call < 100; call += 1) await at.run(management, {});
        const change = new Change().put(auditSpace, ["nowhere", Buffer.of(1), 1n], {
          at: 0,
          events: [],
        });
        return {
          output: {},
          change: change.expect({ key: auditSpace.key("x", Buffer.of(1), 0n), version: 9n }),
        };
      },
    });
    // The place is taken with the first commit, after which the others take theirs.
    const commit = at.kv.commit.bind(at.kv);
    at.kv.commit = async (changes) => {
      const outcome = await commit(changes);
      if (outcome !== undefined) return outcome;
      at.kv.commit = commit;
      for (let call = 0; call < 100; call += 1) await at.run(management, {});
      return outcome;
    };
    await assert.rejects(at.run(loser, {}), { code: "PreconditionFailed" });
    return at;
  }

  test("hides no event that happens later", async () => {
    const at = await afterGivingUp();
    at.clock.advance(HOUR_MS);
    await at.run(management, {});
    const now = at.clock.now().getTime();
    const { events } = await searchEvents(at.store, query({ fromMs: now - 60_000, toMs: now }));
    assert.equal(events.length, 1);
  });

  test("hides no event that happened before, when its session ends", async () => {
    const at = await afterGivingUp();
    const before = at.clock.now().getTime();
    at.clock.advance(HOUR_MS);
    await at.dispatcher.audit.close(at.session);
    const found = await pages(at.store, query({ toMs: before }));
    assert.equal(found.length, 200);
  });
});
