/** One request and its reply, as the transport hands it to whoever answers. */
export interface Exchange {
  /** A UUID: `x-amzn-requestid` as it is; S3 shows it as `s3RequestId` makes of it. */
  readonly requestId: string;
  /** S3's `x-amz-id-2`. */
  readonly extendedId: string;
  /** As sent; never TRACE or CONNECT. */
  readonly method: string;
  /** Still percent-encoded, beginning with "/", without the query. */
  readonly path: string;
  /** Still percent-encoded, without the "?"; empty when there is none. */
  readonly query: string;
  /** Names in lower case, values as Latin-1; `host` is always there. Of a repeated name all values, joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Names that came more than once, in lower case: one cannot tell which value was signed. */
  readonly repeatedHeaders: readonly string[];
  /** Names, values and what separates them. */
  readonly headerBytes: number;
  /** Normalised; behind trusted proxies that of the client. */
  readonly remoteAddress: string;
  /** The whole way from the client was encrypted, as far as trusted proxies say. */
  readonly secure: boolean;
  /** Of the connection to this process. */
  readonly tls: TlsDetails | undefined;
  /** By the listener's clock. */
  readonly startedMonotonicMs: number;
  /** Of the body as sent; 0 when there is none, undefined when it comes chunked. */
  readonly contentLength: number | undefined;
  /** Aborted when the client goes away, or is cut, before it has the whole reply. */
  readonly signal: AbortSignal;

  /**
   * The whole body, within the process's budget until the exchange ends. Once, and not beside
   * `readChunks`. Throws ExchangeError: EntityTooLarge (nothing was read if the length was
   * announced), SlowDown, IncompleteBody, RequestTimeout.
   */
  readBody(limitBytes: number): Promise<Buffer>;
  /**
   * The body as it comes, at the reader's pace. Once. Leaving the loop early is allowed: the rest
   * is dropped when the reply goes out. Throws ExchangeError: IncompleteBody, RequestTimeout.
   */
  readChunks(): AsyncIterableIterator<Buffer>;
  /**
   * Answers, once. Adds both ids (unless `x-amzn-requestid` is among the headers: then that is
   * the only one), Date, Server and, for a body in memory, Content-Length; one that is given is
   * kept, and a body that does not keep to it cuts the connection. To HEAD no body is sent. Ends when the last
   * byte is with the kernel or the client is gone. When the body's iterator throws, the
   * connection is cut and the error thrown on.
   */
  respond(status: number, headers: ReplyHeaders, body?: ReplyBody): Promise<void>;
  /** Says what the request was about, for metrics and the access line. */
  describe(call: CallDescription): void;
}

/** Names in lower case. */
export type ReplyHeaders = Readonly<Record<string, string>>;

export type ReplyBody = Uint8Array | string | AsyncIterable<Uint8Array> | undefined;

export interface TlsDetails {
  readonly version: string;
  readonly cipherSuite: string;
}

/** Words from closed sets (except the last two): they become labels of metrics. */
export interface CallDescription {
  readonly service?: string;
  readonly operation?: string;
  readonly errorCode?: string;
  readonly principal?: string;
}

/** Answers one exchange. One that returns without an answer is a bug and answers 500. */
export type Handler = (exchange: Exchange) => Promise<void>;
