import type { RequestInfo, Scope } from "../../service/index.ts";

/**
 * What a request has copied, for its runs again: bytes are copied once, whatever else has to be
 * decided anew. Forgotten with the request.
 */
export class ReceivedOnce<Received extends object> {
  readonly #received = new WeakMap<RequestInfo, Received>();

  async get(
    { request }: Pick<Scope, "request">,
    receive: () => Promise<Received>,
  ): Promise<Received> {
    const known = this.#received.get(request);
    if (known) return known;
    const received = await receive();
    this.#received.set(request, received);
    return received;
  }
}
