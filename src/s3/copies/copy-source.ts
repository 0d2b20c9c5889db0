import { invalidArgument } from "../errors.ts";

/** What x-amz-copy-source names. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  readonly versionId: string | undefined;
}

const HEADER = "x-amz-copy-source";
const VERSION = "?versionId=";

/**
 * `[/]bucket/key[?versionId=…]`, URL-encoded. AWS: a plus sign is a space, as forms have it. Throws
 * InvalidArgument.
 */
export function parseCopySource(header: string): CopySource {
  const at = header.lastIndexOf(VERSION);
  const path = decode(at === -1 ? header : header.slice(0, at), header).replace(/^\//, "");
  const slash = path.indexOf("/");
  const key = slash === -1 ? "" : path.slice(slash + 1);
  if (key === "") throw invalidArgument("Invalid copy source object key", HEADER, header);
  const versionId = at === -1 ? undefined : decode(header.slice(at + VERSION.length), header);
  return { bucket: path.slice(0, slash), key, versionId };
}

function decode(text: string, header: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw invalidArgument("Invalid copy source encoding.", HEADER, header);
  }
}
