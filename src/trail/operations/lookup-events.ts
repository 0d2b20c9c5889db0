import type { AuditEventRecord } from "../../records/index.ts";
import { operation } from "../../service/index.ts";
import type { Input, Output } from "../../wire/index.ts";
import {
  invalidEventCategory,
  invalidLookupAttributes,
  invalidMaxResults,
  invalidNextToken,
  invalidTimeRange,
} from "../errors.ts";
import { searchEvents } from "../event-search.ts";
import { LOOKUP_DAYS_MS, LOOKUP_EVENTS_MAX } from "../limits.ts";
import type { TrailServices } from "../operation.ts";
import { parseToken, renderToken } from "../page-token.ts";

type LookupInput = Input<"cloudtrail", "LookupEvents">;
type LookupEvent = NonNullable<Output<"cloudtrail", "LookupEvents">["Events"]>[number];

/** The management events of the caller's account in the called region, of the last 90 days. */
export const lookupEvents = ({ pageKey }: TrailServices) =>
  operation({
    service: "cloudtrail",
    name: "LookupEvents",
    event: { category: "management", readOnly: true },

    async targets(_input, { caller }) {
      const accountId = caller.kind === "anonymous" ? "" : caller.accountId;
      return [{ action: "cloudtrail:LookupEvents", arn: "*", accountId, resourceKind: "none" }];
    },

    async handle(input, [target], { store, clock, request }) {
      const now = clock.now().getTime();
      const { limit, fromMs, toMs } = readRange(input, now);
      const matches = readAttribute(input);
      const account = target?.accountId ?? "";
      const question = questionOf(input, { account, region: request.region });
      const after = input.NextToken ? parseToken(pageKey, question, input.NextToken) : undefined;
      if (input.NextToken && !after) throw invalidNextToken();
      const { region } = request;
      const query = { account, region, fromMs, toMs, limit, matches, ...(after && { after }) };
      const { events, next } = await searchEvents(store, query);
      return {
        output: {
          Events: events.map(lookupEventOf),
          ...(next && { NextToken: renderToken(pageKey, question, next) }),
        },
      };
    },
  });

function readRange(input: LookupInput, now: number) {
  const { StartTime, EndTime, MaxResults = LOOKUP_EVENTS_MAX, EventCategory } = input;
  if (EventCategory !== undefined) throw invalidEventCategory();
  if (MaxResults < 1 || MaxResults > LOOKUP_EVENTS_MAX) throw invalidMaxResults();
  if (StartTime && EndTime && StartTime > EndTime) throw invalidTimeRange();
  const oldest = now - LOOKUP_DAYS_MS;
  // AWS gives times in whole seconds and counts both ends in.
  const toMs = EndTime ? Math.floor(EndTime.getTime() / 1000) * 1000 + 999 : now;
  return { limit: MaxResults, fromMs: Math.max(oldest, StartTime?.getTime() ?? oldest), toMs };
}

/** The members of a record that attributes are compared with. */
interface RecordView {
  readonly eventName: string;
  readonly eventSource: string;
  readonly readOnly?: boolean;
  readonly userIdentity: {
    readonly type?: string;
    readonly userName?: string;
    readonly accessKeyId?: string;
    readonly arn?: string;
  };
  readonly resources?: readonly { readonly type?: string; readonly ARN?: string }[];
}

const ATTRIBUTES: Readonly<
  Record<string, (value: string, record: RecordView, event: AuditEventRecord) => boolean>
> = {
  EventId: (value, _record, { id }) => value === id,
  EventName: (value, { eventName }) => value === eventName,
  ReadOnly: (value, { readOnly }) => value === String(readOnly),
  Username: (value, record) => value === userNameOf(record),
  ResourceType: (value, { resources = [] }) => resources.some(({ type }) => type === value),
  ResourceName: (value, { resources = [] }) => resources.some(({ ARN }) => nameIn(ARN, value)),
  EventSource: (value, { eventSource }) => value === eventSource,
  AccessKeyId: (value, { userIdentity }) => value === userIdentity.accessKeyId,
};

function readAttribute({ LookupAttributes = [] }: LookupInput): (e: AuditEventRecord) => boolean {
  const [attribute, ...more] = LookupAttributes;
  if (more.length > 0) {
    throw invalidLookupAttributes("You can specify only one lookup attribute.");
  }
  if (!attribute) return () => true;
  const { AttributeKey, AttributeValue } = attribute;
  const compare = Object.hasOwn(ATTRIBUTES, AttributeKey) ? ATTRIBUTES[AttributeKey] : undefined;
  if (!compare) throw invalidLookupAttributes(`${AttributeKey} is not a lookup attribute.`);
  if (AttributeValue === "") throw invalidLookupAttributes("The attribute value is empty.");
  // Most events are told apart by a look at the text, before it is parsed.
  const needle = JSON.stringify(AttributeValue).slice(1, -1);
  const inText = AttributeKey === "ReadOnly" || AttributeKey === "Username" ? "" : needle;
  return (event) =>
    (AttributeKey === "EventId" || event.json.includes(inText)) &&
    compare(AttributeValue, JSON.parse(event.json) as RecordView, event);
}

function lookupEventOf({ json, id }: AuditEventRecord): LookupEvent {
  const record = JSON.parse(json) as RecordView & { readonly eventTime: string };
  const username = userNameOf(record);
  const { accessKeyId } = record.userIdentity;
  return {
    EventId: id,
    EventName: record.eventName,
    ReadOnly: String(record.readOnly),
    ...(accessKeyId !== undefined && { AccessKeyId: accessKeyId }),
    EventTime: new Date(record.eventTime),
    EventSource: record.eventSource,
    ...(username !== undefined && { Username: username }),
    Resources: (record.resources ?? []).map(({ type, ARN }) => ({
      ResourceType: type,
      ResourceName: ARN,
    })),
    CloudTrailEvent: json,
  };
}

/** AWS: the user's name, the role session's, `root` for the root user; nobody for a service. */
function userNameOf({ userIdentity: { type, userName, arn } }: RecordView): string | undefined {
  if (type === "Root") return "root";
  return type === "AssumedRole" ? arn?.split("/").at(-1) : userName;
}

/** A resource is found by its ARN, and a bucket or an object by its bare name too. */
function nameIn(arn: string | undefined, name: string): boolean {
  return arn === name || (arn?.startsWith("arn:aws:s3:::") === true && arn.slice(13) === name);
}

function questionOf(
  { LookupAttributes, StartTime, EndTime, EventCategory }: LookupInput,
  { account, region }: { readonly account: string; readonly region: string },
): string {
  const range = [StartTime?.getTime(), EndTime?.getTime()];
  return JSON.stringify([account, region, LookupAttributes ?? [], range, EventCategory]);
}
