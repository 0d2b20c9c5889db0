/** The AWS SDK's own signer, as an independent opinion on what a signature is. */
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { HttpRequest, SourceData } from "@smithy/types";
import { NOW, SECRET } from "./requests.ts";

class Sha256 {
  readonly #hash: { update(data: Uint8Array): unknown; digest(): Buffer };

  constructor(secret?: SourceData) {
    this.#hash =
      secret === undefined ? createHash("sha256") : createHmac("sha256", bytesOf(secret));
  }

  update(data: Uint8Array): void {
    this.#hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    throw new Error("the signer never does this");
  }
}

/** A request as the SDK has it before signing. */
export interface SdkRequest {
  readonly method: string;
  /** Percent-encoded. */
  readonly path: string;
  /** Decoded. */
  readonly query: Readonly<Record<string, string | string[]>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

export interface OracleOptions {
  readonly service: string;
  readonly sessionToken?: string | undefined;
}

/** Signs by header. */
export function oracleSign(request: SdkRequest, options: OracleOptions): Promise<HttpRequest> {
  return signer(options).sign(httpRequest(request), { signingDate: NOW });
}

/** Makes a presigned URL. */
export function oraclePresign(
  request: SdkRequest,
  options: OracleOptions,
  expiresIn: number,
): Promise<HttpRequest> {
  return signer(options).presign(httpRequest(request), { signingDate: NOW, expiresIn });
}

function signer({ service, sessionToken }: OracleOptions): SignatureV4 {
  return new SignatureV4({
    service,
    region: "us-east-1",
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: service === "s3",
    credentials: {
      accessKeyId: "AKIAIOSFODNN7EXAMPLE",
      secretAccessKey: SECRET,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  });
}

function httpRequest({ method, path, query, headers, body }: SdkRequest): HttpRequest {
  return {
    method,
    protocol: "http:",
    hostname: "localhost",
    path,
    query: { ...query },
    headers: { ...headers },
    ...(body === undefined ? {} : { body }),
  };
}

function bytesOf(data: SourceData): Uint8Array {
  if (typeof data === "string") return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
