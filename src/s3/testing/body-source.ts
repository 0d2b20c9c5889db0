import type { BodySource } from "../../service/index.ts";
import { planBody, verifyBody } from "../../wire/index.ts";

/** A request's body out of memory; `headers` may declare its digests as a client would. */
export function bodyOf(
  bytes: Uint8Array | string,
  headers: Readonly<Record<string, string>> = {},
): BodySource {
  const body = Buffer.from(bytes);
  const plan = planBody(
    { ...headers, "content-length": String(body.length) },
    { payload: { kind: "unsigned", text: "UNSIGNED-PAYLOAD" } },
  );
  const verified = (wishes: object) =>
    verifyBody({ ...plan, wishes: { ...plan.wishes, ...wishes } }, body);
  return {
    length: body.length,
    readWhole: async (_limitBytes, wishes) => verified(wishes),
    async read(piece, wishes) {
      const { report } = verified(wishes);
      for (let at = 0; at < body.length; at += PIECE_BYTES) {
        await piece(body.subarray(at, at + PIECE_BYTES));
      }
      return report;
    },
  };
}

const PIECE_BYTES = 10_000;
