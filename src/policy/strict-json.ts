/**
 * JSON as policies need it: a repeated member name is refused (two readers could otherwise see
 * two policies in one text), nesting is bounded, and numbers keep their digits as written.
 */

/** A number, by its digits. */
export interface JsonNumber {
  readonly digits: string;
}

export type JsonObject = ReadonlyMap<string, Json>;
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;

export function isJsonObject(json: Json | undefined): json is JsonObject {
  return json instanceof Map;
}

/** Parses one JSON value; undefined when the text is not JSON, too deep or repeats a member. */
export function parseStrictJson(
  text: string,
  { depthMax }: { depthMax: number },
): Json | undefined {
  const reader = new Reader(text, depthMax);
  try {
    return reader.document();
  } catch (error) {
    if (error instanceof JsonFault) return undefined;
    throw error;
  }
}

class JsonFault extends Error {
  override readonly name = "JsonFault";
}

const WHITESPACE = /[ \t\n\r]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const WORD = /true|false|null/y;

class Reader {
  readonly #text: string;
  readonly #depthMax: number;
  #at = 0;

  constructor(text: string, depthMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
  }

  document(): Json {
    const value = this.#value(0);
    this.#match(WHITESPACE);
    if (this.#at !== this.#text.length) throw new JsonFault();
    return value;
  }

  #value(depth: number): Json {
    if (depth > this.#depthMax) throw new JsonFault();
    this.#match(WHITESPACE);
    switch (this.#text.charAt(this.#at)) {
      case "{":
        return this.#object(depth);
      case "[":
        return this.#array(depth);
      case '"':
        return this.#string();
      case "t":
      case "f":
      case "n":
        return this.#word();
      default:
        return { digits: this.#match(NUMBER) };
    }
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, Json>();
    this.#take("{");
    if (this.#follows("}")) return members;
    do {
      this.#match(WHITESPACE);
      const name = this.#string();
      if (members.has(name)) throw new JsonFault();
      if (!this.#follows(":")) throw new JsonFault();
      members.set(name, this.#value(depth + 1));
    } while (this.#follows(","));
    if (!this.#follows("}")) throw new JsonFault();
    return members;
  }

  #array(depth: number): readonly Json[] {
    const items: Json[] = [];
    this.#take("[");
    if (this.#follows("]")) return items;
    do {
      items.push(this.#value(depth + 1));
    } while (this.#follows(","));
    if (!this.#follows("]")) throw new JsonFault();
    return items;
  }

  #string(): string {
    const literal = this.#match(STRING);
    try {
      return String(JSON.parse(literal));
    } catch {
      throw new JsonFault();
    }
  }

  #word(): boolean | null {
    const word = this.#match(WORD);
    return word === "null" ? null : word === "true";
  }

  #follows(punctuation: string): boolean {
    this.#match(WHITESPACE);
    if (this.#text[this.#at] !== punctuation) return false;
    this.#at += 1;
    return true;
  }

  #take(punctuation: string): void {
    if (!this.#follows(punctuation)) throw new JsonFault();
  }

  #match(token: RegExp): string {
    token.lastIndex = this.#at;
    const found = token.exec(this.#text)?.[0];
    if (found === undefined) throw new JsonFault();
    this.#at += found.length;
    return found;
  }
}
