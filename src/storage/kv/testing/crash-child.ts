/**
 * Run as a child: `crash-child.ts FOLDER ROUND`. Commits as fast as it can and says on its output,
 * a line each, what has been acknowledged, until it is killed.
 */
import { writeSync } from "node:fs";
import { openPeer } from "./lmdb-store.ts";
import { bytes, NO_CHANGE, pair, together } from "./store.ts";

const CALLERS = 64;
const FILLER = "x".repeat(500);

const [folder = "", round = ""] = process.argv.slice(2);
const kv = await openPeer(JSON.stringify({ directory: folder }));

await together(CALLERS, async (caller) => {
  for (let count = 0; ; count++) {
    const id = `${round}/${caller}/${count}`;
    const version = await kv.commit({
      ...NO_CHANGE,
      checks: [{ key: bytes(`one/${id}`), version: 0n }],
      puts: [pair(`one/${id}`, FILLER), pair(`two/${id}`, FILLER)],
      adds: [{ key: bytes("count"), delta: 1n }],
    });
    // Synchronous: the line is with the parent before anything else happens here.
    writeSync(1, `${id} ${version}\n`);
  }
});
