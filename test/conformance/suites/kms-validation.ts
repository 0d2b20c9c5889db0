/** The model's constraints, in AWS's words. */
import { describe, test } from "node:test";
import type { KMS } from "@aws-sdk/client-kms";
import type { Deployment } from "../../support/deployment.ts";
import { refused } from "../../support/refusal.ts";

const one = "1 validation error detected: ";
const constraint = (at: string, rule: string) =>
  `${one}Value ${at} failed to satisfy constraint: ${rule}`;
const Plaintext = Buffer.from("x");

interface Case {
  readonly name: string;
  readonly message: string | RegExp;
  readonly call: (kms: KMS, KeyId: string) => Promise<unknown>;
}

const cases: Case[] = [
  {
    name: "Encrypt of nothing",
    message: constraint("at 'plaintext'", "Member must have length greater than or equal to 1"),
    call: (kms, KeyId) => kms.encrypt({ KeyId, Plaintext: new Uint8Array() }),
  },
  {
    name: "Encrypt of 4097 bytes",
    message: constraint("at 'plaintext'", "Member must have length less than or equal to 4096"),
    call: (kms, KeyId) => kms.encrypt({ KeyId, Plaintext: new Uint8Array(4097) }),
  },
  {
    name: "Decrypt of more than 6144 bytes",
    message: constraint(
      "at 'ciphertextBlob'",
      "Member must have length less than or equal to 6144",
    ),
    call: (kms) => kms.decrypt({ CiphertextBlob: new Uint8Array(6145) }),
  },
  {
    name: "GenerateRandom without a number",
    message: "NumberOfBytes is required.",
    call: (kms) => kms.generateRandom({}),
  },
  {
    name: "GenerateRandom of no bytes",
    message: constraint(
      "'0' at 'numberOfBytes'",
      "Member must have value greater than or equal to 1",
    ),
    call: (kms) => kms.generateRandom({ NumberOfBytes: 0 }),
  },
  {
    name: "GenerateRandom of 1025 bytes",
    message: constraint(
      "'1025' at 'numberOfBytes'",
      "Member must have value less than or equal to 1024",
    ),
    call: (kms) => kms.generateRandom({ NumberOfBytes: 1025 }),
  },
  {
    name: "GenerateDataKey of 1025 bytes",
    message: constraint(
      "'1025' at 'numberOfBytes'",
      "Member must have value less than or equal to 1024",
    ),
    call: (kms, KeyId) => kms.generateDataKey({ KeyId, NumberOfBytes: 1025 }),
  },
  {
    name: "GenerateDataKey of an unknown spec",
    message:
      /^1 validation error detected: Value 'AES-256' at 'keySpec' failed to satisfy constraint: Member must satisfy enum value set: \[/,
    // @ts-expect-error: the type knows the values
    call: (kms, KeyId) => kms.generateDataKey({ KeyId, KeySpec: "AES-256" }),
  },
  {
    name: "CreateKey of an unknown usage",
    message:
      /^1 validation error detected: Value 'RANDOM' at 'keyUsage' failed to satisfy constraint: Member must satisfy enum value set: \[/,
    // @ts-expect-error: the type knows the values
    call: (kms) => kms.createKey({ KeyUsage: "RANDOM" }),
  },
  {
    name: "CreateKey with 8193 characters of description",
    message:
      /at 'description' failed to satisfy constraint: Member must have length less than or equal to 8192$/,
    call: (kms) => kms.createKey({ Description: "d".repeat(8193) }),
  },
  {
    name: "a tag key of 129 characters",
    message:
      /at 'tags\.1\.member\.tagKey' failed to satisfy constraint: Member must have length less than or equal to 128$/,
    call: (kms, KeyId) =>
      kms.tagResource({ KeyId, Tags: [{ TagKey: "k".repeat(129), TagValue: "" }] }),
  },
  {
    name: "a tag value of 257 characters",
    message:
      /at 'tags\.1\.member\.tagValue' failed to satisfy constraint: Member must have length less than or equal to 256$/,
    call: (kms, KeyId) =>
      kms.tagResource({ KeyId, Tags: [{ TagKey: "k", TagValue: "v".repeat(257) }] }),
  },
  {
    name: "ListKeys of none",
    message: constraint("'0' at 'limit'", "Member must have value greater than or equal to 1"),
    call: (kms) => kms.listKeys({ Limit: 0 }),
  },
  {
    name: "ListKeys of 1001",
    message: constraint("'1001' at 'limit'", "Member must have value less than or equal to 1000"),
    call: (kms) => kms.listKeys({ Limit: 1001 }),
  },
  {
    name: "two faults at once",
    message:
      /^2 validation errors detected: Value .* failed to satisfy constraint: .*; Value .* failed to satisfy constraint: /,
    call: (kms, KeyId) =>
      kms.encrypt({
        KeyId,
        Plaintext: new Uint8Array(),
        // @ts-expect-error: the type knows the values
        EncryptionAlgorithm: "ROT13",
      }),
  },
  {
    name: "an empty KeyId",
    message: constraint("'' at 'keyId'", "Member must have length greater than or equal to 1"),
    call: (kms) => kms.describeKey({ KeyId: "" }),
  },
  {
    name: "a KeyId that is not given",
    message: constraint("null at 'keyId'", "Member must not be null"),
    // @ts-expect-error: the type demands it
    call: (kms) => kms.describeKey({}),
  },
  {
    name: "eleven grant tokens",
    message:
      /at 'grantTokens' failed to satisfy constraint: Member must have length less than or equal to 10$/,
    call: (kms, KeyId) =>
      kms.encrypt({ KeyId, Plaintext, GrantTokens: Array.from({ length: 11 }, () => "token") }),
  },
];

export function kmsValidation(at: Deployment): void {
  describe("KMS validation", () => {
    for (const { name, message, call } of cases) {
      test(`${name} is refused`, async () => {
        const { id } = await at.key();
        await refused(call(at.root.kms, id), { code: "ValidationException", status: 400, message });
      });
    }

    const markers: [string, (kms: KMS, KeyId: string) => Promise<unknown>][] = [
      ["ListKeys", (kms) => kms.listKeys({ Marker: "nonsense" })],
      ["ListAliases", (kms) => kms.listAliases({ Marker: "nonsense" })],
      ["ListResourceTags", (kms, KeyId) => kms.listResourceTags({ KeyId, Marker: "nonsense" })],
      ["ListKeyRotations", (kms, KeyId) => kms.listKeyRotations({ KeyId, Marker: "nonsense" })],
    ];
    for (const [name, call] of markers) {
      test(`${name} refuses a marker that it did not give`, async () => {
        const { id } = await at.key();
        await refused(call(at.root.kms, id), { code: "InvalidMarkerException", status: 400 });
      });
    }
  });
}
