/** CloudTrail's event history, as LookupEvents shows it. */
import type { LookupAttributeKey, Event } from "@aws-sdk/client-cloudtrail";
import type { Clients } from "./clients.ts";

/** A CloudTrail record. Only what the suites look at is named. */
export interface TrailRecord {
  readonly eventVersion: string;
  readonly userIdentity: Readonly<Record<string, unknown>> & {
    readonly type: string;
    readonly arn?: string;
    readonly accountId?: string;
    readonly accessKeyId?: string;
    readonly invokedBy?: string;
    readonly principalId?: string;
    readonly userName?: string;
  };
  readonly eventTime: string;
  readonly eventSource: string;
  readonly eventName: string;
  readonly awsRegion: string;
  readonly sourceIPAddress: string;
  readonly userAgent: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly requestParameters: Readonly<Record<string, unknown>> | null;
  readonly responseElements: Readonly<Record<string, unknown>> | null;
  readonly additionalEventData?: Readonly<Record<string, unknown>>;
  readonly requestID: string;
  readonly eventID: string;
  readonly readOnly: boolean;
  readonly resources?: readonly { accountId?: string; type: string; ARN: string }[];
  readonly eventType: string;
  readonly managementEvent: boolean;
  readonly recipientAccountId: string;
  readonly sharedEventID?: string;
  readonly eventCategory: string;
}

export interface Lookup {
  readonly key: LookupAttributeKey;
  readonly value: string;
  readonly since?: Date;
}

/** Every event that the attribute selects, newest first, over all pages. */
export async function lookUp(clients: Clients, { key, value, since }: Lookup): Promise<Event[]> {
  const asked = {
    LookupAttributes: [{ AttributeKey: key, AttributeValue: value }],
    ...(since === undefined ? {} : { StartTime: since }),
  };
  const page = async (NextToken?: string): Promise<Event[]> => {
    const answer = await clients.cloudtrail.lookupEvents({ ...asked, NextToken });
    const events = answer.Events ?? [];
    return answer.NextToken === undefined ? events : [...events, ...(await page(answer.NextToken))];
  };
  return page();
}

export function recordOf(event: Event | undefined): TrailRecord {
  const record: TrailRecord = JSON.parse(event?.CloudTrailEvent ?? "null");
  return record;
}

/** The records of the events of that name, newest first, that `wanted` selects. */
export async function records(
  clients: Clients,
  eventName: string,
  wanted: (record: TrailRecord) => boolean = () => true,
): Promise<TrailRecord[]> {
  const events = await lookUp(clients, { key: "EventName", value: eventName });
  return events.map(recordOf).filter(wanted);
}
