/** What an engine gives the conformance suite. */
import type { Key, Kv } from "../kv.ts";

export interface Store {
  /** Opens the same store; again after it was closed. */
  open(): Promise<Kv>;
  /** How a child process opens it: a module with `openPeer(argument): Promise<Kv>`. */
  readonly peer?: { readonly module: string; readonly argument: string };
  destroy(): Promise<void>;
}

/** Makes a new, empty store. */
export type CreateStore = () => Promise<Store>;

/** Runs a test on a new store that is open, and leaves nothing behind. */
export async function withKv(
  create: CreateStore,
  test: (kv: Kv, store: Store) => Promise<void>,
): Promise<void> {
  const store = await create();
  const kv = await store.open();
  try {
    await test(kv, store);
  } finally {
    await kv.close();
    await store.destroy();
  }
}

export const NO_CHANGE = { checks: [], puts: [], deletes: [], adds: [] } as const;

export function bytes(text: string): Buffer {
  return Buffer.from(text);
}

/** A key and a value, each from its text. */
export function pair(key: string, value: string): { key: Buffer; value: Buffer } {
  return { key: bytes(key), value: bytes(value) };
}

export async function textOf(kv: Kv, key: string): Promise<string | undefined> {
  const [entry] = await kv.get([bytes(key)]);
  return entry?.value.toString();
}

export async function versionOf(kv: Kv, key: Key): Promise<bigint> {
  const [entry] = await kv.get([key]);
  return entry?.version ?? 0n;
}

/** `how many` promises at once, each told its number. */
export function together<Result>(
  howMany: number,
  start: (index: number) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(Array.from({ length: howMany }, (_, index) => start(index)));
}
