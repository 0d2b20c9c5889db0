import type { BucketRecord, ObjectRecord } from "../../records/index.ts";
import type { RequestInfo, Scope } from "../../service/index.ts";
import { keyForReading, type KeySources } from "../encryption/wrapping-key.ts";

/** What was copied, and the object that it was. */
interface FromObject {
  readonly object: ObjectRecord;
}

/**
 * What a request has copied, for its runs again: bytes are copied once, and whether the caller may
 * have them is decided in every run. Forgotten with the request.
 */
export class ReceivedOnce<Received extends FromObject> {
  readonly #received = new WeakMap<RequestInfo, Received>();
  readonly #keys: KeySources;

  constructor(keys: KeySources) {
    this.#keys = keys;
  }

  /** Throws what `receive` throws, and KMS's refusals in S3's words where it is not called again. */
  async get(
    scope: Scope,
    from: { readonly bucket: BucketRecord },
    receive: () => Promise<Received>,
  ): Promise<Received> {
    const known = this.#received.get(scope.request);
    if (known) {
      await keyForReading(known.object.encryption, from, scope, this.#keys);
      return known;
    }
    const received = await receive();
    this.#received.set(scope.request, received);
    return received;
  }
}
