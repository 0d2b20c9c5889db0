/** BinaryEquals: the bytes that two base64 texts stand for. */
import { never, type Operator } from "./operator.ts";

export const binaryOperator: Operator = {
  name: "BinaryEquals",
  negated: false,
  compile(policyValue) {
    const expected = parseBase64(policyValue);
    if (expected === undefined) return never;
    return (value) => parseBase64(value)?.equals(expected) === true;
  },
};

function parseBase64(text: string): Buffer | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? Buffer.from(text, "base64") : undefined;
}
