import type { ProcessLog } from "../server/index.ts";

/** What nobody caught is logged as a line like any other, and the process ends: its state is unknown. */
export function endOnBugs(log: ProcessLog): void {
  const end = (error: unknown) => {
    log.error({ error }, "the process ends on an error that nobody caught");
    log.flush();
    process.exit(1);
  };
  process.on("uncaughtException", end);
  process.on("unhandledRejection", end);
}
