/**
 * Finds readers that keep an old snapshot: while one does, the engine can reuse no page that was
 * freed since, and its file grows without bound.
 */
import type { Reader, ReaderReport } from "./deployment.ts";

/** Looks, one a second, during which a reader may stay at one transaction while newer ones commit. */
const LOOKS_MAX = 10;

export class ReaderWatch {
  readonly #seen = new Map<string, number>();

  /** Called about once a second; answers who has held one old snapshot for ten looks. */
  look({ committed, readers }: ReaderReport): Reader[] {
    const present = new Set<string>();
    const stuck: Reader[] = [];
    for (const reader of readers) {
      if (reader.transaction >= committed) continue;
      const key = `${reader.pid}/${reader.transaction}`;
      if (present.has(key)) continue;
      present.add(key);
      const looks = (this.#seen.get(key) ?? 0) + 1;
      this.#seen.set(key, looks);
      if (looks >= LOOKS_MAX) stuck.push(reader);
    }
    for (const key of this.#seen.keys()) if (!present.has(key)) this.#seen.delete(key);
    return stuck;
  }
}
