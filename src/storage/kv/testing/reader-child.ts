/** Run as a child: `reader-child.ts FOLDER`. Opens a snapshot and keeps it, until it is killed. */
import { open } from "lmdb";
import { BYTES } from "../lmdb/lmdb-js.ts";

const path = process.argv[2] ?? "";
const root = open({ ...BYTES, path, maxDbs: 4, overlappingSync: false });
root.useReadTransaction();
root.getBinary(Buffer.from("versions"));
process.stdout.write("holding\n");
setInterval(() => {}, 1000);
