/** Keeps what is secret out of log lines, should a caller ever pass it. */

/** Names of fields, in lower case without separators. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  "authorization",
  "cookie",
  "datakey",
  "password",
  "plaintext",
  "privatekey",
  "rootkey",
  "secret",
  "secretaccesskey",
  "secretkey",
  "securitytoken",
  "sessiontoken",
  "signature",
  "token",
  "xamzcopysourceserversideencryptioncustomerkey",
  "xamzsecuritytoken",
  "xamzserversideencryptioncustomerkey",
  "xamzsignature",
]);

export const REDACTED = "[redacted]";
const DEPTH_MAX = 6;
const ITEMS_MAX = 100;

type Fields = Readonly<Record<string, unknown>>;

/** The same fields without secrets, bytes and depths that nobody reads; itself when all is well. */
export function redact(fields: Fields): Fields {
  return redactFields(fields, 0);
}

function redactFields(fields: Fields, depth: number): Fields {
  let changed: Record<string, unknown> | undefined;
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    const shown = isSecret(name) ? REDACTED : redactValue(value, depth);
    if (shown === value) continue;
    changed ??= { ...fields };
    changed[name] = shown;
  }
  return changed ?? fields;
}

function redactValue(value: unknown, depth: number): unknown {
  if (typeof value !== "object" || value === null || value instanceof Error) return value;
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return value.toISOString();
  if (depth >= DEPTH_MAX) return "[deep]";
  if (Array.isArray(value)) {
    return value.slice(0, ITEMS_MAX).map((item: unknown) => redactValue(item, depth + 1));
  }
  return redactFields(Object.fromEntries(Object.entries(value)), depth + 1);
}

const known = new Map<string, boolean>();
const KNOWN_MAX = 1000;

function isSecret(name: string): boolean {
  const answer = known.get(name);
  if (answer !== undefined) return answer;
  const secret = SECRET_NAMES.has(name.toLowerCase().replaceAll(/[^a-z]/g, ""));
  if (known.size < KNOWN_MAX) known.set(name, secret);
  return secret;
}
