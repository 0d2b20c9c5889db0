/**
 * Signed requests as bytes. Everything that does not differ between requests is made once, so that
 * signing costs the client three HMACs' worth less than a library does.
 */
import { createHash, createHmac, createSecretKey, type KeyObject } from "node:crypto";
import { amzDateOf, encode, sha256 } from "../support/signature.ts";
import type { Credentials } from "../support/server.ts";
import type { Prepared } from "./connection.ts";

export interface Target {
  readonly url: string;
  readonly region: string;
  readonly credentials: Credentials;
}

export interface Wanted {
  readonly service: "s3" | "kms";
  readonly method: Prepared["method"];
  /** Decoded, from "/" on. */
  readonly path: string;
  /** Names in the order of their encoded form. */
  readonly query?: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
}

/** A body that many requests share, with its hash. */
export interface Body {
  readonly bytes: Buffer;
  /** How often the bytes are sent, one after another. */
  readonly times: number;
  readonly hash: string;
}

const EMPTY_HASH = sha256("");
const UNSIGNED = "UNSIGNED-PAYLOAD";

export function wholeBody(bytes: Buffer): Body {
  return { bytes, times: 1, hash: sha256(bytes) };
}

/** A body too large for memory, whose signature does not cover it. */
export function pouredBody(bytes: Buffer, times: number): Body {
  return { bytes, times, hash: UNSIGNED };
}

/** Signs with one date and one signing key per service: for runs of some minutes. */
export class Signer {
  readonly #target: Target;
  readonly #host: string;
  #date = "";
  #signedAtMs = 0;
  #keys = new Map<string, KeyObject>();

  constructor(target: Target) {
    this.#target = target;
    this.#host = new URL(target.url).host;
  }

  sign({ service, method, path, query = {}, headers = {}, body }: Wanted): Prepared {
    this.#refresh();
    const { region, credentials } = this.#target;
    const hash = body?.hash ?? EMPTY_HASH;
    const all: Record<string, string> = {
      ...headers,
      host: this.#host,
      "x-amz-content-sha256": hash,
      "x-amz-date": this.#date,
    };
    const names = Object.keys(all).toSorted();
    const signedNames = names.join(";");
    const lines = names.map((name) => `${name}:${all[name]}\n`).join("");
    const encodedPath = path.split("/").map(encode).join("/");
    const text = Object.entries(query)
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .join("&");
    const canonical = `${method}\n${encodedPath}\n${text}\n${lines}\n${signedNames}\n${hash}`;
    const scope = `${this.#date.slice(0, 8)}/${region}/${service}/aws4_request`;
    const canonicalHash = createHash("sha256").update(canonical).digest("hex");
    const signature = createHmac("sha256", this.#key(service))
      .update(`AWS4-HMAC-SHA256\n${this.#date}\n${scope}\n${canonicalHash}`)
      .digest("hex");
    const length = body ? body.bytes.length * body.times : 0;
    const framing = body || method === "PUT" ? `content-length: ${length}\r\n` : "";
    const sent = names.map((name) => `${name}: ${all[name]}\r\n`).join("");
    const target = text === "" ? encodedPath : `${encodedPath}?${text}`;
    const head =
      `${method} ${target} HTTP/1.1\r\n${sent}${framing}authorization: AWS4-HMAC-SHA256 ` +
      `Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${signedNames}, ` +
      `Signature=${signature}\r\n\r\n`;
    const bytes = Buffer.from(head, "latin1");
    return body
      ? { head: bytes, body: body.bytes, times: body.times, method }
      : { head: bytes, method };
  }

  /** A date is good for fifteen minutes; five leave room for the run. */
  #refresh(): void {
    if (performance.now() - this.#signedAtMs < 300_000 && this.#date !== "") return;
    this.#date = amzDateOf(new Date());
    this.#signedAtMs = performance.now();
    this.#keys = new Map();
  }

  #key(service: string): KeyObject {
    let key = this.#keys.get(service);
    if (!key) {
      const hmac = (under: Buffer | string, data: string) =>
        createHmac("sha256", under).update(data).digest();
      const { region, credentials } = this.#target;
      const day = hmac(`AWS4${credentials.secretAccessKey}`, this.#date.slice(0, 8));
      key = createSecretKey(hmac(hmac(hmac(day, region), service), "aws4_request"));
      this.#keys.set(service, key);
    }
    return key;
  }
}
