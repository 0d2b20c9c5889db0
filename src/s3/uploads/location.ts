import type { RequestInfo } from "../../service/index.ts";

/** The URL of an object, as the caller addresses the bucket: its name in the host, or in the path. */
export function locationOf(
  { host, secure }: Pick<RequestInfo, "host" | "secure">,
  bucket: string,
  key: string,
): string {
  const base = `${secure ? "https" : "http"}://${host}`;
  const inHost = host.startsWith(`${bucket}.`);
  return `${base}${inHost ? "" : `/${bucket}`}/${encodedKey(key)}`;
}

/** A name in a URL: each of its bytes that is not unreserved is escaped. */
function encodedKey(key: string): string {
  return key.split("/").map(encodedSegment).join("/");
}

function encodedSegment(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => {
    return `%${Buffer.from(character).toString("hex").toUpperCase()}`;
  });
}
