import type { Kv } from "../../storage/index.ts";

/**
 * Makes an engine in memory answer after as many turns of the event loop as `turns` says, one number
 * per call and around again: so that what runs at once meets in every order.
 */
export function makeUnsteady(kv: Kv, turns: readonly number[]): void {
  let call = 0;
  async function pause(): Promise<void> {
    const count = turns[call % turns.length] ?? 0;
    call += 1;
    for (let turn = 0; turn < count; turn += 1) await new Promise((done) => setImmediate(done));
  }
  const [get, range, commit] = [kv.get.bind(kv), kv.range.bind(kv), kv.commit.bind(kv)];
  kv.get = async (keys) => {
    await pause();
    return get(keys);
  };
  kv.range = async (query) => {
    await pause();
    return range(query);
  };
  kv.commit = async (changes) => {
    await pause();
    return commit(changes);
  };
}
