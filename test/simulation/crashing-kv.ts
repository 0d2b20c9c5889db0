/**
 * The ordered map of a process whose power can go: commits under way at that moment took effect or
 * not, as the seed draws, and nobody is told. What survives is in the store behind.
 */
import type { Commit, Kv, Version } from "../../src/storage/index.ts";
import type { Random } from "../../src/storage/files/testing/random.ts";

export interface Power {
  readonly off: boolean;
  /** Counts an operation; the power goes with the one it was set to go with. */
  spend(): void;
}

/** A switch that goes off with operation `crashAt`, counted from 1. */
export function powerFor(crashAt: number, cut: () => void): Power {
  let spent = 0;
  let off = false;
  return {
    get off() {
      return off;
    },
    spend() {
      spent += 1;
      if (off || spent < crashAt) return;
      off = true;
      cut();
    },
  };
}

export function crashingKv(kv: Kv, power: Power, random: Random): Kv {
  /** Whoever waits for an answer of a machine without power waits for ever. */
  const forever = <T>() => new Promise<T>(() => {});
  return {
    limits: kv.limits,
    versionNow: (key) => kv.versionNow?.(key) ?? 0n,
    get: (keys) => (power.off ? forever() : kv.get(keys)),
    range: (query) => (power.off ? forever() : kv.range(query)),
    hint: (prefix, changed) => kv.hint(prefix, changed),
    statistics: () => kv.statistics(),
    close: () => Promise.resolve(),
    async commit(commit: Commit): Promise<Version | undefined> {
      if (power.off) return forever();
      power.spend();
      // Either half of a commit that the power cut interrupts: written, or not.
      if (power.off) {
        if (random(2) === 0) await kv.commit(commit);
        return forever();
      }
      const version = await kv.commit(commit);
      return power.off ? forever() : version;
    },
  };
}
