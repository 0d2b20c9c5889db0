/** Calls `act` with one item after the other; what it answers comes back in order. */
export function inTurn<Item, Answer>(
  items: Iterable<Item>,
  act: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  let index = 0;
  return [...items].reduce<Promise<Answer[]>>(async (before, item) => {
    const answers = await before;
    answers.push(await act(item, index++));
    return answers;
  }, Promise.resolve([]));
}

/** Calls `act` with every item, at most `width` of them at once. Answers come back in order. */
export async function atOnce<Item, Answer>(
  items: readonly Item[],
  width: number,
  act: (item: Item, index: number) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const queue = items.entries();
  const lane = () =>
    inTurn(queue, async ([index, item]) => {
      answers[index] = await act(item, index);
    });
  await Promise.all(Array.from({ length: width }, lane));
  return answers;
}

/** The numbers from 0 up to, not including, `count`. */
export function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** Asks again until `ask` answers something, and fails with `what` after `limitMs`. */
export async function until<Answer>(
  what: string,
  ask: () => Promise<Answer | undefined>,
  limitMs = 15_000,
): Promise<Answer> {
  const end = performance.now() + limitMs;
  const again = async (): Promise<Answer> => {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited ${limitMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return again();
  };
  return again();
}
