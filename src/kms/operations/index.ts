import type { AnyOperation } from "../../service/index.ts";
import type { KmsServices } from "../operation.ts";
import { createKey } from "./create-key.ts";
import { decrypt } from "./decrypt.ts";
import { describeKey } from "./describe-key.ts";
import { generateDataKey } from "./generate-data-key.ts";
import { generateDataKeyWithoutPlaintext } from "./generate-data-key-without-plaintext.ts";

/** Every operation of KMS that is built. */
export function kmsOperations(services: KmsServices): readonly AnyOperation[] {
  return [
    createKey(services),
    decrypt(services),
    describeKey,
    generateDataKey(services),
    generateDataKeyWithoutPlaintext(services),
  ] as readonly AnyOperation[];
}
