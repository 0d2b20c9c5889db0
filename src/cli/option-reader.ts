import type { Environment, GivenOptions, Option } from "./options.ts";
import { UsageError } from "./sentences.ts";
import { BadValue } from "./values.ts";

/** Longer values are cut in messages. */
const SHOWN_MAX = 60;

/** Reads options, and the environment where an option is not given, into values. */
export class OptionReader {
  readonly #given: GivenOptions;
  readonly #environment: Environment;

  constructor(given: GivenOptions, environment: Environment) {
    this.#given = given;
    this.#environment = environment;
  }

  /** Throws UsageError for a bad value. */
  one<Value>(name: string, option: Option<Value>): Value | undefined {
    const found = this.#find(name, option);
    return found && parsed(found, option, found.texts.at(-1) ?? "");
  }

  many<Value>(name: string, option: Option<Value>): Value[] {
    const found = this.#find(name, option);
    return found?.texts.map((text) => parsed(found, option, text)) ?? [];
  }

  /** A secret of the environment: complaints name it but never show it. */
  secret(variable: string, parse: (text: string) => string): string | undefined {
    const text = this.#environment[variable];
    if (text === undefined || text === "") return undefined;
    try {
      return parse(text);
    } catch (error) {
      if (error instanceof BadValue) throw new UsageError(`${variable} ${error.message}`);
      throw error;
    }
  }

  #find<Value>(name: string, option: Option<Value>): Found | undefined {
    const given = this.#given[name];
    const [flag = ""] = option.flag.split(" ");
    if (given === true) return { source: flag, texts: ["true"] };
    if (given !== undefined) {
      return { source: flag, texts: typeof given === "string" ? [given] : given };
    }
    const text = this.#environment[option.variable];
    if (text !== undefined && text.trim() !== "") {
      const texts = option.many ? text.split(/[\s,]+/).filter((part) => part !== "") : [text];
      return { source: option.variable, texts };
    }
    return option.fallback === undefined ? undefined : { source: flag, texts: [option.fallback] };
  }
}

interface Found {
  readonly source: string;
  readonly texts: readonly string[];
}

function parsed<Value>({ source }: Found, option: Option<Value>, text: string): Value {
  try {
    return option.parse(text);
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    const shown = text.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, SHOWN_MAX);
    throw new UsageError(`${source}: \`${shown}\` ${error.message}`);
  }
}
