/**
 * Run as a child: `half-batch-child.ts FOLDER`. Commits `a`, and a value that can't be written: it
 * stands for a bug of ours that shows itself in the middle of writing a batch.
 */
import { openPeer } from "./lmdb-store.ts";
import { bytes, NO_CHANGE, pair } from "./store.ts";

class Unwritable extends Uint8Array<ArrayBuffer> {
  override get buffer(): ArrayBuffer {
    throw new Error("a bug");
  }
}

const kv = await openPeer(JSON.stringify({ directory: process.argv[2] }));
const unwritable = { key: bytes("b"), value: new Unwritable(new ArrayBuffer(8)) };
const settled = await kv
  .commit({ ...NO_CHANGE, puts: [pair("a", "half"), unwritable] })
  .then(() => "committed", String);
process.stdout.write(settled);
await kv.close();
