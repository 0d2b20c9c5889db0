/**
 * The grammar of a policy document: JSON shape first, as AWS checks it, without regard to what the
 * values mean. `policy-rules.ts` then checks the meaning, phase by phase.
 */
import { parseOperatorName } from "./conditions/condition.ts";
import { JSON_DEPTH_MAX, POLICY_CHARS_MAX, STATEMENTS_MAX } from "./limits.ts";
import { type PolicyDialect, PolicyError } from "./policy-error.ts";
import {
  isJsonObject,
  type Json,
  type JsonNumber,
  type JsonObject,
  parseStrictJson,
} from "./strict-json.ts";

/** A document whose shape is right. */
export interface Document {
  readonly version: string | undefined;
  readonly id: string | undefined;
  readonly statements: readonly StatementDocument[];
}

export interface StatementDocument {
  readonly sid: string | undefined;
  readonly effect: string;
  readonly principal: PrincipalDocument | undefined;
  readonly action: ListDocument | undefined;
  readonly resource: ListDocument | undefined;
  readonly conditions: readonly ConditionDocument[];
}

/** An element or its `Not…` twin. */
interface ListDocument {
  readonly inverted: boolean;
  readonly values: readonly string[];
}

export interface PrincipalDocument {
  readonly inverted: boolean;
  /** `"*"` alone is `AWS: "*"`. */
  readonly entries: readonly { readonly type: string; readonly value: string }[];
}

export interface ConditionDocument {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const DOCUMENT_FIELDS = new Set(["Version", "Id", "Statement"]);
const STATEMENT_FIELDS = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

export function parseDocument(text: string, dialect: PolicyDialect): Document {
  if (text.length > POLICY_CHARS_MAX) throw new PolicyError(dialect, { kind: "too-large" });
  const root = parseStrictJson(text, { depthMax: JSON_DEPTH_MAX });
  if (!isJsonObject(root)) throw new PolicyError(dialect, { kind: "json" });
  return new Shape(dialect).document(root);
}

/** Reads JSON of a known shape, refusing the rest in the words of its dialect. */
class Shape {
  readonly #dialect: PolicyDialect;

  constructor(dialect: PolicyDialect) {
    this.#dialect = dialect;
  }

  document(root: JsonObject): Document {
    this.#onlyFields(root, DOCUMENT_FIELDS);
    const version = this.#optionalText(root.get("Version"));
    if (version !== undefined && version !== "2012-10-17" && version !== "2008-10-17") {
      throw new PolicyError(this.#dialect, { kind: "version" });
    }
    const id = this.#optionalText(root.get("Id"));
    const statement = root.get("Statement");
    if (statement === undefined) throw this.#missing("Statement");
    const list = Array.isArray(statement) ? statement : [statement];
    if (list.length === 0) throw this.#syntax();
    if (list.length > STATEMENTS_MAX) throw new PolicyError(this.#dialect, { kind: "too-large" });
    return { version, id, statements: list.map((one: Json) => this.#statement(one)) };
  }

  #statement(json: Json): StatementDocument {
    if (!isJsonObject(json)) throw this.#syntax();
    this.#onlyFields(json, STATEMENT_FIELDS);
    return {
      sid: this.#optionalText(json.get("Sid")),
      effect: this.#effect(json.get("Effect")),
      principal: this.#either(json, "Principal", (value) => this.#principals(value)),
      action: this.#list(json, "Action"),
      resource: this.#list(json, "Resource"),
      conditions: this.#conditions(json.get("Condition")),
    };
  }

  #effect(json: Json | undefined): string {
    if (json === undefined) throw this.#missing("Effect");
    const effect = this.#text(json);
    if (!/^(allow|deny)$/i.test(effect)) {
      throw new PolicyError(this.#dialect, { kind: "effect", effect });
    }
    return effect;
  }

  #list(statement: JsonObject, name: string): ListDocument | undefined {
    const found = this.#either(statement, name, (json) => ({ entries: this.#texts(json) }));
    return found && { inverted: found.inverted, values: found.entries };
  }

  /** The element or its `Not…` twin, of which a statement has at most one. */
  #either<T extends { readonly entries: unknown }>(
    statement: JsonObject,
    name: string,
    read: (json: Json) => T,
  ): (T & { readonly inverted: boolean }) | undefined {
    const [plain, not] = [statement.get(name), statement.get(`Not${name}`)];
    if (plain !== undefined && not !== undefined) throw this.#syntax();
    if (plain !== undefined) return { ...read(plain), inverted: false };
    return not === undefined ? undefined : { ...read(not), inverted: true };
  }

  #principals(json: Json): { entries: PrincipalDocument["entries"] } {
    if (typeof json === "string") {
      if (json === "*") return { entries: [{ type: "AWS", value: "*" }] };
      throw new PolicyError(this.#dialect, { kind: "principal-invalid", type: "AWS", value: json });
    }
    if (!isJsonObject(json)) throw this.#syntax();
    const entries = [...json].flatMap(([type, values]) =>
      this.#texts(values).map((value) => ({ type, value })),
    );
    return { entries };
  }

  #conditions(json: Json | undefined): readonly ConditionDocument[] {
    if (json === undefined) return [];
    if (!isJsonObject(json)) throw this.#syntax();
    return [...json].flatMap(([operator, keys]) => this.#condition(operator, keys));
  }

  /** AWS: an operator that nobody knows is accepted as long as its body is empty. */
  #condition(operator: string, keys: Json): readonly ConditionDocument[] {
    if (!isJsonObject(keys)) throw this.#syntax();
    if (keys.size > 0 && parseOperatorName(operator) === undefined) {
      throw new PolicyError(this.#dialect, { kind: "operator", operator });
    }
    return [...keys].map(([key, values]) => ({
      operator,
      key,
      values: (isList(values) ? values : [values]).map((value) => this.#scalar(value)),
    }));
  }

  /** Condition values may be written as numbers and booleans; they are compared as text. */
  #scalar(json: Json): string {
    if (typeof json === "boolean") return String(json);
    return isNumber(json) ? json.digits : this.#text(json);
  }

  #texts(json: Json): readonly string[] {
    return (isList(json) ? json : [json]).map((one) => this.#text(one));
  }

  #optionalText(json: Json | undefined): string | undefined {
    return json === undefined ? undefined : this.#text(json);
  }

  #text(json: Json): string {
    if (typeof json !== "string") throw this.#syntax();
    return json;
  }

  #onlyFields(object: JsonObject, known: ReadonlySet<string>): void {
    for (const field of object.keys()) {
      if (!known.has(field)) throw new PolicyError(this.#dialect, { kind: "unknown-field", field });
    }
  }

  #missing(field: string): PolicyError {
    return new PolicyError(this.#dialect, { kind: "missing-field", field });
  }

  #syntax(): PolicyError {
    return new PolicyError(this.#dialect, { kind: "syntax" });
  }
}

function isList(json: Json): json is readonly Json[] {
  return Array.isArray(json);
}

function isNumber(json: Json): json is JsonNumber {
  return typeof json === "object" && json !== null && "digits" in json;
}
