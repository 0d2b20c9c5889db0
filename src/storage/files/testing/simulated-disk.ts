/**
 * What a disk holds, and what is left of it after the power went.
 *
 * Every file and folder has two faces: `current`, which running programs see, and what the disk has
 * for certain, which is what was there at the last successful sync. A crash keeps the second and an
 * arbitrary part of the difference: single writes kept, missing, cut short, or patchy by sectors;
 * lengths grown over bytes that never came; changes of names kept or dropped one by one. Two mercies
 * of real file systems are kept, because the code relies on them: a sector is never half written,
 * and a rename within one folder is one change.
 */
import type { Random } from "./random.ts";

const SECTOR_BYTES = 512;

interface Write {
  readonly position: number;
  readonly bytes: Buffer;
}

export class SimulatedFile {
  current: Buffer;
  #synced: Buffer;
  #unsynced: Write[] = [];

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.current = bytes;
    this.#synced = bytes;
  }

  write(bytes: Buffer, position: number): void {
    this.current = patched(this.current, position, bytes);
    this.#unsynced.push({ position, bytes });
  }

  sync(): void {
    for (const { position, bytes } of this.#unsynced) {
      this.#synced = patched(this.#synced, position, bytes);
    }
    this.#unsynced = [];
  }

  /** As Linux does it: the pages count as clean from now on, so a second sync saves nothing of them. */
  failSync(random: Random): void {
    this.#synced = this.#survivors(random, random(101));
    this.#unsynced = [];
  }

  afterCrash(random: Random, keptPercent: number): SimulatedFile {
    return new SimulatedFile(this.#survivors(random, keptPercent));
  }

  #survivors(random: Random, keptPercent: number): Buffer {
    let bytes = this.#synced;
    for (const write of shuffled(this.#unsynced, random)) {
      const kept = random(100) < keptPercent;
      bytes = kept ? patched(bytes, write.position, write.bytes) : damaged(bytes, write, random);
    }
    return bytes;
  }
}

/** One change of names: all of it reaches the disk or none. */
interface Change {
  readonly removes?: string;
  readonly sets?: readonly [name: string, node: SimulatedNode];
}

export type SimulatedNode = SimulatedFile | SimulatedDirectory;

export class SimulatedDirectory {
  readonly current: Map<string, SimulatedNode>;
  #synced: ReadonlyMap<string, SimulatedNode>;
  #unsynced: Change[] = [];

  constructor(entries: ReadonlyMap<string, SimulatedNode> = new Map()) {
    this.current = new Map(entries);
    this.#synced = new Map(entries);
  }

  change(change: Change): void {
    apply(change, this.current);
    this.#unsynced.push(change);
  }

  sync(): void {
    const synced = new Map(this.#synced);
    for (const change of this.#unsynced) apply(change, synced);
    this.#synced = synced;
    this.#unsynced = [];
  }

  failSync(random: Random): void {
    this.#synced = this.#survivors(random, random(101));
    this.#unsynced = [];
  }

  afterCrash(random: Random, keptPercent: number): SimulatedDirectory {
    const entries = [...this.#survivors(random, keptPercent)];
    return new SimulatedDirectory(
      new Map(entries.map(([name, node]) => [name, node.afterCrash(random, keptPercent)])),
    );
  }

  #survivors(random: Random, keptPercent: number): Map<string, SimulatedNode> {
    const names = new Map(this.#synced);
    for (const change of this.#unsynced) if (random(100) < keptPercent) apply(change, names);
    return names;
  }
}

function apply({ removes, sets }: Change, names: Map<string, SimulatedNode>): void {
  if (removes !== undefined) names.delete(removes);
  if (sets !== undefined) names.set(...sets);
}

function patched(old: Buffer, position: number, bytes: Buffer): Buffer {
  const result = Buffer.alloc(Math.max(old.length, position + bytes.length));
  old.copy(result);
  bytes.copy(result, position);
  return result;
}

/** A write that did not come through whole: missing, its start only, or some of its sectors. */
function damaged(old: Buffer, { position, bytes }: Write, random: Random): Buffer {
  const fate = random(4);
  if (fate === 0) return old;
  if (fate === 1) return patched(old, position, bytes.subarray(0, random(bytes.length + 1)));
  const result = patched(old, position + bytes.length, Buffer.alloc(0));
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    if (random(fate) === 0) continue;
    bytes.subarray(at, at + SECTOR_BYTES).copy(result, position + at);
  }
  return result;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random(left.length), 1));
}
