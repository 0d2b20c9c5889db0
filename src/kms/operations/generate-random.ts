import { Secret } from "../../crypto/index.ts";
import { operation } from "../../service/index.ts";
import { ServiceError } from "../../wire/index.ts";
import { refuseRecipient } from "../cryptographic.ts";
import { validation } from "../errors.ts";
import { accountTarget } from "../target.ts";

export const generateRandom = operation({
  service: "kms",
  name: "GenerateRandom",
  event: { category: "management", readOnly: true },
  details: {
    request: ({ NumberOfBytes }) =>
      NumberOfBytes === undefined ? null : { numberOfBytes: NumberOfBytes },
  },

  async targets(_input, scope) {
    return [accountTarget("kms:GenerateRandom", scope)];
  },

  async handle(input, _targets, scope) {
    if (input.NumberOfBytes === undefined) throw validation("NumberOfBytes is required.");
    refuseRecipient(input);
    if (input.CustomKeyStoreId !== undefined) {
      throw new ServiceError("CustomKeyStoreNotFoundException", 400, "");
    }
    const random = Secret.random(input.NumberOfBytes);
    scope.defer(() => random[Symbol.dispose]());
    return { output: random };
  },

  present: (random) => ({ Plaintext: Buffer.from(random.expose()) }),
});
