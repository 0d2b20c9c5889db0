/** The body of a request, read at the handler's pace, with those who send too slowly cut. */
import type { IncomingMessage } from "node:http";
import { assert } from "../base/index.ts";
import { ExchangeError } from "./exchange-error.ts";
import type { PaceWatch, Transfer } from "./pace.ts";

/** So much may wait for the reader before the socket is left alone. */
const QUEUE_BYTES_MAX = 256 * 1024;

export interface BodySource {
  readonly message: IncomingMessage;
  /** As announced; 0 without a body, undefined when it comes in chunks. */
  readonly length: number | undefined;
  readonly pace: PaceWatch;
  /** There when the client waits for "100 Continue": sends it. */
  readonly askForIt: (() => void) | undefined;
  /** The sender crawled: its connection is to end. */
  readonly cutOff: () => void;
}

export class RequestBody implements AsyncIterableIterator<Buffer>, Transfer {
  readonly #source: BodySource;
  readonly #queue: Buffer[] = [];
  #queuedBytes = 0;
  #receivedBytes = 0;
  #paused = false;
  #asked = false;
  #state: "unread" | "reading" | "ended" | "failed" | "dropped";
  #failure: ExchangeError | undefined;
  #reader: PromiseWithResolvers<IteratorResult<Buffer>> | undefined;

  constructor(source: BodySource) {
    this.#source = source;
    this.#state = source.length === 0 ? "ended" : "unread";
  }

  get length(): number | undefined {
    return this.#source.length;
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
    return this.#source.askForIt !== undefined && !this.#asked;
  }

  begin(): this {
    assert(this.#state === "unread" || this.length === 0, "a body is read once");
    if (this.#state === "ended") return this;
    this.#state = "reading";
    this.#asked = true;
    this.#source.askForIt?.();
    this.#listen();
    return this;
  }

  /**
   * Lets what is still to come pass by unseen: `passed` is told how much. Who still reads is told
   * that the body is incomplete: it must not take what it has for the whole.
   */
  drop(passed: (bytes: number) => void): void {
    const { message, pace } = this.#source;
    if (this.#state === "unread") this.#listen();
    this.#queue.length = 0;
    this.#fail(new ExchangeError("IncompleteBody"));
    this.#state = "dropped";
    pace.watch(this);
    this.#paused = false;
    message.on("data", (chunk: Buffer) => passed(chunk.length));
    message.resume();
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

  /** The handler may answer now; whether it does or not, the connection ends. */
  cut(): void {
    if (this.#state === "reading") this.#fail(new ExchangeError("RequestTimeout"));
    this.#source.cutOff();
  }

  #listen(): void {
    const { message, pace } = this.#source;
    pace.watch(this);
    message.on("data", (chunk: Buffer) => this.#take(chunk));
    message.on("end", () => {
      pace.unwatch(this);
      if (this.#state !== "reading") return;
      this.#state = "ended";
      this.#reader?.resolve({ value: undefined, done: true });
      this.#reader = undefined;
    });
    message.on("close", () => {
      pace.unwatch(this);
      if (this.#state === "reading") this.#fail(new ExchangeError("IncompleteBody"));
    });
  }

  #take(chunk: Buffer): void {
    this.#receivedBytes += chunk.length;
    if (this.#state !== "reading") return;
    if (this.#reader) {
      const reader = this.#reader;
      this.#reader = undefined;
      reader.resolve({ value: chunk, done: false });
      return;
    }
    this.#queue.push(chunk);
    this.#queuedBytes += chunk.length;
    if (this.#queuedBytes >= QUEUE_BYTES_MAX) this.#pause();
  }

  #fail(failure: ExchangeError): void {
    this.#source.pace.unwatch(this);
    this.#state = "failed";
    this.#failure = failure;
    this.#reader?.reject(failure);
    this.#reader = undefined;
  }

  #pause(): void {
    this.#paused = true;
    this.#source.message.pause();
  }

  #flow(): void {
    this.#paused = false;
    this.#source.message.resume();
  }
}
