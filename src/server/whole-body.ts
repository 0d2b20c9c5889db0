import type { ByteBudget } from "./byte-budget.ts";
import { ExchangeError } from "./exchange-error.ts";
import type { RequestBody } from "./request-body.ts";

const EMPTY = Buffer.alloc(0);
/** What is taken from the budget before a byte has come, and then as they come, in steps. */
const FIRST_BYTES = 4 * 1024;
const STEP_BYTES = 16 * 1024;

/**
 * Reads a body to its end. Memory is taken from the budget as bytes come, not as they are
 * announced: announcing costs nothing. Who gives it back is the caller's affair, since the bytes
 * outlive this call.
 */
export async function readWhole(
  body: RequestBody,
  limitBytes: number,
  budget: { take: ByteBudget["take"] },
): Promise<Buffer> {
  const { length } = body;
  if (length === 0) return EMPTY;
  if (length !== undefined && length > limitBytes) throw new ExchangeError("EntityTooLarge");
  const most = length ?? limitBytes;
  let held = Math.min(most, FIRST_BYTES);
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
      const more = Math.min(STEP_BYTES, most - held);
      if (!budget.take(more)) throw new ExchangeError("SlowDown");
      held += more;
    }
  }
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks, bytes);
}
