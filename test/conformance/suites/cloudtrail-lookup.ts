import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { LookupAttributeKey, LookupEventsCommandInput } from "@aws-sdk/client-cloudtrail";
import { everything, type Deployment } from "../../support/deployment.ts";
import { lookUp, recordOf } from "../../support/events.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { refused } from "../../support/refusal.ts";

const attribute = (AttributeKey: LookupAttributeKey, AttributeValue: string) => ({
  AttributeKey,
  AttributeValue,
});

export function cloudtrailLookup(at: Deployment): void {
  describe("CloudTrail LookupEvents", () => {
    test("every attribute finds the event, and finds no other", async () => {
      const user = await at.user("attributes", everything);
      const { KeyMetadata } = await user.kms.createKey({});
      const arn = KeyMetadata?.Arn ?? "";
      const [event] = await lookUp(at.root, { key: "ResourceName", value: arn });
      assert.equal(event?.EventName, "CreateKey");
      const since = event.EventTime;
      const attributes: [LookupAttributeKey, string][] = [
        ["EventId", event.EventId ?? ""],
        ["EventName", "CreateKey"],
        ["ReadOnly", "false"],
        ["Username", user.name],
        ["ResourceType", "AWS::KMS::Key"],
        ["ResourceName", arn],
        ["EventSource", "kms.amazonaws.com"],
        ["AccessKeyId", user.credentials.accessKeyId],
      ];
      await inTurn(attributes, async ([key, value]) => {
        const range = since === undefined ? {} : { since };
        const found = await lookUp(at.root, { key, value, ...range });
        assert.ok(
          found.some((other) => other.EventId === event.EventId),
          `${key} finds it`,
        );
        for (const other of found) {
          const seen = {
            EventId: [other.EventId],
            EventName: [other.EventName],
            ReadOnly: [other.ReadOnly],
            Username: [other.Username],
            ResourceType: other.Resources?.map((resource) => resource.ResourceType),
            ResourceName: other.Resources?.map((resource) => resource.ResourceName),
            EventSource: [other.EventSource],
            AccessKeyId: [other.AccessKeyId],
          }[key];
          assert.ok(seen?.includes(value), `${key} finds only what has it`);
        }
      });
    });

    test("an event shows its record and the same in short", async () => {
      const user = await at.user("short", everything);
      const { KeyMetadata } = await user.kms.createKey({});
      const arn = KeyMetadata?.Arn ?? "";
      const [event] = await lookUp(at.root, { key: "ResourceName", value: arn });
      const record = recordOf(event);
      const { CloudTrailEvent: _, EventTime, ...rest } = event ?? {};
      assert.equal(Number(EventTime), Date.parse(record.eventTime));
      assert.deepEqual(rest, {
        EventId: record.eventID,
        EventName: "CreateKey",
        ReadOnly: "false",
        AccessKeyId: user.credentials.accessKeyId,
        EventSource: "kms.amazonaws.com",
        Username: user.name,
        Resources: [{ ResourceType: "AWS::KMS::Key", ResourceName: arn }],
      });
    });

    test("root is called root, and a session by its session's name", async () => {
      const session = await at.assume(await at.role("names", everything), "the-session-name");
      const answered = await session.kms.listKeys({});
      const found = await lookUp(at.root, { key: "Username", value: "the-session-name" });
      const ids = found.map((event) => recordOf(event).requestID);
      assert.ok(ids.includes(answered.$metadata.requestId ?? ""));
      const { id } = await at.key();
      const since = new Date(Date.now() - 5000);
      const asked = await at.root.kms.describeKey({ KeyId: id });
      const roots = await lookUp(at.root, { key: "Username", value: "root", since });
      const rootIds = roots.map((event) => recordOf(event).requestID);
      assert.ok(rootIds.includes(asked.$metadata.requestId ?? ""));
    });

    test("events come newest first, page by page, each once", async () => {
      const user = await at.user("pages", everything);
      const asked = await inTurn(numbers(7), async () => {
        const answer = await user.kms.listAliases({});
        return answer.$metadata.requestId;
      });
      const found: string[] = [];
      const times: number[] = [];
      const LookupAttributes = [attribute("Username", user.name)];
      const page = async (NextToken?: string): Promise<void> => {
        const answer = await at.root.cloudtrail.lookupEvents({
          LookupAttributes,
          MaxResults: 3,
          NextToken,
        });
        assert.ok((answer.Events?.length ?? 0) <= 3);
        for (const event of answer.Events ?? []) {
          found.push(recordOf(event).requestID);
          times.push(Number(event.EventTime));
        }
        if (answer.NextToken !== undefined) await page(answer.NextToken);
      };
      await page();
      assert.equal(new Set(found).size, found.length);
      assert.deepEqual(found.toSorted(), asked.map(String).toSorted());
      assert.deepEqual(
        times.toSorted((a, b) => b - a),
        times,
      );
    });

    test("the time range has both its ends", async () => {
      const { arn } = await at.key();
      const LookupAttributes = [attribute("ResourceName", arn)];
      const ask = async (StartTime?: Date, EndTime?: Date) => {
        const { Events } = await at.root.cloudtrail.lookupEvents({
          LookupAttributes,
          StartTime,
          EndTime,
        });
        return Events?.filter((event) => event.EventName === "CreateKey").length;
      };
      const [event] = await lookUp(at.root, { key: "ResourceName", value: arn });
      const time = Number(event?.EventTime);
      assert.equal(await ask(), 1);
      assert.equal(await ask(new Date(time), new Date(time)), 1);
      assert.equal(await ask(new Date(time + 1000), new Date(time + 2000)), 0);
      assert.equal(await ask(new Date(time - 2000), new Date(time - 1000)), 0);
      assert.equal(await ask(undefined, new Date(time - 1000)), 0);
    });

    test("another Region's events are not shown", async () => {
      const abroad = at.as(at.endpoint.root, "eu-west-1");
      const { KeyMetadata } = await abroad.kms.createKey({});
      const lookup = { key: "ResourceName", value: KeyMetadata?.Arn ?? "" } as const;
      assert.equal((await lookUp(abroad, lookup)).length, 1);
      assert.equal((await lookUp(at.root, lookup)).length, 0);
    });

    test("LookupEvents is itself recorded, and needs a permission", async () => {
      const nobody = await at.user("nobody");
      await refused(nobody.cloudtrail.lookupEvents({}), {
        code: "AccessDeniedException",
        status: 400,
        message:
          /is not authorized to perform: cloudtrail:LookupEvents (?:on resource: \S+ )?because no identity-based policy allows the cloudtrail:LookupEvents action$/,
      });
      const [event] = await lookUp(at.root, { key: "Username", value: nobody.name });
      assert.partialDeepStrictEqual(recordOf(event), {
        eventSource: "cloudtrail.amazonaws.com",
        eventName: "LookupEvents",
        errorCode: "AccessDenied",
        readOnly: true,
      });
    });

    // The model bounds the number, and names an error for it: which of the two AWS gives is not known.
    const tooFewOrMany = ["InvalidMaxResultsException", "ValidationException"];
    const badInputs: [string, LookupEventsCommandInput, string | string[]][] = [
      [
        "two attributes",
        { LookupAttributes: [attribute("EventName", "Decrypt"), attribute("ReadOnly", "true")] },
        "InvalidLookupAttributesException",
      ],
      [
        "an end before the start",
        { StartTime: new Date(2_000_000_000_000), EndTime: new Date(1_000_000_000_000) },
        "InvalidTimeRangeException",
      ],
      ["no results", { MaxResults: 0 }, tooFewOrMany],
      ["more than fifty results", { MaxResults: 51 }, tooFewOrMany],
      ["a token that was never given", { NextToken: "nonsense" }, "InvalidNextTokenException"],
    ];
    for (const [name, input, code] of badInputs) {
      test(`${name}: ${String(code)}`, async () => {
        await refused(at.root.cloudtrail.lookupEvents(input), { code, status: 400 });
      });
    }

    test("a token goes on only with what it was given for", async () => {
      await inTurn(numbers(3), () => at.root.kms.listKeys({}));
      const first = await at.root.cloudtrail.lookupEvents({
        LookupAttributes: [attribute("EventName", "ListKeys")],
        MaxResults: 1,
      });
      assert.ok(first.NextToken);
      await refused(
        at.root.cloudtrail.lookupEvents({
          LookupAttributes: [attribute("EventName", "CreateKey")],
          MaxResults: 1,
          NextToken: first.NextToken,
        }),
        { code: "InvalidNextTokenException", status: 400 },
      );
    });
  });
}
