import type { ByteBudget } from "./byte-budget.ts";
import { ExchangeError } from "./exchange-error.ts";
import type { RequestBody } from "./request-body.ts";

const EMPTY = Buffer.alloc(0);
/** A body of unannounced length takes from the budget in steps of this. */
const STEP_BYTES = 64 * 1024;

/**
 * Reads a body to its end. `hold` takes memory from the budget and answers whether it got it; who
 * gives it back is the caller's affair, since the bytes outlive this call.
 */
export async function readWhole(
  body: RequestBody,
  limitBytes: number,
  budget: { take: ByteBudget["take"] },
): Promise<Buffer> {
  const { length } = body;
  if (length === 0) return EMPTY;
  if (length !== undefined && length > limitBytes) throw new ExchangeError("EntityTooLarge");
  let held = length ?? STEP_BYTES;
  if (!budget.take(held)) throw new ExchangeError("SlowDown");

  const chunks: Buffer[] = [];
  let bytes = 0;
  body.begin();
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one chunk after the other is the point
    const step = await body.next();
    if (step.done === true) break;
    bytes += step.value.length;
    if (bytes > limitBytes) throw new ExchangeError("EntityTooLarge");
    chunks.push(step.value);
    while (bytes > held) {
      if (!budget.take(STEP_BYTES)) throw new ExchangeError("SlowDown");
      held += STEP_BYTES;
    }
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes);
}
