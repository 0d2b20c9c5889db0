/**
 * Every operation of every service, both ways, against the real SDK client: a random input goes
 * through the SDK and our decoder and is the same; a random output goes through our encoder and the
 * SDK and is the same. CONFORM_ROUNDS and CONFORM_SEED run it longer and elsewhere.
 */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { decodeInput, encodeOutput } from "./codec.ts";
import { isEntries } from "./entries.ts";
import { modelOf, operationsOf } from "./model.ts";
import type { ServiceName } from "./operation-types.ts";
import { route } from "./route.ts";
import { ServiceError } from "./service-error.ts";
import type { Member, OperationShape, StructureShape } from "./shape.ts";
import { randomStructure, seededRandom, type Random } from "./testing/random-value.ts";
import { loopbackClient } from "./testing/sdk-loopback.ts";
import { validateInput } from "./validate.ts";

const rounds = Number(process.env["CONFORM_ROUNDS"] ?? 2);
const seed = Number(process.env["CONFORM_SEED"] ?? 1);

/** What the SDK itself computes, replaces or refuses on its way to the wire or back. */
const SDKS_OWN =
  /^(SSECustomerKey|SSECustomerKeyMD5|CopySourceSSECustomerKey|CopySourceSSECustomerKeyMD5|ContentMD5|ContentLength|ChecksumMode|Checksum[A-Z]\w*)$/;
const KEYS = ["k", "a b/c+d", "é😀/<&>'()*!", "x//y", "?a=b#c", " lead", "./..", "line\nend"];
const EXPIRES = "Thu, 01 Jan 2026 00:00:00 GMT";
const REQUEST_IDS = { requestId: "request", extendedId: "extended" };

for (const service of ["kms", "iam", "sts", "cloudtrail", "s3"] as const) {
  describe(service, () => {
    for (const name of operationsOf(service)) {
      test(`${name} is the same on both sides of the wire`, async () => {
        const shape = modelOf(service).operations.get(name);
        assert.ok(shape);
        const random = seededRandom(seed);
        for (let round = 0; round < rounds; round++) {
          // oxlint-disable-next-line no-await-in-loop -- one seed, one sequence
          await exchange(service, shape, random);
        }
      });
    }
  });
}

async function exchange(service: ServiceName, shape: OperationShape, random: Random) {
  const input = randomInput(shape, random);
  const output = randomOutput(shape, random);
  let decoded: object = {};

  const send = loopbackClient(service, (request, body) => {
    const found = route(request, { domains: [], signedService: service, body });
    assert.equal(found.operation, shape.name);
    decoded = decodeInput(found, request, body);
    validatesOrRefuses(() => validateInput(found, decoded));
    return encodeOutput(found, output, REQUEST_IDS);
  });
  const received = await send(shape.name, input);

  const streamed = streamMember(shape.input);
  const sent = plain({ ...input, ...(streamed ? { [streamed]: undefined } : {}) });
  assert.deepEqual(onlyKeysOf(plain(decoded), sent), sent, "the input");
  const returned = onlyKeysOf(plain(await withBytes(received)), plain(output));
  assert.deepEqual(returned, plain(output), "the output");
}

function randomInput(shape: OperationShape, random: Random): Record<string, unknown> {
  if (shape.input === undefined) return {};
  const input = strip(randomStructure(shape.input, random), shape.input);
  if (shape.service !== "s3") return input;
  if (shape.input.members.some(({ place }) => place?.in === "label")) {
    input["Bucket"] = "my-bucket";
    if ("Key" in input) input["Key"] = KEYS[random(KEYS.length)];
  }
  return input;
}

function randomOutput({ name, output }: OperationShape, random: Random): Record<string, unknown> {
  if (output === undefined) return {};
  const value = strip(randomStructure(output, random), output);
  // The SDK takes a copy that answers 200 without a result for one that was cut off.
  if (name === "CopyObject") value["CopyObjectResult"] ??= { ETag: "x" };
  if (name === "UploadPartCopy") value["CopyPartResult"] ??= { ETag: "x" };
  if (typeof value["Expires"] === "string") value["Expires"] = EXPIRES;
  // A stream of events has a framing of its own, which its handler would write.
  if (name === "SelectObjectContent") delete value["Payload"];
  return value;
}

/** Leaves out what the SDK does not pass through as it is given. */
function strip(value: object, structure: StructureShape): Record<string, unknown> {
  const kept = Object.entries(value).filter(([name]) => {
    const member = structure.members.find((one) => one.name === name);
    return !(member !== undefined && isBound(member) && SDKS_OWN.test(name));
  });
  return Object.fromEntries(kept);
}

function isBound({ place }: Member): boolean {
  return place?.in === "header" || place?.in === "query";
}

function streamMember(shape: StructureShape | undefined): string | undefined {
  return shape?.members.find(({ place }) => place?.in === "stream")?.name;
}

function validatesOrRefuses(validate: () => void) {
  try {
    validate();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
  }
}

/** The SDK hands a streamed body over as a stream. */
async function withBytes(value: object): Promise<object> {
  const entries = Object.entries(value).map(async ([name, entry]) =>
    isCollectable(entry) ? [name, await entry.transformToByteArray()] : [name, entry],
  );
  return Object.fromEntries(await Promise.all(entries));
}

function isCollectable(value: unknown): value is { transformToByteArray(): Promise<Uint8Array> } {
  return typeof value === "object" && value !== null && "transformToByteArray" in value;
}

/** One form for both sides: bytes and dates as text, nothing undefined. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString("base64")}`;
  if (value instanceof Date) return `date ${value.toUTCString()}`;
  if (Array.isArray(value)) return value.map(plain);
  if (!isEntries(value)) return value;
  const entries = Object.entries(value).filter(
    ([name, entry]) => entry !== undefined && name !== "$metadata",
  );
  return Object.fromEntries(
    entries.map(([name, entry]) => [
      name,
      name === "Expires" && typeof entry === "string" ? plain(new Date(entry)) : plain(entry),
    ]),
  );
}

/** The SDK adds defaults of its own at the top; below it, all must match. */
function onlyKeysOf(value: unknown, wanted: unknown): unknown {
  assert.ok(isEntries(value) && isEntries(wanted));
  return Object.fromEntries(Object.entries(value).filter(([name]) => name in wanted));
}
