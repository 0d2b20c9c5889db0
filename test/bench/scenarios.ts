/** What is measured, in order. Each scenario makes what it reads, so that any can run alone. */
import { Load, type Source } from "./load.ts";
import type { Program } from "./program.ts";
import { Signer, type Wanted } from "./requests.ts";
import {
  bodyOf,
  type BucketKey,
  getWanted,
  GIB,
  headWanted,
  KIB,
  kmsWanted,
  listWanted,
  MIB,
  putWanted,
} from "./wanted.ts";

export interface Scenario {
  readonly name: string;
  /** Undefined: as many as the run has. */
  readonly connections?: number;
  /** Made when the scenario begins, not the run: signatures age. */
  readonly source: () => Source | Promise<Source>;
  /** Of each request's body. */
  readonly bodyBytes?: number;
  /** So many requests of each connection, however long they take, and nothing before. */
  readonly requestsMax?: number;
  /** Needs so much of the disk. */
  readonly diskBytes?: number;
}

/** Names that reads, and writes over and over, are spread over. */
const NAMES = 2000;
const SIZES = { "4 KiB": 4 * KIB, "64 KiB": 64 * KIB } as const;

export function scenarios(program: Program, { huge }: { readonly huge: boolean }): Scenario[] {
  const sizes = Object.entries(SIZES).flatMap(([size, bytes]) =>
    (["on", "off"] as const).flatMap((bucketKey) => small(program, { size, bytes, bucketKey })),
  );
  return [
    ...sizes,
    ...shapes(program),
    ...keyService(program),
    ...streams(program, { size: "64 MiB", bytes: 64 * MIB }),
    ...(huge ? streams(program, { size: "5 GiB", bytes: 5 * GIB }).map(once) : []),
  ];
}

interface Size {
  readonly size: string;
  readonly bytes: number;
}

function small(
  program: Program,
  { size, bytes, bucketKey }: Size & { readonly bucketKey: BucketKey },
): Scenario[] {
  const folder = `${bytes}-${bucketKey}`;
  const body = bodyOf(bytes);
  const put = (count: number) =>
    putWanted(`${folder}/${count}`, body, { keyArn: program.keyArn, bucketKey });
  return [
    {
      name: `PUT ${size}, bucket key ${bucketKey}`,
      source: () => eachSigned(program, put),
      bodyBytes: bytes,
    },
    {
      name: `GET ${size}, bucket key ${bucketKey}`,
      source: async () => {
        await send(program, put, NAMES);
        return cycled(program, (count) => getWanted(`${folder}/${count}`));
      },
    },
  ];
}

function shapes(program: Program): Scenario[] {
  const bytes = SIZES["4 KiB"];
  const body = bodyOf(bytes);
  const kms = { keyArn: program.keyArn, bucketKey: "on" } as const;
  const put = (count: number) => putWanted(`shapes/${count}`, body, kms);
  const onNames = (wanted: (count: number) => Wanted, names?: number) => async () => {
    await send(program, put, NAMES);
    return cycled(program, wanted, names);
  };
  return [
    {
      name: "PUT 4 KiB over what is there",
      source: onNames(put),
      bodyBytes: bytes,
    },
    {
      name: "64 PUTs of one key",
      connections: 64,
      source: () => cycled(program, () => putWanted("one", body, kms), 1),
      bodyBytes: bytes,
    },
    {
      name: "PUT 4 KiB, one connection",
      connections: 1,
      source: () => eachSigned(program, (count) => putWanted(`alone/${count}`, body, kms)),
      bodyBytes: bytes,
    },
    {
      name: "GET 4 KiB, one connection",
      connections: 1,
      source: onNames((count) => getWanted(`shapes/${count}`)),
    },
    {
      name: "HeadObject",
      source: onNames((count) => headWanted(`shapes/${count}`)),
    },
    {
      name: "ListObjectsV2 of 1000",
      source: onNames(() => listWanted("shapes/"), 1),
    },
  ];
}

function keyService(program: Program): Scenario[] {
  const EncryptionContext = { purpose: "bench" };
  const asked = { KeyId: program.keyArn, KeySpec: "AES_256", EncryptionContext };
  return [
    {
      name: "GenerateDataKey",
      source: () => cycled(program, () => kmsWanted("GenerateDataKey", asked), 1),
    },
    {
      name: "Decrypt",
      source: async () => {
        const { CiphertextBlob } = await program.kms("GenerateDataKey", asked);
        const input = { CiphertextBlob, EncryptionContext };
        return cycled(program, () => kmsWanted("Decrypt", input), 1);
      },
    },
  ];
}

/** One stream, over the same name again and again. */
function streams(program: Program, { size, bytes }: Size): Scenario[] {
  const kms = { keyArn: program.keyArn, bucketKey: "on" } as const;
  const put = () => putWanted(`stream-${bytes}`, bodyOf(bytes), kms);
  return [
    {
      name: `PUT ${size}, one stream`,
      connections: 1,
      source: () => cycled(program, put, 1),
      bodyBytes: bytes,
      diskBytes: bytes * 2,
    },
    {
      name: `GET ${size}, one stream`,
      connections: 1,
      source: async () => {
        await send(program, put, 1);
        return cycled(program, () => getWanted(`stream-${bytes}`), 1);
      },
      diskBytes: bytes * 2,
    },
  ];
}

function once(scenario: Scenario): Scenario {
  return { ...scenario, requestsMax: 1 };
}

/** A signature of its own for each request, made as it is sent. */
function eachSigned(program: Program, wanted: (count: number) => Wanted): Source {
  const signer = new Signer(program.target);
  let count = 0;
  return () => signer.sign(wanted(count++));
}

/** The same requests over and over, each signed once. */
function cycled(program: Program, wanted: (count: number) => Wanted, names = NAMES): Source {
  const signer = new Signer(program.target);
  const prepared = Array.from({ length: names }, (_, count) => signer.sign(wanted(count)));
  let count = 0;
  return () => {
    const next = prepared[count % names];
    count += 1;
    if (!next) throw new Error("there is something to send");
    return next;
  };
}

/** Sends the first requests, once each. Throws when one is refused. */
async function send(program: Program, wanted: (count: number) => Wanted, names: number) {
  const connections = Math.min(names, 40);
  const source = eachSigned(program, wanted);
  using load = await Load.open({ url: program.target.url, connections, source });
  const { failures, firstFailure } = await load.run(600, names / connections);
  if (failures > 0) throw new Error(`what is to be read could not be written: ${firstFailure}`);
}
