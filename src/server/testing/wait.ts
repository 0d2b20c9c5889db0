/** Waits for a condition, for at most twenty seconds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 20_000;
  // oxlint-disable-next-line no-await-in-loop -- until it holds
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never true: ${condition.toString()}`);
    // oxlint-disable-next-line no-await-in-loop -- until it holds
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
