/**
 * Breaks the disk under an open LMDB environment, and mends it: the descriptors through which LMDB
 * writes are made to name a device instead. /dev/full takes no byte (ENOSPC), /dev/null takes all
 * and can't be synced (EINVAL). Linux only.
 */
import assert from "node:assert/strict";
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";

/** LMDB writes pages through one descriptor and the meta page through another, which syncs. */
export type Descriptor = "pages" | "meta";

export class BrokenDisk implements Disposable {
  readonly descriptor: Descriptor;
  readonly #number: number;
  readonly #path: string;
  readonly #flags: number;

  constructor(directory: string, which: Descriptor, device: "/dev/full" | "/dev/null") {
    this.#path = join(directory, "data.mdb");
    this.descriptor = which;
    this.#number = numberOf(this.#path, which);
    this.#flags = constants.O_RDWR | (which === "meta" ? constants.O_DSYNC : 0);
    this.#replace(device, constants.O_RDWR);
  }

  [Symbol.dispose](): void {
    this.#replace(this.#path, this.#flags);
  }

  #replace(path: string, flags: number): void {
    closeSync(this.#number);
    // The lowest number that is free is given next: the one just closed, or it has to be found.
    const extra: number[] = [];
    let opened = openSync(path, flags);
    while (opened !== this.#number && extra.length < 64) {
      extra.push(opened);
      opened = openSync(path, flags);
    }
    for (const descriptor of extra) closeSync(descriptor);
    assert.equal(opened, this.#number);
  }
}

function numberOf(path: string, which: Descriptor): number {
  const found = readdirSync("/proc/self/fd").filter((descriptor) => {
    try {
      if (readlinkSync(`/proc/self/fd/${descriptor}`) !== path) return false;
      const [, flags = "0"] =
        /flags:\s*([0-7]+)/.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8")) ?? [];
      const syncs = (Number.parseInt(flags, 8) & constants.O_DSYNC) !== 0;
      return syncs === (which === "meta");
    } catch {
      return false;
    }
  });
  assert.equal(found.length, 1, `LMDB has one descriptor for ${which}`);
  return Number(found[0]);
}
