// `npm run bench -- NAME [--json]`: NAME is a folder here whose bench.ts exports `run`.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

interface Benchmark {
  run(): Promise<Record<string, number>>;
}

const names = readdirSync(import.meta.dirname).filter((name) => existsSync(join(import.meta.dirname, name, "bench.ts")));
const name = process.argv.slice(2).find((argument) => !argument.startsWith("--"));
if (name === undefined || !names.includes(name)) {
  console.error(`Say which benchmark: ${names.join(", ")}`);
  process.exit(2);
}
const { run } = (await import(pathToFileURL(join(import.meta.dirname, name, "bench.ts")).href)) as Benchmark;
const results = Object.entries(await run()).map(([key, value]) => [key, Number(value.toPrecision(4))] as const);
if (process.argv.includes("--json")) console.log(JSON.stringify(Object.fromEntries(results)));
else for (const [key, value] of results) console.log(`${key.padEnd(24)} ${value}`);
// Children that a benchmark left behind must not keep it from ending.
process.exit(0);
