/**
 * CloudTrail's records, one JSON text per account concerned: CloudTrail User Guide, "CloudTrail
 * record contents". Members stand in the order in which AWS writes them.
 */
import type { AuditEventRecord } from "../records/index.ts";
import type { AuditResource, CallFacts, Recorder, ServiceEvent } from "../service/index.ts";
import type { ServiceError, ServiceName } from "../wire/index.ts";
import { recordElement, recordValue } from "./record-value.ts";
import { foreignIdentity, userIdentity } from "./user-identity.ts";

const EVENT_VERSION = "1.11";
const ERROR_MESSAGE_CHARS_MAX = 1024;

/** Records management calls; data calls are recorded for trails that select them. */
export function createRecorder({ uuid }: { readonly uuid: () => string }): Recorder {
  return {
    record(facts) {
      if (facts.operation.event.category !== "management") return [];
      const accounts = accountsConcerned(facts);
      const sharedEventId = accounts.length > 1 ? uuid() : undefined;
      return accounts.map((account, copy) => {
        const id = copy === 0 ? facts.eventId : uuid();
        return eventOf(facts, { id, account, sharedEventId });
      });
    },
    recordService: (event) => [serviceEventOf(event)],
  };
}

/**
 * The caller's account, and that of each resource that was acted on. A call that was refused or
 * found nothing tells the other account nothing.
 */
function accountsConcerned({ caller, targets, error }: CallFacts): string[] {
  const accounts = new Set<string>();
  if (caller.kind !== "anonymous") accounts.add(caller.accountId);
  const refused = error !== undefined && caller.kind !== "anonymous";
  for (const { accountId } of refused ? [] : targets) accounts.add(accountId);
  return [...accounts];
}

interface Copy {
  readonly id: string;
  readonly account: string;
  readonly sharedEventId: string | undefined;
}

function eventOf(facts: CallFacts, { id, account, sharedEventId }: Copy): AuditEventRecord {
  const { operation, request, caller, completedAt, error, requestId } = facts;
  const invokedBy = facts.via === undefined ? undefined : `fas.${facts.via}.amazonaws.com`;
  const foreign = caller.kind !== "anonymous" && caller.accountId !== account;
  const record = {
    eventVersion: EVENT_VERSION,
    userIdentity: foreign ? foreignIdentity(caller, invokedBy) : userIdentity(caller, invokedBy),
    eventTime: `${completedAt.toISOString().slice(0, 19)}Z`,
    eventSource: `${operation.service}.amazonaws.com`,
    eventName: operation.event.name ?? operation.name,
    awsRegion: request.region,
    sourceIPAddress: invokedBy ?? request.sourceIp,
    userAgent: invokedBy ?? userAgentOf(facts),
    ...(error && errorMembers(operation.service, error)),
    requestParameters: requestParameters(facts),
    responseElements: responseElements(facts),
    ...additionalEventData(facts),
    requestID: requestId,
    eventID: id,
    readOnly: operation.event.readOnly,
    ...resourcesOf(facts),
    eventType: "AwsApiCall",
    managementEvent: true,
    recipientAccountId: account,
    ...(sharedEventId !== undefined && { sharedEventID: sharedEventId }),
    eventCategory: "Management",
    ...(invokedBy === undefined && tlsDetails(facts)),
  };
  return {
    id,
    account,
    time: completedAt.getTime(),
    category: "Management",
    json: JSON.stringify(record),
  };
}

function serviceEventOf(event: ServiceEvent): AuditEventRecord {
  const { service, name, account, region, eventId, time, resources, details } = event;
  const record = {
    eventVersion: EVENT_VERSION,
    userIdentity: { accountId: account, invokedBy: "AWS Internal" },
    eventTime: `${time.toISOString().slice(0, 19)}Z`,
    eventSource: `${service}.amazonaws.com`,
    eventName: name,
    awsRegion: region,
    sourceIPAddress: "AWS Internal",
    userAgent: "AWS Internal",
    requestParameters: null,
    responseElements: null,
    eventID: eventId,
    readOnly: false,
    resources: resources.map(resourceEntry),
    eventType: "AwsServiceEvent",
    managementEvent: true,
    recipientAccountId: account,
    ...(details && { serviceEventDetails: details }),
    eventCategory: "Management",
  };
  return {
    id: eventId,
    account,
    time: time.getTime(),
    category: "Management",
    json: JSON.stringify(record),
  };
}

/** AWS: S3 wraps the user agent in brackets. */
function userAgentOf({ operation, request }: CallFacts): string {
  return operation.service === "s3" ? `[${request.userAgent}]` : request.userAgent;
}

/** AWS: a denial is AccessDenied whatever the API's code; IAM's codes are its exceptions' names. */
function errorMembers(service: ServiceName, error: ServiceError): object {
  const denied = error.code === "AccessDeniedException";
  const named = service === "iam" && error.code === "NoSuchEntity";
  const errorCode = denied ? "AccessDenied" : named ? "NoSuchEntityException" : error.code;
  const errorMessage = error.message.slice(0, ERROR_MESSAGE_CHARS_MAX);
  return { errorCode, ...(errorMessage !== "" && { errorMessage }) };
}

function requestParameters(facts: CallFacts): object | null {
  const { operation, input, targets, error } = facts;
  // AWS: a call that STS denied, or that was throttled, is recorded without its parameters.
  const denied = operation.service === "sts" && error?.code === "AccessDenied";
  if (denied || error?.code === "ThrottlingException") return null;
  const { request } = operation.details ?? {};
  if (input === undefined)
    return operation.service === "s3" ? withHost(null, facts.request.host) : null;
  const shown = request ? request(input, targets) : (recordValue(input) as object);
  return recordElement(operation.service === "s3" ? withHost(shown, facts.request.host) : shown);
}

/** AWS: S3's records name the host that was asked, after the bucket. */
function withHost(shown: object | null, host: string): object {
  const { bucketName, ...others } = (shown ?? {}) as Record<string, unknown>;
  return { ...(bucketName !== undefined && { bucketName }), Host: host, ...others };
}

function responseElements({ operation, output }: CallFacts): object | null {
  if (output === undefined) return null;
  const { response } = operation.details ?? {};
  if (response) return recordElement(response(output));
  return operation.event.readOnly ? null : recordElement(recordValue(output) as object);
}

function additionalEventData(facts: CallFacts): object {
  const { operation, output } = facts;
  const own = operation.details?.additional?.(output);
  const data = operation.service === "s3" ? { ...transferFacts(facts), ...own } : own;
  return data === undefined || Object.keys(data).length === 0 ? {} : { additionalEventData: data };
}

/** What S3 adds to each of its records. */
function transferFacts({ request }: CallFacts): object {
  const { signature, tls, bodyBytes = 0, extendedId } = request;
  return {
    ...(signature && { SignatureVersion: signature.version === "AWS" ? "SigV2" : "SigV4" }),
    ...(tls && { CipherSuite: tls.cipherSuite }),
    bytesTransferredIn: bodyBytes,
    ...(signature && {
      AuthenticationMethod: signature.authType === "REST-HEADER" ? "AuthHeader" : "QueryString",
    }),
    "x-amz-id-2": extendedId,
  };
}

function resourcesOf({ targets, operation, error }: CallFacts): object {
  // AWS: a role that was not assumed is not a resource of the call.
  if (operation.service === "sts" && error) return {};
  const resources = new Map<string, object>();
  for (const { resource } of targets) {
    if (resource) resources.set(resource.arn, resourceEntry(resource));
  }
  // AWS: KMS lists no resources as an empty list, other services leave the member out.
  if (resources.size === 0 && (operation.service !== "kms" || error)) return {};
  return { resources: [...resources.values()] };
}

function resourceEntry({ accountId, type, arn }: AuditResource): object {
  return { ...(accountId !== undefined && { accountId }), type, ARN: arn };
}

function tlsDetails({ request }: CallFacts): object {
  if (!request.tls) return {};
  return {
    tlsDetails: {
      tlsVersion: request.tls.version,
      cipherSuite: request.tls.cipherSuite,
      clientProvidedHostHeader: request.host,
    },
  };
}
