/**
 * The collector: removes what nobody can reach any more, by fencing and not by clocks.
 *
 * A process session whose beat stood still is deleted first; from then on that process can commit
 * nothing. Only then are its blobs removed that no record names, and once more later, for a request
 * of its that was still on its way. Trash is removed when every live process has published a
 * gc-epoch that was raised after the trash was seen: whoever began to read before has ended.
 */
import { MINUTE_MS } from "../base/index.ts";
import { Change, type Found } from "./change.ts";
import { commitJob, type JobContext } from "./job.ts";
import { LeaseLost } from "./lease.ts";
import {
  beatSpace,
  type FencedRecord,
  fencedSpace,
  gcEpochSpace,
  inlineSpace,
  refSpace,
  sessionSpace,
  type TrashRecord,
  trashSpace,
} from "./spaces/system.ts";
import { partPageSpace, partSpace } from "./spaces/s3.ts";
import { decodeKey } from "./tuple.ts";

/** A process session whose beat stood still for this long is taken for dead. */
export const SILENT_MS = 30_000;
/** How long after the first sweep a dead session's blobs are swept again. */
export const SECOND_SWEEP_MS = 10 * MINUTE_MS;
const SWEEPS = 2;
const PAGE = 500;
/** How much trash waits for one gc-epoch: what a busy bucket leaves in two beats, and more. */
const TRASH_ROWS_MAX = 20_000;
/** How many rows of trash go with one commit, and how many of them are under way at once. */
const TRASH_BATCH = 500;
const REMOVALS_AT_ONCE = 16;

export class Collector {
  readonly #context: JobContext;
  /** The beats last seen, and since when they stood still by this process's clock. */
  readonly #beats = new Map<string, { readonly count: number; readonly sinceMs: number }>();
  #trash: { readonly rows: readonly Found<TrashRecord>[]; readonly gcEpoch: number } | undefined;

  constructor(context: JobContext) {
    this.#context = context;
  }

  /** One pass; each finishes what earlier ones began. Throws LeaseLost. */
  async pass(): Promise<void> {
    await this.#fenceSilent();
    await this.#sweepFenced();
    await this.#emptyTrash();
  }

  async #fenceSilent(): Promise<void> {
    const { store, clock, log, session: own } = this.#context;
    for await (const found of store.all(sessionSpace, sessionSpace.under())) {
      const id = decodeKey(found.key)[1] as Uint8Array;
      const name = Buffer.from(id).toString("hex");
      if (name === own().name) continue;
      const beat = await store.get(beatSpace, id);
      const count = beat?.value.count ?? 0;
      const seen = this.#beats.get(name);
      if (seen?.count !== count) {
        this.#beats.set(name, { count, sinceMs: clock.monotonicMs() });
        continue;
      }
      if (clock.monotonicMs() - seen.sinceMs < SILENT_MS) continue;
      const change = new Change()
        .expect(found)
        .remove(found)
        .delete(beatSpace, id)
        .put(fencedSpace, [id], { fencedAt: clock.now().getTime(), sweeps: 0 });
      if (await commitJob(this.#context, change)) {
        this.#beats.delete(name);
        log.info({ session: name }, "a silent process session was fenced");
      }
    }
  }

  async #sweepFenced(): Promise<void> {
    const { store, clock } = this.#context;
    const now = clock.now().getTime();
    for await (const found of store.all(fencedSpace, fencedSpace.under())) {
      const { sweeps, fencedAt } = found.value;
      if (sweeps > 0 && now - fencedAt < SECOND_SWEEP_MS) continue;
      await this.#sweep(found);
    }
  }

  async #sweep(found: Found<FencedRecord>): Promise<void> {
    const { store, blobs } = this.#context;
    const session = Buffer.from(decodeKey(found.key)[1] as Uint8Array).toString("hex");
    await blobs.sweepTemporary(session);
    let after: string | undefined;
    for (;;) {
      const names = await blobs.list(session, after, PAGE);
      for (const name of names) if (!(await store.get(refSpace, name))) await blobs.delete(name);
      after = names.at(-1);
      if (names.length < PAGE) break;
    }
    const sweeps = found.value.sweeps + 1;
    const change = new Change().expect(found);
    if (sweeps >= SWEEPS) change.remove(found);
    else
      change.put(fencedSpace, [decodeKey(found.key)[1] as Uint8Array], { ...found.value, sweeps });
    await blobs.removeSession(session);
    await commitJob(this.#context, change);
  }

  async #emptyTrash(): Promise<void> {
    if (this.#trash && (await this.#everyonePublished(this.#trash.gcEpoch))) {
      await this.#removeAll(this.#trash.rows);
      this.#trash = undefined;
    }
    if (this.#trash) return;
    const { store } = this.#context;
    const rows = await this.#trashNow();
    if (rows.length === 0) return;
    const found = await store.get(gcEpochSpace, "current");
    const gcEpoch = (found?.value.gcEpoch ?? 0) + 1;
    const change = new Change().put(gcEpochSpace, ["current"], { gcEpoch });
    if (found) change.expect(found);
    else change.expectAbsent(gcEpochSpace, "current");
    if (await commitJob(this.#context, change)) this.#trash = { rows, gcEpoch };
  }

  async #trashNow(): Promise<Found<TrashRecord>[]> {
    const rows: Found<TrashRecord>[] = [];
    for await (const row of this.#context.store.all(trashSpace, trashSpace.under())) {
      rows.push(row);
      if (rows.length === TRASH_ROWS_MAX) break;
    }
    return rows;
  }

  async #everyonePublished(gcEpoch: number): Promise<boolean> {
    const { store } = this.#context;
    for await (const { key } of store.all(sessionSpace, sessionSpace.under())) {
      const beat = await store.get(beatSpace, decodeKey(key)[1] as Uint8Array);
      if ((beat?.value.gcEpoch ?? 0) < gcEpoch) return false;
    }
    return true;
  }

  /** Blobs first, rows after: a crash in between leaves rows whose blobs are gone already. */
  async #removeAll(rows: readonly Found<TrashRecord>[]): Promise<void> {
    for (let at = 0; at < rows.length; at += TRASH_BATCH) {
      const batch = rows.slice(at, at + TRASH_BATCH);
      for (let next = 0; next < batch.length; next += REMOVALS_AT_ONCE) {
        const some = batch.slice(next, next + REMOVALS_AT_ONCE);
        await Promise.all(some.map(({ value }) => this.#remove(value)));
      }
      const change = new Change();
      for (const row of batch) change.expect(row).remove(row);
      await commitJob(this.#context, change);
      // Much trash takes longer than a lease lives.
      if (!(await this.#context.lease.renew())) throw new LeaseLost();
    }
  }

  async #remove(value: TrashRecord): Promise<void> {
    if (value.kind === "blob") await this.#context.blobs.delete(value.blob);
    else if (value.kind === "parts") await this.#removeObject(value.upload);
    else await this.#removeUnlisted(value.upload);
  }

  /** Pages last: while parts are left, the pages still say which of them were an object's. */
  async #removeObject(upload: string): Promise<void> {
    const { store } = this.#context;
    await this.#removeParts(upload, new Set());
    for await (const page of store.all(partPageSpace, partPageSpace.under(upload))) {
      await commitJob(this.#context, new Change().expect(page).remove(page));
    }
  }

  /** Where there are no pages the object has gone meanwhile, and its parts before them. */
  async #removeUnlisted(upload: string): Promise<void> {
    const { store } = this.#context;
    const listed = new Set<number>();
    for await (const page of store.all(partPageSpace, partPageSpace.under(upload))) {
      for (const [number] of page.value.parts) listed.add(number);
    }
    await this.#removeParts(upload, listed);
  }

  async #removeParts(upload: string, kept: ReadonlySet<number>): Promise<void> {
    const { store, blobs } = this.#context;
    for await (const part of store.all(partSpace, partSpace.under(upload))) {
      if (kept.has(part.value.number)) continue;
      const { blob, inline } = part.value.body;
      const change = new Change().expect(part).remove(part);
      if (inline) change.delete(inlineSpace, blob);
      else {
        await blobs.delete(blob);
        change.delete(refSpace, blob);
      }
      await commitJob(this.#context, change);
    }
  }
}
