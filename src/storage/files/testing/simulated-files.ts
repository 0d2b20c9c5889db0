/** A file system in memory that loses power, room and single operations on command. */
import type { Files, OpenFile, Space } from "../files.ts";
import { type Random, seededRandom } from "./random.ts";
import { SimulatedDirectory, SimulatedFile, type SimulatedNode } from "./simulated-disk.ts";
import { type Fault, SimulatedMachine, systemError, type Work } from "./simulated-machine.ts";

export interface SimulationOptions {
  readonly seed?: number;
  /** The power goes with this operation, counted from 1. Never, when left out. */
  readonly crashAt?: number;
  readonly capacityBytes?: number;
}

export class SimulatedFiles implements Files {
  openFiles = 0;
  readonly #root: SimulatedDirectory;
  readonly #random: Random;
  readonly #machine: SimulatedMachine;
  readonly #capacityBytes: number;
  #usedBytes: number;

  constructor(options: SimulationOptions = {}, root = new SimulatedDirectory()) {
    this.#root = root;
    this.#random = seededRandom(options.seed ?? 0);
    this.#machine = new SimulatedMachine(this.#random, options.crashAt ?? Infinity);
    this.#capacityBytes = options.capacityBytes ?? 2 ** 50;
    this.#usedBytes = bytesUnder(root);
  }

  get trace(): readonly string[] {
    return this.#machine.trace;
  }

  get off(): boolean {
    return this.#machine.off;
  }

  inject(fault: Fault): void {
    this.#machine.inject(fault);
  }

  /** Cuts the power: every operation of this instance fails from now on. Answers what a restart finds. */
  crash(seed: number, options: SimulationOptions = {}): SimulatedFiles {
    this.#machine.powerOff();
    return this.crashCopy(seed, options);
  }

  /** What a restart would find if the power went now; this instance runs on. */
  crashCopy(seed: number, options: SimulationOptions = {}): SimulatedFiles {
    const random = seededRandom(seed);
    const keptPercent = [0, 20, 50, 80, 100][random(5)] ?? 0;
    return new SimulatedFiles({ seed, ...options }, this.#root.afterCrash(random, keptPercent));
  }

  create(path: string): Promise<OpenFile> {
    const act = () => {
      const [folder, name] = this.#parent(path);
      if (folder.current.has(name)) throw systemError("EEXIST", path);
      const file = new SimulatedFile();
      folder.change({ sets: [name, file] });
      return this.#opened(path, file);
    };
    return this.#machine.perform({ operation: "create", path, act });
  }

  open(path: string): Promise<OpenFile | undefined> {
    const act = () => {
      const node = this.#find(path);
      if (node instanceof SimulatedDirectory) throw systemError("EISDIR", path);
      return node && this.#opened(path, node);
    };
    return this.#machine.perform({ operation: "open", path, act });
  }

  rename(from: string, to: string): Promise<void> {
    const act = () => {
      const [source, oldName] = this.#parent(from);
      const [target, newName] = this.#parent(to);
      const node = source.current.get(oldName);
      if (node === undefined) throw systemError("ENOENT", from);
      if (source === target) return source.change({ removes: oldName, sets: [newName, node] });
      target.change({ sets: [newName, node] });
      source.change({ removes: oldName });
    };
    return this.#machine.perform({ operation: "rename", path: to, act });
  }

  unlink(path: string): Promise<boolean> {
    const act = () => {
      const node = this.#find(path);
      if (node === undefined) return false;
      if (node instanceof SimulatedDirectory) throw systemError("EISDIR", path);
      const [folder, name] = this.#parent(path);
      folder.change({ removes: name });
      this.#usedBytes -= node.current.length;
      return true;
    };
    return this.#machine.perform({ operation: "unlink", path, act });
  }

  makeDirectory(path: string): Promise<boolean> {
    const act = () => {
      const [folder, name] = this.#parent(path);
      if (folder.current.has(name)) return false;
      folder.change({ sets: [name, new SimulatedDirectory()] });
      return true;
    };
    return this.#machine.perform({ operation: "makeDirectory", path, act });
  }

  removeDirectory(path: string): Promise<boolean> {
    const act = () => {
      const node = this.#find(path);
      if (!(node instanceof SimulatedDirectory) || node.current.size > 0) return false;
      const [folder, name] = this.#parent(path);
      folder.change({ removes: name });
      return true;
    };
    return this.#machine.perform({ operation: "removeDirectory", path, act });
  }

  list(path: string): Promise<string[] | undefined> {
    const act = () => {
      const node = this.#find(path);
      return node instanceof SimulatedDirectory ? [...node.current.keys()].toReversed() : undefined;
    };
    return this.#machine.perform({ operation: "list", path, act });
  }

  syncDirectory(path: string): Promise<boolean> {
    const node = this.#find(path);
    const act = () => {
      if (!(node instanceof SimulatedDirectory)) return false;
      node.sync();
      return true;
    };
    const fail = () => {
      if (node instanceof SimulatedDirectory) node.failSync(this.#random);
    };
    return this.#machine.perform({ operation: "syncDirectory", path, act, fail });
  }

  size(path: string): Promise<number | undefined> {
    const act = () => {
      const node = this.#find(path);
      return node instanceof SimulatedFile ? node.current.length : undefined;
    };
    return this.#machine.perform({ operation: "size", path, act });
  }

  space(): Promise<Space> {
    const freeBytes = this.#capacityBytes - this.#usedBytes;
    return Promise.resolve({ freeBytes, totalBytes: this.#capacityBytes });
  }

  #opened(path: string, file: SimulatedFile): OpenFile {
    let closed = false;
    this.openFiles++;
    const perform = <T>(work: Omit<Work<T>, "path">): Promise<T> => {
      if (closed) return Promise.reject(systemError("EBADF", path));
      return this.#machine.perform({ ...work, path });
    };
    return {
      bytes: file.current.length,
      write: (buffers, position) => {
        const act = ({ short }: { short: boolean }) => {
          const given = Buffer.concat(buffers);
          return this.#take(file, short ? given.subarray(0, given.length >> 1) : given, position);
        };
        return perform({ operation: "write", act });
      },
      read: (target, position) => {
        const act = ({ short }: { short: boolean }) => {
          const wanted = short ? target.length >> 1 : target.length;
          const found = file.current.subarray(position, position + wanted);
          target.set(found);
          return found.length;
        };
        return perform({ operation: "read", act });
      },
      syncData: () => {
        const fail = () => file.failSync(this.#random);
        return perform({ operation: "syncData", act: () => file.sync(), fail });
      },
      close: () => {
        // As with a real one, the descriptor is gone even when closing it fails.
        const closing = perform({ operation: "close", act: () => {} });
        if (!closed) this.openFiles--;
        closed = true;
        return closing;
      },
    };
  }

  #take(file: SimulatedFile, given: Buffer, position: number): number {
    const before = file.current.length;
    const end = Math.min(position + given.length, before + this.#capacityBytes - this.#usedBytes);
    const taken = given.subarray(0, Math.max(0, end - position));
    if (taken.length === 0 && given.length > 0) throw systemError("ENOSPC", "write");
    file.write(taken, position);
    this.#usedBytes += file.current.length - before;
    return taken.length;
  }

  #find(path: string): SimulatedNode | undefined {
    let node: SimulatedNode | undefined = this.#root;
    for (const part of path.split("/").filter((name) => name !== "")) {
      node = node instanceof SimulatedDirectory ? node.current.get(part) : undefined;
    }
    return node;
  }

  #parent(path: string): [SimulatedDirectory, string] {
    const at = path.lastIndexOf("/");
    const folder = this.#find(path.slice(0, at));
    if (!(folder instanceof SimulatedDirectory)) throw systemError("ENOENT", path);
    return [folder, path.slice(at + 1)];
  }
}

function bytesUnder(node: SimulatedNode): number {
  if (node instanceof SimulatedFile) return node.current.length;
  return [...node.current.values()].reduce((sum, child) => sum + bytesUnder(child), 0);
}
