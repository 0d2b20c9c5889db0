/** What a signature is computed over: the request as it came in, nothing decoded. */
export interface SignedRequest {
  readonly method: string;
  /** Still percent-encoded, without the query. */
  readonly path: string;
  /** Without the "?"; still percent-encoded. */
  readonly query: string;
  /** Names in lower case; repeated headers joined by ",". One character per octet. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Folds node:http's `rawHeaders` as signatures see them: names in lower case, repeated headers
 * joined by ",". A header that must stand alone, sent twice, thus fits no signature and no grammar.
 */
export function foldHeaders(rawHeaders: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? "").toLowerCase();
    const value = rawHeaders[i + 1] ?? "";
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return headers;
}

/** A header's value; undefined when absent, whatever the record inherits. */
export function headerOf(request: SignedRequest, name: string): string | undefined {
  const value: unknown = request.headers[name];
  return typeof value === "string" ? value : undefined;
}
