/** How many there are: for quotas, which may be passed by as many as are made at one moment. */
import type { KeyRange, RecordStore } from "../records/index.ts";

const PAGE = 1_000;

/** Whether the range holds at least so many keys. */
export async function holdsAtLeast(
  { kv }: RecordStore,
  range: KeyRange,
  count: number,
): Promise<boolean> {
  let { gte } = range;
  for (let seen = 0; ;) {
    const keys = await kv.range({ gte, lt: range.lt, limit: PAGE, keysOnly: true });
    seen += keys.length;
    if (seen >= count) return true;
    const last = keys.at(-1);
    if (last === undefined || keys.length < PAGE) return false;
    gte = Buffer.concat([last.key, Buffer.of(0)]);
  }
}
