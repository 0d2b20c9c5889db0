/** A data folder and its root key file, read by docs/formats alone: steps 1 to 6 of s3-records.md. */
import { readFileSync } from "node:fs";
import { open } from "lmdb";
import { unpack } from "msgpackr";
import { fields, gcm, hkdf, type KeyPart, keyOf, openBox } from "./primitives.ts";

interface Wrapped {
  readonly epoch: number;
  readonly bytes: Buffer;
}

export interface Folder {
  readonly path: string;
  /** The value in the engine, without its version field. */
  raw(key: Buffer): Buffer;
  /** The first entry whose key begins so. */
  first(prefix: Buffer): { readonly key: Buffer; readonly value: Buffer };
  /** A sealed record, opened. */
  get(space: string, ...parts: readonly KeyPart[]): unknown;
  opened(space: string, key: Buffer, value: Buffer): unknown;
  /** A secret that stands in a record's member `wrapped`. */
  secret(purpose: string, space: string, ...parts: readonly KeyPart[]): Buffer;
  close(): Promise<void>;
}

const VERSION_FIELD_BYTES = 8;

export function openFolder(path: string, rootKeyFile: string): Folder {
  const rootKeys = readRootKeys(rootKeyFile);
  const environment = open({ path: `${path}/kv`, readOnly: true, keyEncoding: "binary" });
  const entries = environment.openDB<Buffer, Buffer>("entries", {
    encoding: "binary",
    keyEncoding: "binary",
  });
  const raw = (key: Buffer) => {
    const value = entries.getBinary(key);
    if (value === undefined) throw new Error(`no entry ${key.toString("latin1")}`);
    return value.subarray(VERSION_FIELD_BYTES);
  };
  const under = (prefix: Buffer) =>
    [...entries.getRange({ start: prefix, end: Buffer.concat([prefix, Buffer.of(0xff)]) })].map(
      ({ key, value }) => ({ key, value: value.subarray(VERSION_FIELD_BYTES) }),
    );

  const { id } = decode(raw(keyOf("deployment"))) as { id: string };
  const storeKeys = new Map<number, Buffer>();
  for (const { value } of under(keyOf("store-key"))) {
    const record = decode(value) as { epoch: number; rootVersion: string; wrapped: Buffer };
    const { epoch, rootVersion, wrapped } = record;
    const binding = fields(["store-key", id, epoch]);
    const rootKey = present(rootKeys.get(rootVersion));
    storeKeys.set(epoch, openBox(rootKey, "root-wrap", ["file", rootVersion, binding], wrapped));
  }
  const unwrap = (purpose: string, space: string, key: Buffer, { epoch, bytes }: Wrapped) =>
    openBox(present(storeKeys.get(epoch)), purpose, [space, key, "wrapped"], bytes);
  const recordRootKeys = new Map<number, Buffer>();
  for (const { key, value } of under(keyOf("record-root-key"))) {
    const record = decode(value) as { id: number; wrapped: Wrapped };
    const rootKey = unwrap("record-root-key", "record-root-key", key, record.wrapped);
    recordRootKeys.set(record.id, rootKey);
  }
  const opened = (space: string, key: Buffer, value: Buffer) =>
    decode(openRecord(recordRootKeys, space, key, value));
  const get = (space: string, ...parts: readonly KeyPart[]) => {
    const key = keyOf(space, ...parts);
    return opened(space, key, raw(key));
  };
  return {
    path,
    raw,
    first: (prefix) => present(under(prefix)[0]),
    get,
    opened,
    secret: (purpose, space, ...parts) => {
      const { wrapped } = get(space, ...parts) as { wrapped: Wrapped };
      return unwrap(purpose, space, keyOf(space, ...parts), wrapped);
    },
    close: () => environment.close(),
  };
}

function readRootKeys(file: string): ReadonlyMap<string, Buffer> {
  const lines = readFileSync(file, "latin1").split("\n");
  const versions = lines.filter((line) => line.startsWith("version "));
  return new Map(
    versions.map((line) => {
      const [, name = "", hex = ""] = line.split(" ");
      return [name, Buffer.from(hex, "hex")] as const;
    }),
  );
}

function openRecord(
  rootKeys: ReadonlyMap<number, Buffer>,
  space: string,
  key: Buffer,
  value: Buffer,
): Buffer {
  if (value[0] !== 1) throw new Error("a sealed record of another format");
  const rootKey = present(rootKeys.get(value.readUInt32BE(1)));
  const sessionKey = hkdf(rootKey, value.subarray(5, 21), "strongroom/record/1", 32);
  const nonce = Buffer.concat([Buffer.alloc(4), value.subarray(21, 29)]);
  return gcm(sessionKey, nonce, value.subarray(29), fields([space, key]));
}

function decode(record: Buffer): unknown {
  if (record[0] !== 1) throw new Error("a record of another version");
  return unpack(record.subarray(1));
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("what the pages promise is not there");
  return value;
}
