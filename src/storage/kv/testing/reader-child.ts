/** Run as a child: `reader-child.ts FOLDER`. Opens a snapshot and stops in the middle of reading. */
import { writeSync } from "node:fs";
import { open } from "lmdb";
import { BYTES } from "../lmdb/lmdb-js.ts";

const path = process.argv[2] ?? "";
const root = open({ ...BYTES, path, maxDbs: 4, overlappingSync: false });
root.getBinary(Buffer.from("versions"));
writeSync(1, "holding\n");
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
