import type { Closeable, Commit, Key } from "./kv.ts";

interface Subscription {
  readonly prefix: Buffer;
  readonly changed: () => void;
  due: boolean;
}

/** Who wants to know of which prefixes, within this process. Calls of one tick are joined. */
export class Hints {
  readonly #subscriptions = new Set<Subscription>();

  subscribe(prefix: Key, changed: () => void): Closeable {
    const subscription = { prefix: Buffer.from(prefix), changed, due: false };
    this.#subscriptions.add(subscription);
    return { close: () => void this.#subscriptions.delete(subscription) };
  }

  /** A commit took effect. */
  committed({ puts, deletes, adds }: Commit): void {
    if (this.#subscriptions.size === 0) return;
    for (const subscription of this.#subscriptions) {
      if (subscription.due) continue;
      const touched = ({ key }: { key: Key }) => startsWith(key, subscription.prefix);
      if (puts.some(touched) || adds.some(touched) || deletes.some((key) => touched({ key }))) {
        this.#call(subscription);
      }
    }
  }

  #call(subscription: Subscription): void {
    subscription.due = true;
    setImmediate(() => {
      subscription.due = false;
      if (this.#subscriptions.has(subscription)) subscription.changed();
    });
  }
}

function startsWith(key: Key, prefix: Buffer): boolean {
  return key.length >= prefix.length && prefix.equals(key.subarray(0, prefix.length));
}
