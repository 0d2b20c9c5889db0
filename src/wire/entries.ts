/** Narrowing for values that came from outside or from a handler. */
export type Entries = Record<string, unknown>;

export function isEntries(value: unknown): value is Entries {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Sets a key that a client chose. Plain assignment of "__proto__" would change what the object
 * inherits instead of adding an entry.
 */
export function setEntry(target: Entries, key: string, value: unknown): void {
  if (key === "__proto__") {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    target[key] = value;
  }
}
