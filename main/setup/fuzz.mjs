// @ts-check
// `npm run fuzz -- --requests N [--seed N]`: what CI runs every night; a fresh machine is made ready first.
import { join } from "node:path";
import { pinnedNode, root } from "./checkout.mjs";
import { ensurePackages } from "./packages.mjs";
import { asProgram, run } from "./run.mjs";

await asProgram(async () => {
  await ensurePackages();
  return run(pinnedNode, [join(root, "tests/fuzz/run.ts"), ...process.argv.slice(2)]);
});
