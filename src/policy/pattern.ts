/**
 * Text in a policy with its wildcards and variables: `home/${aws:username, 'nobody'}/*`.
 * What a variable stands for is literal text: a `*` in a tag's value is no wildcard.
 */
import type { ContextValues } from "./context.ts";
import { compileGlob, type GlobPart, globParts, type TextTest } from "./glob.ts";

export interface PatternOptions {
  /** Whether `${…}` is expanded: in version 2012-10-17 only. */
  readonly variables: boolean;
  /** Whether a bare `*` or `?` is a wildcard. */
  readonly wildcards: boolean;
  /** Whether the pattern is folded to lower case; the caller folds the text. */
  readonly foldCase?: boolean;
}

/** Compiled text. */
export interface Pattern {
  /** The test that holds for this request; undefined when a variable has no value. */
  resolve(context: ContextValues): TextTest | undefined;
}

interface Variable {
  readonly key: string;
  readonly fallback: string | undefined;
}

type TemplatePart = GlobPart | Variable;

export function compilePattern(source: string, options: PatternOptions): Pattern {
  const template = options.variables ? templateParts(source, options) : plainParts(source, options);
  const parts = options.foldCase === true ? template.map(folded) : template;
  if (hasNoVariable(parts)) {
    const test = compileGlob(parts);
    return { resolve: () => test };
  }
  return { resolve: resolveWith(parts, options) };
}

/** The last expansion is kept: a caller tends to ask again, and its variables stay as they are. */
function resolveWith(parts: readonly TemplatePart[], options: PatternOptions): Pattern["resolve"] {
  const variables = parts.filter(isVariable);
  let last: { readonly values: readonly string[]; readonly test: TextTest } | undefined;
  return (context) => {
    let same = last !== undefined;
    const values: string[] = [];
    for (const variable of variables) {
      const value = valueOf(variable, context, options);
      if (value === undefined) return undefined;
      same &&= value === last?.values[values.length];
      values.push(value);
    }
    if (last === undefined || !same) last = { values, test: compileGlob(expand(parts, values)) };
    return last.test;
  };
}

function expand(parts: readonly TemplatePart[], values: readonly string[]): GlobPart[] {
  let used = 0;
  return parts.map((part) => (isVariable(part) ? (values[used++] ?? "") : part));
}

/** Cuts text at its first `count` separators that are not inside `${…}`. */
export function splitOutsideVariables(source: string, separator: string, count: number): string[] {
  const pieces: string[] = [];
  let start = 0;
  for (let at = 0; at < source.length && pieces.length < count; at++) {
    const end = source.startsWith("${", at) ? source.indexOf("}", at) : -1;
    if (end >= 0) at = end;
    else if (source[at] === separator) {
      pieces.push(source.slice(start, at));
      start = at + 1;
    }
  }
  pieces.push(source.slice(start));
  return pieces;
}

function plainParts(text: string, { wildcards }: PatternOptions): GlobPart[] {
  if (wildcards) return globParts(text);
  return text === "" ? [] : [text];
}

function templateParts(source: string, options: PatternOptions): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let rest = source;
  for (;;) {
    const open = rest.indexOf("${");
    const close = open < 0 ? -1 : endOfVariable(rest, open);
    if (close < 0) return [...parts, ...plainParts(rest, options)];
    parts.push(...plainParts(rest.slice(0, open), options));
    parts.push(variableOrEscape(rest.slice(open + 2, close)));
    rest = rest.slice(close + 1);
  }
}

/** Where the `}` of the variable at `open` stands; a quoted default may itself hold one. */
function endOfVariable(text: string, open: number): number {
  const close = text.indexOf("}", open);
  const quote = text.indexOf("'", open);
  if (quote < 0 || quote > close) return close;
  const end = text.indexOf("'", quote + 1);
  return end < 0 ? close : text.indexOf("}", end);
}

function variableOrEscape(body: string): TemplatePart {
  if (body === "*" || body === "?" || body === "$") return body;
  const quoted = /^([^,]*), *'([^']*)'$/.exec(body);
  return { key: (quoted?.[1] ?? body).toLowerCase(), fallback: quoted?.[2] };
}

/** AWS: a key with several values cannot be a variable; it then has no value. */
function valueOf(variable: Variable, context: ContextValues, options: PatternOptions) {
  const values = context.get(variable.key);
  const value = values?.length === 1 ? values[0] : variable.fallback;
  return options.foldCase === true ? value?.toLowerCase() : value;
}

function folded(part: TemplatePart): TemplatePart {
  return typeof part === "string" ? part.toLowerCase() : part;
}

function hasNoVariable(parts: readonly TemplatePart[]): parts is readonly GlobPart[] {
  return !parts.some(isVariable);
}

function isVariable(part: TemplatePart): part is Variable {
  return typeof part === "object";
}
