/** The body of a request, read at the handler's pace, with those who send too slowly cut. */
import type { IncomingMessage } from "node:http";
import { assert } from "../base/index.ts";
import { ExchangeError } from "./exchange-error.ts";
import type { PaceWatch, Transfer } from "./pace.ts";

/** So much may wait for the reader before the socket is left alone. */
const QUEUE_BYTES_MAX = 256 * 1024;

export class RequestBody implements AsyncIterableIterator<Buffer>, Transfer {
  readonly length: number | undefined;
  readonly #message: IncomingMessage;
  readonly #pace: PaceWatch;
  #askForIt: (() => void) | undefined;
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #receivedBytes = 0;
  #paused = false;
  #state: "unread" | "reading" | "ended" | "failed";
  #failure: ExchangeError | undefined;
  #reader: PromiseWithResolvers<IteratorResult<Buffer>> | undefined;

  /** `askForIt` is there when the client waits for "100 Continue", and sends it. */
  constructor(
    message: IncomingMessage,
    length: number | undefined,
    pace: PaceWatch,
    askForIt: (() => void) | undefined,
  ) {
    this.#message = message;
    this.length = length;
    this.#pace = pace;
    this.#askForIt = askForIt;
    this.#state = length === 0 ? "ended" : "unread";
  }

  get receivedBytes(): number {
    return this.#receivedBytes;
  }

  /** Whether all of it has arrived. */
  get complete(): boolean {
    return this.#state === "ended";
  }

  /** What is still to come; undefined when it was not announced. */
  get missingBytes(): number | undefined {
    return this.length === undefined ? undefined : this.length - this.#receivedBytes;
  }

  /** The client holds it back until it is asked for. */
  get awaitsContinue(): boolean {
    return this.#askForIt !== undefined;
  }

  begin(): this {
    assert(this.#state === "unread" || this.length === 0, "a body is read once");
    if (this.#state === "ended") return this;
    this.#state = "reading";
    this.#askForIt?.();
    this.#askForIt = undefined;
    this.#pace.watch(this);
    this.#message.on("data", this.#take);
    this.#message.on("end", this.#end);
    this.#message.on("close", this.#close);
    return this;
  }

  /** Lets what is still to come pass by unseen. The socket's owner sees to its end. */
  discard(passed: (bytes: number) => void): void {
    if (this.#state === "unread") {
      this.#state = "failed";
      this.#pace.watch(this);
      this.#message.on("close", () => this.#pace.unwatch(this));
      this.#message.on("end", () => this.#pace.unwatch(this));
    }
    this.#paused = false;
    this.#message.off("data", this.#take);
    this.#message.on("data", (chunk: Buffer) => {
      this.#receivedBytes += chunk.length;
      passed(chunk.length);
    });
    this.#message.resume();
  }

  next(): Promise<IteratorResult<Buffer>> {
    const chunk = this.#queue.shift();
    if (chunk !== undefined) {
      this.#queuedBytes -= chunk.length;
      if (this.#paused && this.#queuedBytes <= QUEUE_BYTES_MAX / 2) this.#flow();
      return Promise.resolve({ value: chunk, done: false });
    }
    if (this.#failure) return Promise.reject(this.#failure);
    if (this.#state !== "reading") return Promise.resolve({ value: undefined, done: true });
    assert(this.#reader === undefined, "a body has one reader");
    this.#reader = Promise.withResolvers();
    return this.#reader.promise;
  }

  return(): Promise<IteratorResult<Buffer>> {
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    if (this.#state === "reading") this.#pause();
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  moved(): number {
    return this.#receivedBytes;
  }

  waitsForClient(): boolean {
    return !this.#paused;
  }

  cut(): void {
    if (this.#state === "reading") this.#fail(new ExchangeError("RequestTimeout"));
    // The handler may answer now; whether it does or not, the connection ends.
    this.#onCut();
  }

  /** Set by the owner of the socket. */
  set onCut(act: () => void) {
    this.#onCut = act;
  }

  #onCut: () => void = () => this.#message.destroy();

  readonly #take = (chunk: Buffer): void => {
    this.#receivedBytes += chunk.length;
    if (this.#reader) {
      const reader = this.#reader;
      this.#reader = undefined;
      reader.resolve({ value: chunk, done: false });
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes >= QUEUE_BYTES_MAX) this.#pause();
  };

  readonly #end = (): void => {
    this.#pace.unwatch(this);
    if (this.#state !== "reading") return;
    this.#state = "ended";
    this.#reader?.resolve({ value: undefined, done: true });
    this.#reader = undefined;
  };

  readonly #close = (): void => {
    this.#pace.unwatch(this);
    if (this.#state === "reading") this.#fail(new ExchangeError("IncompleteBody"));
  };

  #fail(failure: ExchangeError): void {
    this.#pace.unwatch(this);
    this.#state = "failed";
    this.#failure = failure;
    this.#reader?.reject(failure);
    this.#reader = undefined;
  }

  #pause(): void {
    this.#paused = true;
    this.#message.pause();
  }

  #flow(): void {
    this.#paused = false;
    this.#message.resume();
  }
}
