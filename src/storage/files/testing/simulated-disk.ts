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
  #bytes: Buffer;
  #length: number;
  #synced: Buffer;
  #unsynced: Write[] = [];

  constructor(bytes: Buffer = Buffer.alloc(0)) {
    this.#bytes = Buffer.from(bytes);
    this.#length = bytes.length;
    this.#synced = bytes;
  }

  get current(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  write(bytes: Buffer, position: number): void {
    this.#length = Math.max(this.#length, position + bytes.length);
    if (this.#length > this.#bytes.length) this.#bytes = extended(this.#bytes, 2 * this.#length);
    bytes.copy(this.#bytes, position);
    this.#unsynced.push({ position, bytes });
  }

  sync(): void {
    this.#synced = extended(this.#synced, this.#length);
    for (const { position, bytes } of this.#unsynced) bytes.copy(this.#synced, position);
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
    const bytes = extended(this.#synced, this.#length);
    let length = this.#synced.length;
    for (const write of shuffled(this.#unsynced, random)) {
      const kept = random(100) < keptPercent ? write.bytes.length : undefined;
      const reached = kept ?? damage(bytes, write, random);
      if (kept !== undefined) write.bytes.copy(bytes, write.position);
      if (reached > 0) length = Math.max(length, write.position + reached);
    }
    return bytes.subarray(0, length);
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

/** A copy with zeros behind it. */
function extended(old: Buffer, length: number): Buffer {
  const result = Buffer.alloc(Math.max(old.length, length));
  old.copy(result);
  return result;
}

/**
 * A write that did not come through whole: missing, its start only, or some of its sectors.
 * Answers how many bytes from its position on the file's length covers now.
 */
function damage(target: Buffer, { position, bytes }: Write, random: Random): number {
  const fate = random(4);
  if (fate === 0) return 0;
  if (fate === 1) return bytes.copy(target, position, 0, random(bytes.length + 1));
  for (let at = 0; at < bytes.length; at += SECTOR_BYTES) {
    if (random(fate) > 0) bytes.copy(target, position + at, at, at + SECTOR_BYTES);
  }
  return bytes.length;
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const left = [...items];
  return items.flatMap(() => left.splice(random(left.length), 1));
}
