import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { OutsideWorld } from "../outside-world/outside-world.ts";
import { startOutsideWorld } from "../outside-world/outside-world.ts";
import type { TestCertificates } from "../outside-world/test-ca.ts";
import { makeTestCertificates } from "../outside-world/test-ca.ts";
import type { CliResult } from "./cli.ts";
import { cliJson, runCli } from "./cli.ts";

/** A home of its own with the given manifests and a test authority that egress trusts. */
export interface TestHome extends AsyncDisposable {
  readonly path: string;
  readonly certificates: TestCertificates;
  readonly env: Readonly<Record<string, string>>;
}

/** A running bottle with its own outside world, driven by the command line as an operator would. */
export interface BottleUnderTest extends AsyncDisposable {
  readonly slug: string;
  readonly home: TestHome;
  readonly world: OutsideWorld;
  /** Runs a shell script inside as the agent's user. */
  sh(script: string): Promise<CliResult>;
  cli(...args: string[]): Promise<CliResult>;
}

export interface Manifests {
  readonly bottles: Readonly<Record<string, string>>;
  readonly agents: Readonly<Record<string, string>>;
}

export async function makeTestHome(
  manifests: Manifests,
  hosts: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<TestHome> {
  const path = await mkdtemp(join(tmpdir(), "bot-bottle-home-"));
  for (const folder of ["bottles", "agents"] as const) {
    await mkdir(join(path, folder), { mode: 0o700 });
    for (const [name, text] of Object.entries(manifests[folder])) await writeFile(join(path, folder, `${name}.md`), text, { mode: 0o600 });
  }
  const certificates = await makeTestCertificates(hosts);
  await writeFile(join(path, "world-ca.pem"), certificates.authority);
  return {
    path,
    certificates,
    env: { BOT_BOTTLE_HOME: path, BOT_BOTTLE_EXTRA_CA: join(path, "world-ca.pem"), ...env },
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

export async function startBottle(
  home: TestHome,
  agent: string,
  hosts: readonly string[],
  options: readonly string[] = [],
): Promise<BottleUnderTest> {
  const { slug } = await cliJson(
    z.looseObject({ slug: z.string() }),
    ["start", agent, "--detach", "--yes", "--json", ...options],
    home.env,
  );
  const cli = (...args: string[]) => runCli(args, home.env);
  try {
    const world = await startOutsideWorld(slug, hosts, home.certificates);
    return {
      slug,
      home,
      world,
      cli,
      sh: (script) => cli("exec", slug, "--", "bash", "-c", script),
      [Symbol.asyncDispose]: async () => {
        await world[Symbol.asyncDispose]();
        const stopped = await cli("stop", slug);
        if (stopped.code !== 0) throw new Error(`stop ${slug}: ${stopped.stderr}`);
      },
    };
  } catch (error) {
    await cli("stop", slug);
    throw error;
  }
}
