/** Action and NotAction: names without regard to case, `*` and `?` as wildcards. */
import { compileGlob, globParts, type TextTest } from "./glob.ts";

export interface ActionElement {
  readonly values: readonly string[];
  readonly inverted: boolean;
  /** Whether the statement is about the action, given in lower case. */
  readonly covers: TextTest;
}

export function compileActions(
  values: readonly string[],
  { inverted }: { inverted: boolean },
): ActionElement {
  const lower = values.map((value) => value.toLowerCase());
  const names = new Set(lower.filter((value) => !/[*?]/.test(value)));
  const patterns = lower.filter((value) => /[*?]/.test(value)).map(patternTest);
  const listed: TextTest = (action) =>
    names.has(action) || patterns.some((matches) => matches(action));
  return { values, inverted, covers: inverted ? (action) => !listed(action) : listed };
}

function patternTest(pattern: string): TextTest {
  return compileGlob(globParts(pattern));
}
