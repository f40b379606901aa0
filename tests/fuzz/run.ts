// `npm run fuzz -- [--requests N] [--minutes N] [--seed N]`: mutated requests through egress until one of them shows something wrong.
import { parseArgs } from "node:util";
import { fuzzEgress } from "./egress/fuzz.ts";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "100000" }, minutes: { type: "string", default: "240" }, seed: { type: "string" } },
});
const seed = values.seed === undefined ? Date.now() % 2 ** 32 : Number(values.seed);
console.log(`seed ${seed}`);
process.on("uncaughtException", (error) => {
  console.error(`egress crashed; run it again with --seed ${seed}`, error);
  process.exit(1);
});
const begun = performance.now();
const { sent, forwarded, refused, wrongs } = await fuzzEgress({
  seed,
  requests: Number(values.requests),
  ms: Number(values.minutes) * 60_000,
});
console.log(`${sent} requests in ${Math.round((performance.now() - begun) / 1000)} s: ${forwarded} arrived, ${refused} were refused`);
for (const wrong of wrongs) console.error(wrong);
if (wrongs.length > 0) console.error(`run it again with --seed ${seed}`);
process.exit(wrongs.length === 0 ? 0 : 1);
