import { assert } from "../../base/index.ts";
import type { Secret } from "../../crypto/index.ts";

/** A secret that several requests use at once: wiped when it is given up and the last use ends. */
export class SharedSecret {
  readonly #secret: Secret;
  #uses = 0;
  #givenUp = false;

  /** Takes the secret over. */
  constructor(secret: Secret) {
    this.#secret = secret;
  }

  /** Whether its last use was asked for: who wants it now needs another. */
  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** The secret, until the use ends. */
  use(): { readonly secret: Secret; end(): void } {
    assert(!this.#givenUp, "a shared secret that was given up is not used anew");
    this.#uses += 1;
    let ended = false;
    return {
      secret: this.#secret,
      end: () => {
        if (ended) return;
        ended = true;
        this.#uses -= 1;
        this.#wipeIfDone();
      },
    };
  }

  giveUp(): void {
    this.#givenUp = true;
    this.#wipeIfDone();
  }

  #wipeIfDone(): void {
    if (this.#givenUp && this.#uses === 0) this.#secret[Symbol.dispose]();
  }
}
