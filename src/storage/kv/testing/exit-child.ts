/**
 * Run as a child: `exit-child.ts FOLDER asking|idle`. Exits with 7 in the ordinary way, either
 * while LMDB's thread holds the lock and waits to call back, or when a commit has been settled.
 */
import { openPeer } from "./lmdb-store.ts";
import { NO_CHANGE, pair } from "./store.ts";

const [directory, when = ""] = process.argv.slice(2);
const kv = await openPeer(JSON.stringify({ directory }));
const commit = kv.commit({ ...NO_CHANGE, puts: [pair("a", when)] });
if (when === "idle") {
  await commit;
  process.exit(7);
}
// lmdb-js hands over to its thread in this turn, just before; from then on this one is busy.
setImmediate(() => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  process.exit(7);
});
