import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { loadManifests, ManifestLoader } from "../../../main/manifests/load-manifests.ts";
import type { HomePaths } from "../../../main/platform/home.ts";
import { loadNaively, loadNaivelyInOneTurn } from "./naive-load.ts";
import { AGENTS, makeHome } from "./thousand-agents.ts";

const ROUNDS = 15;
const WARM_UP = 3;
const SETTLED_MS = 2100;
const SOURCES = { workspace: null, providers: ["shell", "claude"] };

type Load = (home: HomePaths) => Promise<number> | number;

/** A loader that has nothing in memory yet, as at the start of the panel. */
const loadCold: Load = async (home) => (await loadManifests({ home, ...SOURCES })).agents.length;

/**
 * Thousand agents, read and validated: ours against what one writes first. The loads of a round follow one another, so that
 * what else the machine does meets all of them; a round's ratio counts, and of the ratios the median.
 */
export async function run(): Promise<Record<string, number>> {
  await using stack = new AsyncDisposableStack();
  const home = await makeHome(stack);
  const ratios: { naive: number; inOneTurn: number }[] = [];
  for (let round = -WARM_UP; round < ROUNDS; round += 1) {
    const naive = await time(loadNaively, home);
    const ours = await time(loadCold, home);
    const inOneTurn = await time(loadNaivelyInOneTurn, home);
    if (round >= 0) ratios.push({ naive: ours / naive, inOneTurn: ours / inOneTurn });
  }
  return {
    loadVsNaive: median(ratios.map(({ naive }) => naive)),
    loadVsNaiveSync: median(ratios.map(({ inOneTurn }) => inOneTurn)),
    ...(await reload(home)),
  };
}

/** What the panel does after one of the files was saved, against reading all of them naively again. */
async function reload(home: HomePaths): Promise<Record<string, number>> {
  const loader = new ManifestLoader(home);
  const load: Load = async () => (await loader.load(SOURCES)).agents.length;
  // Files younger than the grain of time stamps are read again; a home does not consist of such.
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  await load(home);
  const ratios: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await appendFile(join(home.agents, `agent-${round}.md`), "More.\n");
    const naive = await time(loadNaively, home);
    ratios.push((await time(load, home)) / naive);
  }
  return { reloadVsNaive: median(ratios) };
}

async function time(load: Load, home: HomePaths): Promise<number> {
  const start = performance.now();
  const agents = await load(home);
  const duration = performance.now() - start;
  if (agents !== AGENTS) throw new Error(`loaded ${agents} agents`);
  return duration;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
