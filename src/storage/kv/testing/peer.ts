/** Run as a child: `peer.ts MODULE ARGUMENT`, where MODULE exports `openPeer(ARGUMENT)`. */
import type { Commit, Kv } from "../kv.ts";
import type { Question, Task } from "./peer-process.ts";
import { increment } from "./racing.ts";
import { bytes, NO_CHANGE, pair, textOf, together } from "./store.ts";

const [module = "", argument = ""] = process.argv.slice(2);
const { openPeer } = (await import(module)) as { openPeer: (argument: string) => Promise<Kv> };
const kv = await openPeer(argument);

/** Each answers the rounds that it won, or what it saw. */
const tasks: Record<Task, (rounds: number, side: number) => Promise<number[]>> = {
  create: (rounds) =>
    winning(rounds, (round) =>
      kv.commit({ ...ifAbsent(`c${round}`), puts: [pair(`c${round}`, `${process.pid}`)] }),
    ),
  skew: (rounds, side) =>
    winning(rounds, (round) => {
      const [mine, other] = side === 0 ? ["x", "y"] : ["y", "x"];
      return kv.commit({ ...ifAbsent(`${other}${round}`), puts: [pair(`${mine}${round}`, "1")] });
    }),
  async increment(rounds) {
    await together(4, async (racer) => {
      for (let done = racer; done < rounds; done += 4) await increment(kv, `n${done % 4}`);
    });
    return [];
  },
  async add(rounds) {
    const adds = [{ key: bytes("counter"), delta: 1n }];
    const versions = await together(rounds, () => kv.commit({ ...NO_CHANGE, adds }));
    return versions.map(Number);
  },
  see: async () => [Number((await textOf(kv, "seen")) ?? "-1")],
  put: async (round) => {
    const version = await kv.commit({ ...NO_CHANGE, puts: [pair("put", `${round}`)] });
    return [Number(version)];
  },
};

process.on("message", ({ task, rounds, side }: Question) => {
  void tasks[task](rounds, side).then((answer) => process.send?.(answer));
});
process.on("disconnect", () => void kv.close());

async function winning(
  rounds: number,
  race: (round: number) => Promise<bigint | undefined>,
): Promise<number[]> {
  const won: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if ((await race(round)) !== undefined) won.push(round);
  }
  return won;
}

function ifAbsent(key: string): Commit {
  return { ...NO_CHANGE, checks: [{ key: bytes(key), version: 0n }] };
}
