import { SECOND_MS } from "../base/index.ts";
import type { Metrics } from "../server/index.ts";
import type { AuditLog } from "../service/index.ts";
import type { LmdbKv } from "../storage/index.ts";

/** What the store and the audit log count, for `/-/metrics`. */
export function publishStoreFigures(
  metrics: Metrics,
  { kv, audit }: { readonly kv: LmdbKv; readonly audit: AuditLog },
): void {
  const { counts } = audit;
  metrics.total("store_commits_total", "Commits that took effect", () => kv.statistics().commits);
  metrics.total(
    "store_refused_total",
    "Commits that a check refused",
    () => kv.statistics().refused,
  );
  metrics.total("store_syncs_total", "Syncs that commits have shared", () => kv.statistics().syncs);
  metrics.total("audit_blocks_total", "Audit blocks that became durable", () => counts.blocks);
  metrics.total("audit_events_total", "Audit events that became durable", () => counts.events);
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    // All workers have the same store open.
    metrics.gauge(name, help, () => read() ?? 0, "max");
  gauge("store_entries", "Records of all kinds", () => kv.statistics().entries);
  gauge("store_file_bytes", "The store's file", () => kv.statistics().fileBytes);
  gauge("store_live_bytes", "Of it, pages in use", () => kv.statistics().liveBytes);
  gauge("store_free_bytes", "Of it, pages to be used again", () => kv.statistics().freeBytes);
  gauge("store_oldest_reader_seconds", "For how long a snapshot has held pages back", () => {
    kv.checkReaders();
    return (kv.statistics().oldestReaderMs ?? 0) / SECOND_MS;
  });
}
