/** A request's body as operations read it: unframed, verified, and within the process's budget. */
import type { BodySource } from "../../service/index.ts";
import { type BodyPlan, BodyVerifier, verifyBody } from "../../wire/index.ts";
import type { Exchange } from "../exchange.ts";

/** Chunk signatures and trailers of an aws-chunked body: its framing is this much larger at most. */
const FRAMING_BYTES_MAX = 64 * 1024;

/** `plan` says what the body has to be; operations may add wishes when they read it. */
export function bodySource(exchange: Exchange, plan: BodyPlan): BodySource {
  return {
    length: plan.bytes,
    async readWhole(limitBytes, wishes) {
      const raw = await exchange.readBody(limitBytes + (plan.chunks ? FRAMING_BYTES_MAX : 0));
      return verifyBody({ ...plan, wishes: { ...plan.wishes, ...wishes } }, raw);
    },
    async read(piece, wishes) {
      let held: Promise<void> | undefined;
      const verifier = new BodyVerifier(
        { ...plan, wishes: { ...plan.wishes, ...wishes } },
        (bytes) => {
          // The last promise is kept after those before it.
          held = piece(bytes) ?? held;
        },
      );
      for await (const chunk of exchange.readChunks()) {
        verifier.push(chunk);
        if (held) await held;
        held = undefined;
      }
      return verifier.end();
    },
  };
}
