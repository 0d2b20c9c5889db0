import assert from "node:assert/strict";
import { test } from "node:test";
import { hmacKey } from "../../crypto/index.ts";
import { operation } from "../../service/index.ts";
import {
  ACCOUNT,
  PARTNER,
  rootCaller,
  testDeployment,
  userCaller,
} from "../../service/testing/test-deployment.ts";
import { randomUuid } from "../../crypto/index.ts";
import { createRecorder } from "../recorder.ts";
import { lookupEvents } from "./lookup-events.ts";

interface Answer {
  readonly Events: readonly {
    readonly EventName: string;
    readonly EventTime: Date;
    readonly Username?: string;
    readonly ReadOnly: string;
    readonly CloudTrailEvent: string;
  }[];
  readonly NextToken?: string;
}

const lookup = lookupEvents({ pageKey: hmacKey(Buffer.alloc(32, 1)) });

const call = (name: "EnableKey" | "DescribeKey", readOnly: boolean) =>
  operation({
    service: "kms",
    name,
    event: { category: "management", readOnly },
    targets: async (_input, { caller }) => [
      {
        action: `kms:${name}`,
        arn: "arn:aws:kms:us-east-1:123456789012:key/1",
        accountId: caller.kind === "anonymous" ? "" : caller.accountId,
        resourceKind: "none" as const,
        resource: { type: "AWS::KMS::Key", arn: "arn:aws:kms:us-east-1:123456789012:key/1" },
      },
    ],
    handle: async () => ({ output: {} }),
  });

async function recorded() {
  const deployment = await testDeployment({ recorder: createRecorder({ uuid: randomUuid }) });
  const caller = userCaller("alice");
  deployment.allow(caller, { Effect: "Allow", Action: "kms:*", Resource: "*" });
  for (let i = 0; i < 4; i += 1) {
    await deployment.run(call("EnableKey", false), {}, { caller });
    deployment.clock.advance(1000);
    await deployment.run(call("DescribeKey", true), {});
    deployment.clock.advance(1000);
  }
  await deployment.run(call("EnableKey", false), {}, { caller: rootCaller(PARTNER) });
  const ask = (input: object, asker = rootCaller()) =>
    deployment.run<Answer>(lookup, input, { caller: asker });
  return { ...deployment, ask };
}

const by = (AttributeKey: string, AttributeValue: string) => ({
  LookupAttributes: [{ AttributeKey, AttributeValue }],
});

test("an attribute selects by exact value", async () => {
  const { ask } = await recorded();
  const counts: [string, string, number][] = [
    // First: each of these look-ups is an event of the root user's, too.
    ["Username", "root", 4],
    ["EventName", "EnableKey", 4],
    ["EventName", "enablekey", 0],
    ["ReadOnly", "false", 4],
    ["Username", "alice", 4],
    ["EventSource", "kms.amazonaws.com", 8],
    ["AccessKeyId", "AKIAUSERUSERUSERUSER", 4],
    ["ResourceType", "AWS::KMS::Key", 8],
    ["ResourceName", "arn:aws:kms:us-east-1:123456789012:key/1", 8],
    ["ResourceName", "arn:aws:kms:us-east-1:123456789012:key/2", 0],
  ];
  for (const [key, value, count] of counts) {
    const { Events } = await ask(by(key, value));
    assert.equal(Events.length, count, `${key} ${value}`);
  }
  const { Events } = await ask({ MaxResults: 1 });
  const { eventID } = JSON.parse(Events[0]?.CloudTrailEvent ?? "") as { eventID: string };
  assert.equal((await ask(by("EventId", eventID))).Events.length, 1);
});

test("pages are newest first and go on by a token that fits its question only", async () => {
  const { ask } = await recorded();
  const question = by("EventSource", "kms.amazonaws.com");
  const first = await ask({ ...question, MaxResults: 5 });
  const second = await ask({ ...question, MaxResults: 5, NextToken: first.NextToken });
  assert.deepEqual([first.Events.length, second.Events.length], [5, 3]);
  assert.equal(second.NextToken, undefined);
  const times = [...first.Events, ...second.Events].map(({ EventTime }) => EventTime.getTime());
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
  const refused = { name: "ServiceError", code: "InvalidNextTokenException" };
  await assert.rejects(ask({ NextToken: first.NextToken }), refused);
  await assert.rejects(ask({ ...question, NextToken: "AAAA" }), refused);
  await assert.rejects(
    ask({ ...question, NextToken: first.NextToken }, rootCaller(PARTNER)),
    refused,
  );
});

test("an account sees its own events, in the region it asks", async () => {
  const deployment = await recorded();
  const { ask } = deployment;
  assert.equal((await ask(by("EventName", "EnableKey"), rootCaller(PARTNER))).Events.length, 1);
  const elsewhere = await deployment.run<Answer>(lookup, {}, { request: { region: "eu-west-1" } });
  assert.deepEqual(elsewhere.Events, []);
});

test("times are whole seconds, both ends counted in", async () => {
  const { ask, clock } = await recorded();
  const start = new Date(clock.now().getTime() - 4000);
  const StartTime = start;
  const EndTime = new Date(start.getTime() + 2000);
  assert.equal((await ask({ StartTime, EndTime })).Events.length, 3);
  await assert.rejects(ask({ StartTime: EndTime, EndTime: StartTime }), {
    code: "InvalidTimeRangeException",
  });
});

test("what AWS refuses is refused by its name", async () => {
  const { ask } = await recorded();
  const two = {
    LookupAttributes: [
      ...by("EventName", "a").LookupAttributes,
      ...by("EventId", "b").LookupAttributes,
    ],
  };
  await assert.rejects(ask(two), { code: "InvalidLookupAttributesException" });
  await assert.rejects(ask(by("constructor", "a")), { code: "InvalidLookupAttributesException" });
  await assert.rejects(ask({ MaxResults: 51 }), { code: "InvalidMaxResultsException" });
  await assert.rejects(ask({ MaxResults: 0 }), { code: "InvalidMaxResultsException" });
  await assert.rejects(ask({ EventCategory: "insight" }), {
    code: "InvalidEventCategoryException",
  });
  await assert.rejects(ask({}, userCaller("nobody")), { code: "AccessDeniedException" });
});

test("the account of the record is the account that asked", async () => {
  const { ask } = await recorded();
  for (const { CloudTrailEvent } of (await ask({})).Events) {
    const record = JSON.parse(CloudTrailEvent) as { recipientAccountId: string };
    assert.equal(record.recipientAccountId, ACCOUNT);
  }
});
