// @ts-check
// `npm run bench -- NAME [--json]`: runs tests/bench/NAME/bench.ts against a fresh build.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureBuilt } from "./build.mjs";
import { pinnedNode, root } from "./checkout.mjs";
import { ensureEngine } from "./engine.mjs";
import { ensurePackages } from "./packages.mjs";
import { asProgram, run, SetupError } from "./run.mjs";

const folder = join(root, "tests/bench");

await asProgram(async () => {
  const [name = "", ...rest] = process.argv.slice(2);
  const known = readdirSync(folder).filter((entry) => existsSync(join(folder, entry, "bench.ts")));
  if (!known.includes(name)) throw new SetupError(`say which benchmark: ${known.join(", ")}`);
  await ensurePackages();
  await Promise.all([ensureEngine(), ensureBuilt()]);
  return run(pinnedNode, [join(folder, "run.ts"), name, ...rest]);
});
