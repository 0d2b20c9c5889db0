/** How often a unit is decided and handled again when a check of its commit failed. */
export const RUNS_MAX = 40;
/** A request does not start another run after this long. */
export const RETRY_MS_MAX = 10_000;
/** The longest pause between two runs. */
const PAUSE_MS_MAX = 64;

/** A random pause that grows with the runs made: rivals on several processes fall out of step. */
export async function pauseBeforeRun(run: number, below: (limit: number) => number): Promise<void> {
  const limit = Math.min(PAUSE_MS_MAX, 2 ** Math.min(run, 6));
  const pause = below(limit + 1);
  if (pause === 0) await new Promise((turn) => setImmediate(turn));
  else await new Promise((wake) => setTimeout(wake, pause));
}
