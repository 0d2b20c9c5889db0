import type { Files } from "../files/files.ts";
import type { BlobPlace } from "./blob-name.ts";
import type { Durable } from "./durable.ts";

const REMEMBERED_MAX = 4096;

/** Makes the folders that blobs lie in, and their names durable, once per process. */
export class Folders {
  readonly root: string;
  readonly #files: Files;
  readonly #durable: Durable;
  readonly #ready = new Map<string, Promise<void>>();

  constructor(root: string, files: Files, durable: Durable) {
    this.root = root;
    this.#files = files;
    this.#durable = durable;
  }

  sessionPath(session: string): string {
    return `${this.root}/${session}`;
  }

  groupPath({ session, group }: Pick<BlobPlace, "session" | "group">): string {
    return `${this.root}/${session}/${group}`;
  }

  /** When resolved the group's folder is there and no crash takes it away. */
  async make(place: BlobPlace): Promise<void> {
    await this.#makeOnce(this.sessionPath(place.session), this.root);
    await this.#makeOnce(this.groupPath(place), this.sessionPath(place.session));
  }

  /** After something removed folders of this session. */
  forget(session: string): void {
    const path = this.sessionPath(session);
    for (const known of this.#ready.keys()) {
      if (known === path || known.startsWith(`${path}/`)) this.#ready.delete(known);
    }
  }

  #makeOnce(path: string, parent: string): Promise<void> {
    const known = this.#ready.get(path);
    if (known !== undefined) return known;
    if (this.#ready.size >= REMEMBERED_MAX) this.#ready.clear();
    const making = this.#make(path, parent);
    this.#ready.set(path, making);
    making.catch(() => this.#ready.delete(path));
    return making;
  }

  async #make(path: string, parent: string): Promise<void> {
    await this.#files.makeDirectory(path);
    // Also when it was there: whoever made it may have been cut off before this sync.
    await this.#durable.syncDirectory(parent);
  }
}
