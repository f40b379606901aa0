import { readdirSync, readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import matter from "gray-matter";
import { AgentFrontmatter } from "#common/manifest/agent-schema.ts";
import { BottleFrontmatter } from "#common/manifest/bottle-schema.ts";
import { resolveBottles } from "#common/manifest/inherit.ts";
import type { HomePaths } from "../../../main/platform/home.ts";

/** What one writes first: file after file, gray-matter, the same schemas; parents resolved. No positions, nothing hostile refused. */
export async function loadNaively(home: HomePaths): Promise<number> {
  const bottles = new Map<string, BottleFrontmatter>();
  for (const name of await readdir(home.bottles))
    bottles.set(...parsed(name, await readFile(join(home.bottles, name), "utf8"), BottleFrontmatter));
  const agents = new Map<string, AgentFrontmatter>();
  for (const name of await readdir(home.agents))
    agents.set(...parsed(name, await readFile(join(home.agents, name), "utf8"), AgentFrontmatter));
  return countUsable(bottles, agents);
}

/** The same with files read synchronously: a lower bound for any loader that reads them one after the other. */
export function loadNaivelyInOneTurn(home: HomePaths): number {
  const bottles = new Map<string, BottleFrontmatter>();
  for (const name of readdirSync(home.bottles))
    bottles.set(...parsed(name, readFileSync(join(home.bottles, name), "utf8"), BottleFrontmatter));
  const agents = new Map<string, AgentFrontmatter>();
  for (const name of readdirSync(home.agents)) agents.set(...parsed(name, readFileSync(join(home.agents, name), "utf8"), AgentFrontmatter));
  return countUsable(bottles, agents);
}

function parsed<T>(fileName: string, text: string, schema: { parse(value: unknown): T }): [string, T] {
  // With options of its own gray-matter does not answer from its cache.
  return [fileName.slice(0, -".md".length), schema.parse(matter(text, {}).data)];
}

function countUsable(bottles: ReadonlyMap<string, BottleFrontmatter>, agents: ReadonlyMap<string, AgentFrontmatter>): number {
  const resolved = resolveBottles(bottles, new Set());
  return [...agents.values()].filter(({ bottle }) => resolved.get(bottle)?.ok === true).length;
}
