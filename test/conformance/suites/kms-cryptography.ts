import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { GenerateDataKeyCommandInput } from "@aws-sdk/client-kms";
import type { Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const invalidCiphertext = {
  code: "InvalidCiphertextException",
  status: 400,
  message: { none: true },
} as const;
const incorrectKey = {
  code: "IncorrectKeyException",
  status: 400,
  message: "The key ID in the request does not identify a CMK that can perform this operation.",
};
const dryRun = {
  code: "DryRunOperationException",
  status: 400,
  message: "The request would have succeeded, but the DryRun option is set.",
};

export function kmsCryptography(at: Deployment): void {
  describe("KMS cryptography", () => {
    test("Decrypt inverts Encrypt, with and without naming the key", async () => {
      const { id, arn } = await at.key();
      const material = await currentMaterial(at, id);
      await inTurn([1, 32, 4096], async (bytes) => {
        const Plaintext = crypto.getRandomValues(Buffer.alloc(bytes));
        const {
          $metadata: _,
          CiphertextBlob,
          ...answer
        } = await at.root.kms.encrypt({
          KeyId: id,
          Plaintext,
        });
        assert.deepEqual(answer, { KeyId: arn, EncryptionAlgorithm: "SYMMETRIC_DEFAULT" });
        assert.ok((CiphertextBlob?.length ?? 0) <= 6144);
        await inTurn([undefined, id, arn], async (KeyId) => {
          const opened = await at.root.kms.decrypt({ CiphertextBlob, KeyId });
          assert.deepEqual(Buffer.from(opened.Plaintext ?? []), Plaintext);
          assert.equal(opened.KeyId, arn);
          assert.equal(opened.KeyMaterialId, material);
          assert.equal(opened.EncryptionAlgorithm, "SYMMETRIC_DEFAULT");
        });
      });
    });

    test("the same plaintext never gives the same ciphertext", async () => {
      const { id: KeyId } = await at.key();
      const input = { KeyId, Plaintext: Buffer.from("same") };
      const [one, two] = [await at.root.kms.encrypt(input), await at.root.kms.encrypt(input)];
      assert.notDeepEqual(one.CiphertextBlob, two.CiphertextBlob);
    });

    test("an encryption context has to be given again, exactly", async () => {
      const { id: KeyId } = await at.key();
      const EncryptionContext = { Department: "Finance", über: "ümlaut", empty: "" };
      const { CiphertextBlob } = await at.root.kms.encrypt({
        KeyId,
        Plaintext: Buffer.from("secret"),
        EncryptionContext,
      });
      const reordered = Object.fromEntries(Object.entries(EncryptionContext).toReversed());
      const opened = await at.root.kms.decrypt({ CiphertextBlob, EncryptionContext: reordered });
      assert.equal(Buffer.from(opened.Plaintext ?? []).toString(), "secret");
      const wrong = [
        undefined,
        {},
        { Department: "Finance" },
        { ...EncryptionContext, more: "x" },
        { ...EncryptionContext, Department: "finance" },
        { department: "Finance", über: "ümlaut", empty: "" },
      ];
      await inTurn(wrong, (context) =>
        refused(
          at.root.kms.decrypt({ CiphertextBlob, EncryptionContext: context }),
          invalidCiphertext,
        ),
      );
    });

    test("no context and an empty one are the same", async () => {
      const { id: KeyId } = await at.key();
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId, Plaintext: Buffer.from("x") });
      await at.root.kms.decrypt({ CiphertextBlob, EncryptionContext: {} });
    });

    test("a ciphertext that was altered anywhere does not open", async () => {
      const { id: KeyId } = await at.key();
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId, Plaintext: Buffer.from("x") });
      const blob = Buffer.from(CiphertextBlob ?? []);
      const offsets = Array.from({ length: blob.length }, (_, index) => index);
      const altered = offsets
        .filter((offset) => offset % 7 === 0 || offset > blob.length - 4)
        .map((offset) => {
          const copy = Buffer.from(blob);
          copy[offset] = (copy[offset] ?? 0) ^ 1;
          return copy;
        });
      const cut = [blob.subarray(0, -1), Buffer.concat([blob, Buffer.alloc(1)]), blob.subarray(1)];
      await inTurn([...altered, ...cut, Buffer.from("garbage")], (spoilt) =>
        refused(at.root.kms.decrypt({ CiphertextBlob: spoilt }), {
          code: ["InvalidCiphertextException", "AccessDeniedException"],
          status: 400,
        }),
      );
      await refused(
        at.root.kms.decrypt({ CiphertextBlob: Buffer.from("garbage") }),
        invalidCiphertext,
      );
    });

    test("naming another key than the ciphertext's is refused", async () => {
      const [one, other] = [await at.key(), await at.key()];
      const { CiphertextBlob } = await at.root.kms.encrypt({
        KeyId: one.id,
        Plaintext: Buffer.from("x"),
      });
      await refused(at.root.kms.decrypt({ CiphertextBlob, KeyId: other.id }), incorrectKey);
      await refused(
        at.root.kms.reEncrypt({
          CiphertextBlob,
          SourceKeyId: other.id,
          DestinationKeyId: one.id,
        }),
        incorrectKey,
      );
    });

    const dataKeys: [string, Partial<GenerateDataKeyCommandInput>, number][] = [
      ["AES_256", { KeySpec: "AES_256" }, 32],
      ["AES_128", { KeySpec: "AES_128" }, 16],
      ["one byte", { NumberOfBytes: 1 }, 1],
      ["1024 bytes", { NumberOfBytes: 1024 }, 1024],
    ];
    for (const [name, size, bytes] of dataKeys) {
      test(`GenerateDataKey of ${name} gives a key and its ciphertext`, async () => {
        const { id, arn } = await at.key();
        const EncryptionContext = { purpose: name };
        const made = await at.root.kms.generateDataKey({ KeyId: id, EncryptionContext, ...size });
        assert.equal(made.Plaintext?.length, bytes);
        assert.equal(made.KeyId, arn);
        assert.equal(made.KeyMaterialId, await currentMaterial(at, id));
        const { CiphertextBlob } = made;
        const opened = await at.root.kms.decrypt({ CiphertextBlob, EncryptionContext });
        assert.deepEqual(opened.Plaintext, made.Plaintext);
        const silent = await at.root.kms.generateDataKeyWithoutPlaintext({ KeyId: id, ...size });
        assert.ok(!("Plaintext" in silent) || silent.Plaintext === undefined);
        assert.equal(silent.KeyId, arn);
        assert.match(silent.KeyMaterialId ?? "", /^[0-9a-f]{64}$/);
        const key = await at.root.kms.decrypt({ CiphertextBlob: silent.CiphertextBlob });
        assert.equal(key.Plaintext?.length, bytes);
      });
    }

    test("a data key has a spec or a number of bytes, not both and not neither", async () => {
      const { id: KeyId } = await at.key();
      const expected = {
        code: "ValidationException",
        status: 400,
        message: "Please specify either number of bytes or key spec.",
      };
      await refused(at.root.kms.generateDataKey({ KeyId }), expected);
      const both = { KeyId, KeySpec: "AES_256", NumberOfBytes: 32 } as const;
      await refused(at.root.kms.generateDataKey(both), expected);
      await refused(at.root.kms.generateDataKeyWithoutPlaintext(both), expected);
    });

    test("ReEncrypt moves a ciphertext to another key and context", async () => {
      const [from, to] = [await at.key(), await at.key()];
      const SourceEncryptionContext = { stage: "one" };
      const DestinationEncryptionContext = { stage: "two" };
      const { CiphertextBlob } = await at.root.kms.encrypt({
        KeyId: from.id,
        Plaintext: Buffer.from("moved"),
        EncryptionContext: SourceEncryptionContext,
      });
      const moved = await at.root.kms.reEncrypt({
        CiphertextBlob,
        SourceEncryptionContext,
        DestinationKeyId: to.id,
        DestinationEncryptionContext,
      });
      const { $metadata: _, CiphertextBlob: next, ...answer } = moved;
      assert.deepEqual(answer, {
        SourceKeyId: from.arn,
        KeyId: to.arn,
        SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
        SourceKeyMaterialId: await currentMaterial(at, from.id),
        DestinationKeyMaterialId: await currentMaterial(at, to.id),
      });
      const opened = await at.root.kms.decrypt({
        CiphertextBlob: next,
        EncryptionContext: DestinationEncryptionContext,
      });
      assert.equal(opened.KeyId, to.arn);
      assert.equal(Buffer.from(opened.Plaintext ?? []).toString(), "moved");
      await refused(
        at.root.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: to.id }),
        invalidCiphertext,
      );
    });

    test("aliases name keys in every operation that uses them", async () => {
      const { id, arn } = await at.key();
      const KeyId = `alias/${fresh("use")}`;
      await at.root.kms.createAlias({ AliasName: KeyId, TargetKeyId: id });
      const { CiphertextBlob, KeyId: used } = await at.root.kms.encrypt({
        KeyId: `arn:aws:kms:${at.region}:${at.account}:${KeyId}`,
        Plaintext: Buffer.from("x"),
      });
      assert.equal(used, arn);
      assert.equal((await at.root.kms.decrypt({ CiphertextBlob, KeyId })).KeyId, arn);
      const moved = await at.root.kms.reEncrypt({
        CiphertextBlob,
        SourceKeyId: KeyId,
        DestinationKeyId: KeyId,
      });
      assert.equal(moved.KeyId, arn);
      assert.equal((await at.root.kms.generateDataKey({ KeyId, KeySpec: "AES_256" })).KeyId, arn);
    });

    test("GenerateRandom gives as many bytes as asked, never the same", async () => {
      const draws = await inTurn([1, 32, 1024], async (NumberOfBytes) => {
        const { Plaintext } = await at.root.kms.generateRandom({ NumberOfBytes });
        assert.equal(Plaintext?.length, NumberOfBytes);
        return Plaintext;
      });
      const again = await at.root.kms.generateRandom({ NumberOfBytes: 1024 });
      assert.notDeepEqual(again.Plaintext, draws[2]);
    });

    test("DryRun answers what would have happened and does nothing", async () => {
      const { id: KeyId } = await at.key();
      const Plaintext = Buffer.from("x");
      const { CiphertextBlob } = await at.root.kms.encrypt({ KeyId, Plaintext });
      const DryRun = true;
      await refused(at.root.kms.encrypt({ KeyId, Plaintext, DryRun }), dryRun);
      await refused(at.root.kms.decrypt({ CiphertextBlob, DryRun }), dryRun);
      await refused(at.root.kms.generateDataKey({ KeyId, KeySpec: "AES_256", DryRun }), dryRun);
      await refused(
        at.root.kms.generateDataKeyWithoutPlaintext({ KeyId, KeySpec: "AES_256", DryRun }),
        dryRun,
      );
      await refused(
        at.root.kms.reEncrypt({ CiphertextBlob, DestinationKeyId: KeyId, DryRun }),
        dryRun,
      );
      await at.root.kms.disableKey({ KeyId });
      await refused(at.root.kms.encrypt({ KeyId, Plaintext, DryRun }), {
        code: "DisabledException",
      });
    });

    test("an algorithm of another kind of key is refused", async () => {
      const { id: KeyId } = await at.key();
      await refused(
        at.root.kms.encrypt({
          KeyId,
          Plaintext: Buffer.from("x"),
          EncryptionAlgorithm: "RSAES_OAEP_SHA_256",
        }),
        {
          code: "InvalidKeyUsageException",
          status: 400,
          message: "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.",
        },
      );
    });

    test("a ciphertext of another Region opens only there", async () => {
      const abroad = at.as(at.endpoint.root, "eu-west-1");
      const { KeyMetadata } = await abroad.kms.createKey({});
      const { CiphertextBlob } = await abroad.kms.encrypt({
        KeyId: KeyMetadata?.KeyId,
        Plaintext: Buffer.from("x"),
      });
      await abroad.kms.decrypt({ CiphertextBlob });
      await refused(at.root.kms.decrypt({ CiphertextBlob }), {
        code: "AccessDeniedException",
        status: 400,
      });
    });
  });
}

async function currentMaterial(at: Deployment, KeyId: string): Promise<string | undefined> {
  return (await at.root.kms.describeKey({ KeyId })).KeyMetadata?.CurrentKeyMaterialId;
}
