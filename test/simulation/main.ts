/** `npm run simulate -- [SEEDS [FIRST]]`: crashes of many seeds; a failure names its seed. */
import { simulate } from "./run.ts";

const [seeds = "500", first = "1"] = process.argv.slice(2);
let acknowledged = 0;
for (let seed = Number(first); seed < Number(first) + Number(seeds); seed += 1) {
  try {
    acknowledged += (await simulate(seed)).acknowledged;
  } catch (error) {
    process.stderr.write(`seed ${seed}: npm run simulate -- 1 ${seed}\n`);
    throw error;
  }
}
process.stdout.write(`${seeds} crashes, ${acknowledged} acknowledged writes, none lost\n`);
process.exit(0);
