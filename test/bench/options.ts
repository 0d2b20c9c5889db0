/** What `npm run bench -- …` is asked for. */
import { parseArgs } from "node:util";

export interface BenchOptions {
  /** How long each scenario is measured, and how long it runs before. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  readonly connections: number;
  readonly workers: number;
  /** 5 GiB in one stream, both ways. */
  readonly huge: boolean;
  readonly full: boolean;
  /** Objects that --full fills the database with. */
  readonly objects: number;
  /** Of each of them, for --full. */
  readonly objectBytes: number;
  /** How long --full keeps its load up. */
  readonly minutes: number;
  /** Only scenarios whose name contains one of these. */
  readonly only: readonly string[];
  readonly json: string | undefined;
  /** A folder for the worker's CPU profile. */
  readonly profile: string | undefined;
  /** The folder under which the temporary data folder is made: a real disk. */
  readonly under: string;
}

export const USAGE = `npm run bench -- [--quick | --full] [options]
  --quick            about a minute: short measurements, no 5 GiB
  --full             10 million objects, ten minutes, one worker stopped for 60 s
  --objects N        how many objects --full fills in (default 10000000)
  --object-bytes N   their size, 1 to 4096 (default 256; writes under load are of 4 KiB)
  --minutes N        how long --full keeps its load up (default 10)
  --seconds N        length of each measurement (default 8; 2 with --quick)
  --warm-up N         seconds before each measurement (default 4; 1 with --quick)
  --connections N    requests under way at once (default 64)
  --workers N        workers of the program (default 1)
  --only TEXT        scenarios whose name contains TEXT; may be repeated
  --no-huge          without the 5 GiB streams
  --json FILE        also writes the result there
  --profile DIR      writes the worker's CPU profile into DIR
  --under DIR        makes its data folder under DIR (default /var/tmp: a disk, not a tmpfs)
`;

/** Throws an error with a sentence for what it does not know. */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    allowNegative: true,
    options: {
      quick: { type: "boolean", default: false },
      full: { type: "boolean", default: false },
      huge: { type: "boolean" },
      objects: { type: "string", default: "10000000" },
      "object-bytes": { type: "string", default: "256" },
      minutes: { type: "string", default: "10" },
      seconds: { type: "string" },
      "warm-up": { type: "string" },
      connections: { type: "string", default: "64" },
      workers: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "string" },
      profile: { type: "string" },
      under: { type: "string", default: "/var/tmp" },
    },
  });
  const seconds = whole("--seconds", values.seconds ?? (values.quick ? "2" : "8"));
  return {
    seconds,
    warmUpSeconds: whole("--warm-up", values["warm-up"] ?? (values.quick ? "1" : "4")),
    connections: whole("--connections", values.connections),
    // A stopped worker is only interesting beside one that goes on.
    workers: whole("--workers", values.workers ?? (values.full ? "2" : "1")),
    huge: values.huge ?? !values.quick,
    full: values.full,
    objects: whole("--objects", values.objects),
    objectBytes: atMost(4096, "--object-bytes", values["object-bytes"]),
    minutes: whole("--minutes", values.minutes),
    only: values.only,
    json: values.json,
    profile: values.profile,
    under: values.under,
  };
}

function whole(flag: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${flag} takes a whole number`);
  return value;
}

function atMost(limit: number, flag: string, text: string): number {
  const value = whole(flag, text);
  if (value > limit) throw new Error(`${flag} is at most ${limit}`);
  return value;
}
