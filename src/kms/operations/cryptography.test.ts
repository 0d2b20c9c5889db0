import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { PARTNER, rootCaller } from "../../service/testing/test-deployment.ts";
import { codeOf, kmsDeployment } from "../testing/kms-deployment.ts";

interface Sealed {
  readonly CiphertextBlob: Buffer;
  readonly KeyId: string;
  readonly KeyMaterialId?: string;
}

const Plaintext = Buffer.from("attack at dawn");
const invalid = { code: "InvalidCiphertextException", message: "" };

describe("Encrypt, Decrypt and ReEncrypt", () => {
  test("what was encrypted decrypts under the same context and no other", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const context = fc.dictionary(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
      fc.string({ unit: "grapheme", maxLength: 20 }),
      { maxKeys: 4 },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 4096 }),
        context,
        async (bytes, EncryptionContext) => {
          const { CiphertextBlob } = await call<Sealed>("Encrypt", {
            KeyId,
            Plaintext: bytes,
            EncryptionContext,
          });
          const opened = await call("Decrypt", { CiphertextBlob, EncryptionContext });
          assert.deepEqual(opened["Plaintext"], Buffer.from(bytes));
          assert.equal(opened["KeyId"], KeyId);
          const other = { ...EncryptionContext, more: "than before" };
          const refused = call("Decrypt", { CiphertextBlob, EncryptionContext: other });
          await assert.rejects(refused, invalid);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("an empty context is none", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext, EncryptionContext: {} });
    assert.equal(await codeOf(call("Decrypt", { CiphertextBlob })), "ok");
  });

  test("no byte of a ciphertext can be altered", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const { CiphertextBlob } = await call<Sealed>("Encrypt", { KeyId, Plaintext });
    for (let at = 0; at < CiphertextBlob.length; at += 1) {
      const altered = Buffer.from(CiphertextBlob);
      altered[at] = (altered[at] ?? 0) ^ 1;
      const code = await codeOf(call("Decrypt", { CiphertextBlob: altered, KeyId }));
      assert.match(code, /^(InvalidCiphertext|IncorrectKey)Exception$/, `byte ${at}`);
      assert.notEqual(await codeOf(call("Decrypt", { CiphertextBlob: altered })), "ok");
    }
    for (const length of [0, 1, 50, CiphertextBlob.length - 1]) {
      const cut = CiphertextBlob.subarray(0, length);
      await assert.rejects(call("Decrypt", { CiphertextBlob: cut, KeyId }), invalid);
      await assert.rejects(call("Decrypt", { CiphertextBlob: cut }), invalid);
    }
  });

  test("a ciphertext is decrypted with its own key only", async () => {
    const { call, newKey } = await kmsDeployment();
    const [key, other] = [await newKey(), await newKey()];
    const { CiphertextBlob } = await call("Encrypt", { KeyId: key.id, Plaintext });
    assert.equal(await codeOf(call("Decrypt", { CiphertextBlob, KeyId: key.arn })), "ok");
    const incorrect = {
      code: "IncorrectKeyException",
      message: "The key ID in the request does not identify a CMK that can perform this operation.",
    };
    await assert.rejects(call("Decrypt", { CiphertextBlob, KeyId: other.arn }), incorrect);
    const moved = { CiphertextBlob, SourceKeyId: other.arn, DestinationKeyId: key.arn };
    await assert.rejects(call("ReEncrypt", moved), incorrect);
  });

  test("ReEncrypt moves a ciphertext to another key and context", async () => {
    const { call, newKey } = await kmsDeployment();
    const [from, to] = [await newKey(), await newKey()];
    const SourceEncryptionContext = { a: "1" };
    const DestinationEncryptionContext = { b: "2" };
    const { CiphertextBlob } = await call("Encrypt", {
      KeyId: from.id,
      Plaintext,
      EncryptionContext: SourceEncryptionContext,
    });
    const moved = await call("ReEncrypt", {
      CiphertextBlob,
      SourceEncryptionContext,
      DestinationKeyId: to.id,
      DestinationEncryptionContext,
    });
    assert.partialDeepStrictEqual(moved, {
      SourceKeyId: from.arn,
      KeyId: to.arn,
      SourceEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
      DestinationEncryptionAlgorithm: "SYMMETRIC_DEFAULT",
    });
    const opened = await call("Decrypt", {
      CiphertextBlob: moved["CiphertextBlob"],
      EncryptionContext: DestinationEncryptionContext,
    });
    assert.deepEqual(opened["Plaintext"], Plaintext);
    assert.equal(opened["KeyId"], to.arn);
  });

  test("an algorithm of another kind of key is refused", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const EncryptionAlgorithm = "RSAES_OAEP_SHA_256";
    await assert.rejects(call("Encrypt", { KeyId, Plaintext, EncryptionAlgorithm }), {
      code: "InvalidKeyUsageException",
      message: "Algorithm RSAES_OAEP_SHA_256 is incompatible with key spec SYMMETRIC_DEFAULT.",
    });
  });

  test("a context with half a surrogate pair, or too long, is refused", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    for (const EncryptionContext of [
      { "\uD800": "value" },
      { name: "\uDC00" },
      { name: "a".repeat(8189) },
    ]) {
      const asked = { KeyId, Plaintext, EncryptionContext };
      assert.equal(await codeOf(call("Encrypt", asked)), "ValidationException");
    }
    const EncryptionContext = { name: "a".repeat(8188) };
    assert.equal(await codeOf(call("Encrypt", { KeyId, Plaintext, EncryptionContext })), "ok");
  });
});

describe("data keys", () => {
  test("their length is a key spec or a number of bytes", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const length = async (more: object) => {
      const made = await call<{ Plaintext: Buffer }>("GenerateDataKey", { KeyId, ...more });
      const opened = await call<{ Plaintext: Buffer }>("Decrypt", made);
      assert.deepEqual(opened.Plaintext, made.Plaintext);
      return made.Plaintext.length;
    };
    assert.equal(await length({ KeySpec: "AES_256" }), 32);
    assert.equal(await length({ KeySpec: "AES_128" }), 16);
    assert.equal(await length({ NumberOfBytes: 1 }), 1);
    assert.equal(await length({ NumberOfBytes: 1024 }), 1024);
    for (const asked of [{}, { KeySpec: "AES_256", NumberOfBytes: 32 }]) {
      await assert.rejects(call("GenerateDataKey", { KeyId, ...asked }), {
        code: "ValidationException",
        message: "Please specify either number of bytes or key spec.",
      });
    }
  });

  test("one without plaintext has none, and decrypts to 32 bytes", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const made = await call<Sealed>("GenerateDataKeyWithoutPlaintext", { KeyId });
    assert.deepEqual(Object.keys(made).toSorted(), ["CiphertextBlob", "KeyId", "KeyMaterialId"]);
    const { CiphertextBlob } = made;
    const { Plaintext: key } = await call<{ Plaintext: Buffer }>("Decrypt", { CiphertextBlob });
    assert.equal(key.length, 32);
  });

  test("none is like another", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const make = () => call<{ Plaintext: Buffer }>("GenerateDataKey", { KeyId, NumberOfBytes: 32 });
    const made = await Promise.all(Array.from({ length: 50 }, make));
    assert.equal(new Set(made.map((key) => key.Plaintext.toString("hex"))).size, 50);
  });

  test("GenerateRandom wants to be told how much", async () => {
    const { call } = await kmsDeployment();
    const { Plaintext: random } = await call<{ Plaintext: Buffer }>("GenerateRandom", {
      NumberOfBytes: 77,
    });
    assert.equal(random.length, 77);
    await assert.rejects(call("GenerateRandom", {}), {
      code: "ValidationException",
      message: "NumberOfBytes is required.",
    });
    const inStore = call("GenerateRandom", { NumberOfBytes: 1, CustomKeyStoreId: "cks-1" });
    assert.equal(await codeOf(inStore), "CustomKeyStoreNotFoundException");
  });

  test("nothing is answered to an enclave", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const Recipient = { KeyEncryptionAlgorithm: "RSAES_OAEP_SHA_256" };
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext });
    for (const [name, input] of [
      ["GenerateDataKey", { KeyId, KeySpec: "AES_256" }],
      ["Decrypt", { CiphertextBlob }],
      ["GenerateRandom", { NumberOfBytes: 1 }],
    ] as const) {
      assert.equal(await codeOf(call(name, { ...input, Recipient })), "ValidationException");
    }
  });
});

describe("DryRun", () => {
  const passed = {
    code: "DryRunOperationException",
    message: "The request would have succeeded, but the DryRun option is set.",
  };

  test("says that the call would have succeeded, or refuses as the call would", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext });
    const asked: readonly (readonly [string, object])[] = [
      ["Encrypt", { KeyId, Plaintext }],
      ["Decrypt", { CiphertextBlob }],
      ["ReEncrypt", { CiphertextBlob, DestinationKeyId: KeyId }],
      ["GenerateDataKey", { KeyId, KeySpec: "AES_256" }],
      ["GenerateDataKeyWithoutPlaintext", { KeyId }],
    ];
    for (const [name, input] of asked) {
      await assert.rejects(call(name, { ...input, DryRun: true }), passed, name);
    }
    const wrong = { CiphertextBlob, EncryptionContext: { a: "1" }, DryRun: true };
    await assert.rejects(call("Decrypt", wrong), invalid);
    await call("DisableKey", { KeyId });
    for (const [name, input] of asked) {
      assert.equal(await codeOf(call(name, { ...input, DryRun: true })), "DisabledException");
    }
  });

  test("may leave the ciphertext aside when it names the key", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const aside = { DryRun: true, DryRunModifiers: ["IGNORE_CIPHERTEXT"] };
    await assert.rejects(call("Decrypt", { KeyId, ...aside }), passed);
    const moved = { SourceKeyId: KeyId, DestinationKeyId: KeyId, ...aside };
    await assert.rejects(call("ReEncrypt", moved), passed);
    assert.equal(await codeOf(call("Decrypt", aside)), "ValidationException");
    assert.equal(await codeOf(call("Decrypt", { KeyId })), "ValidationException");
  });
});

describe("rotation", () => {
  test("gives new material to what is encrypted next and keeps what was readable", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id, arn: KeyId } = await newKey();
    const seal = async () => {
      const { CiphertextBlob } = await call<Sealed>("Encrypt", { KeyId, Plaintext });
      const opened = await call<Sealed & { Plaintext: Buffer }>("Decrypt", { CiphertextBlob });
      return { CiphertextBlob, material: opened.KeyMaterialId };
    };
    const sealed = [await seal()];
    for (let round = 0; round < 3; round += 1) {
      assert.deepEqual(await call("RotateKeyOnDemand", { KeyId }), { KeyId });
      sealed.push(await seal());
    }
    assert.equal(new Set(sealed.map(({ material }) => material)).size, 4);
    for (const { CiphertextBlob, material } of sealed) {
      const opened = await call("Decrypt", { CiphertextBlob });
      assert.deepEqual(opened["Plaintext"], Plaintext);
      assert.equal(opened["KeyMaterialId"], material);
    }
    const { KeyMetadata } = await call<{ KeyMetadata: object }>("DescribeKey", { KeyId });
    assert.partialDeepStrictEqual(KeyMetadata, {
      KeyId: id,
      CurrentKeyMaterialId: sealed[3]?.material,
    });
    interface Rotations {
      readonly Rotations: readonly Record<string, unknown>[];
    }
    const list = await call<Rotations>("ListKeyRotations", {
      KeyId,
      IncludeKeyMaterial: "ALL_KEY_MATERIAL",
    });
    assert.deepEqual(
      list.Rotations.map((entry) => [
        entry["KeyMaterialId"],
        entry["KeyMaterialState"],
        entry["RotationType"],
      ]),
      sealed.map(({ material }, at) => [
        material,
        at === 3 ? "CURRENT" : "NON_CURRENT",
        at === 0 ? undefined : "ON_DEMAND",
      ]),
    );
    const { Rotations } = await call<Rotations>("ListKeyRotations", { KeyId });
    assert.equal(Rotations.length, 3);
  });

  test("on demand it is done 25 times at most", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    for (let round = 0; round < 25; round += 1) await call("RotateKeyOnDemand", { KeyId });
    await assert.rejects(call("RotateKeyOnDemand", { KeyId }), {
      code: "LimitExceededException",
      message: `The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed for this key: ${KeyId}`,
    });
  });

  test("its period is 90 to 2560 days, counted from the enabling or the last rotation", async () => {
    const { call, newKey, clock } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    assert.deepEqual(await call("GetKeyRotationStatus", { KeyId }), {
      KeyId,
      KeyRotationEnabled: false,
    });
    for (const RotationPeriodInDays of [89, 2561]) {
      const asked = call("EnableKeyRotation", { KeyId, RotationPeriodInDays });
      assert.equal(await codeOf(asked), "ValidationException");
    }
    const start = clock.now().getTime();
    const after = (days: number) => new Date(start + days * 86_400_000);
    await call("EnableKeyRotation", { KeyId });
    clock.advance(10 * 86_400_000);
    const status = await call("GetKeyRotationStatus", { KeyId });
    assert.partialDeepStrictEqual(status, {
      RotationPeriodInDays: 365,
      NextRotationDate: after(365),
    });
    await call("EnableKeyRotation", { KeyId, RotationPeriodInDays: 90 });
    const shorter = await call("GetKeyRotationStatus", { KeyId });
    assert.partialDeepStrictEqual(shorter, {
      RotationPeriodInDays: 90,
      NextRotationDate: after(90),
    });
    await call("DisableKeyRotation", { KeyId });
    const off = await call("GetKeyRotationStatus", { KeyId });
    assert.deepEqual(off, { KeyId, KeyRotationEnabled: false });
  });

  test("is not said of a key whose deletion is pending, and is remembered", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    await call("EnableKeyRotation", { KeyId });
    await call("ScheduleKeyDeletion", { KeyId });
    const enabled = async () => {
      const status = await call("GetKeyRotationStatus", { KeyId });
      return status["KeyRotationEnabled"];
    };
    assert.equal(await enabled(), false);
    await call("CancelKeyDeletion", { KeyId });
    assert.equal(await enabled(), true);
  });
});

describe("regions and accounts", () => {
  test("a ciphertext of another region is that of no key there", async () => {
    const { call, newKey } = await kmsDeployment();
    const { arn: KeyId } = await newKey();
    const { CiphertextBlob } = await call("Encrypt", { KeyId, Plaintext });
    const request = { region: "eu-west-1" };
    const elsewhere = call("Decrypt", { CiphertextBlob }, { request });
    assert.equal(await codeOf(elsewhere), "AccessDeniedException");
  });

  test("an account's keys are its own", async () => {
    const { call, newKey } = await kmsDeployment();
    const { id: KeyId } = await newKey();
    const caller = rootCaller(PARTNER);
    const asked = call("Encrypt", { KeyId, Plaintext }, { caller });
    assert.equal(await codeOf(asked), "NotFoundException");
    const { Keys } = await call<{ Keys: unknown[] }>("ListKeys", {}, { caller });
    assert.deepEqual(Keys, []);
  });
});
