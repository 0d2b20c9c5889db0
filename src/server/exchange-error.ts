/**
 * Why a request cannot be taken further, as the code and status that S3 answers for it. Thrown by
 * the readers of a body; the API renders it in the caller's protocol, the listener where no API ran.
 */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";
  readonly code: ExchangeErrorCode;
  readonly status: number;

  constructor(code: ExchangeErrorCode) {
    super(REFUSALS[code].message);
    this.code = code;
    this.status = REFUSALS[code].status;
  }
}

export type ExchangeErrorCode = keyof typeof REFUSALS;

/** Texts: Amazon S3 API Reference, "Error responses". */
const REFUSALS = {
  BadRequest: {
    status: 400,
    message: "An error occurred when parsing the HTTP request.",
  },
  EntityTooLarge: {
    status: 400,
    message: "Your proposed upload exceeds the maximum allowed size",
  },
  IncompleteBody: {
    status: 400,
    message: "You did not provide the number of bytes specified by the Content-Length HTTP header",
  },
  InternalError: {
    status: 500,
    message: "We encountered an internal error. Please try again.",
  },
  InvalidURI: { status: 400, message: "Couldn't parse the specified URI." },
  MethodNotAllowed: {
    status: 405,
    message: "The specified method is not allowed against this resource.",
  },
  NotImplemented: {
    status: 501,
    message: "A header you provided implies functionality that is not implemented",
  },
  RequestHeaderSectionTooLarge: {
    status: 400,
    message: "Your request header and metadata combined exceed the maximum allowed size",
  },
  RequestTimeout: {
    status: 400,
    message:
      "Your socket connection to the server was not read from or written to within the timeout period. Idle connections will be closed.",
  },
  SlowDown: { status: 503, message: "Please reduce your request rate." },
} as const satisfies Record<string, { status: number; message: string }>;
