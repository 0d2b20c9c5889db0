/** Objects read through the API once more, and compared byte by byte with what they must be. */
import { ask } from "../support/signature.ts";
import { filledName } from "./fill.ts";
import type { Ledger } from "./ledger.ts";
import { BUCKET, type Program } from "./program.ts";

export interface ReadBack {
  readonly read: number;
  /** Not there, refused, or other bytes. */
  readonly wrong: number;
  readonly firstWrong?: string;
}

const AT_ONCE = 16;

export async function readBack(
  { server }: Program,
  ledger: Ledger,
  indices: readonly number[],
): Promise<ReadBack> {
  const wrong: string[] = [];
  const left = indices.values();
  const lane = async () => {
    for (const index of left) {
      const asked = { method: "GET", target: `/${BUCKET}/${filledName(index)}` };
      const reply = await ask(server, asked, { credentials: server.root });
      const expected = ledger.expected(index);
      if (reply.status === 200 && expected?.equals(reply.body)) continue;
      wrong.push(`${filledName(index)}: ${reply.status}, ${reply.body.length} bytes`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const [firstWrong] = wrong;
  return {
    read: indices.length,
    wrong: wrong.length,
    ...(firstWrong !== undefined && { firstWrong }),
  };
}
