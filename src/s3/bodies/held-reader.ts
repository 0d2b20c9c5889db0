import type { Scope } from "../../service/index.ts";
import type { BlobReader } from "../../storage/index.ts";

/** The one blob that a stream has open: closed when it is read, at the latest with the request. */
export class HeldReader {
  #reader: BlobReader | undefined;

  constructor(scope: Pick<Scope, "defer">) {
    scope.defer(() => this.close());
  }

  hold(reader: BlobReader): void {
    this.#reader = reader;
  }

  async close(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }
}
