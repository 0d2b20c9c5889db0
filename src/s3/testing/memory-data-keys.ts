/** Data keys under KMS keys that exist by being named: a KMS in memory, for tests of S3 alone. */
import { randomId, Secret } from "../../crypto/index.ts";
import type { DataKey, DataKeys } from "../../kms/index.ts";
import { ServiceError } from "../../wire/index.ts";

export interface MemoryDataKeys extends DataKeys {
  /** What was asked, in order: "generate KEY", "decrypt KEY", "use KEY". */
  readonly calls: string[];
  /** Keys that refuse every use from now on. */
  readonly disabled: Set<string>;
}

export const MANAGED_KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/aws-s3";

export function memoryDataKeys(): MemoryDataKeys {
  const made = new Map<string, { bytes: Buffer; keyArn: string; context: string }>();
  const calls: string[] = [];
  const disabled = new Set<string>();

  function check(call: string, keyArn: string): void {
    calls.push(`${call} ${keyArn}`);
    if (disabled.has(keyArn)) {
      throw new ServiceError("DisabledException", 400, `${keyArn} is disabled.`);
    }
  }

  return {
    calls,
    disabled,
    async generate(scope, { keyId, context, life }): Promise<DataKey> {
      check("generate", keyId);
      const ciphertext = Buffer.from(randomId(16));
      const bytes = Buffer.from(randomId(16));
      made.set(ciphertext.toString(), { bytes, keyArn: keyId, context: textOf(context) });
      const key = Secret.adopt(Buffer.from(bytes));
      if (life === "request") scope.defer(() => key[Symbol.dispose]());
      return { key, keyArn: keyId, materialId: "material", ciphertext };
    },
    async decrypt(scope, { ciphertext, context, life }): Promise<DataKey> {
      const found = made.get(ciphertext.toString());
      if (!found || found.context !== textOf(context)) {
        throw new ServiceError("InvalidCiphertextException", 400, "");
      }
      check("decrypt", found.keyArn);
      const key = Secret.adopt(Buffer.from(found.bytes));
      if (life === "request") scope.defer(() => key[Symbol.dispose]());
      return { key, keyArn: found.keyArn, materialId: "material", ciphertext };
    },
    async use(_scope, { keyId }) {
      check("use", keyId);
      return { keyArn: keyId, materialId: "material" };
    },
    managedS3Key: async () => MANAGED_KEY_ARN,
  };
}

function textOf(context: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(pairs);
}
