import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FollowedWorkspaces } from "../../../../main/manifests/followed-workspaces.ts";
import { ManifestLoader } from "../../../../main/manifests/load-manifests.ts";
import { watchManifests } from "../../../../main/manifests/watch-manifests.ts";
import type { HomePaths } from "../../../../main/platform/home.ts";
import { homePaths } from "../../../../main/platform/home.ts";

let folder: string;
let home: HomePaths;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "watch-"));
  home = homePaths({ BOT_BOTTLE_HOME: join(folder, "home") });
  await mkdir(home.bottles, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Far more than the second it takes: the machine may be busy with other tests. */
const settle = (check: () => void) => vi.waitFor(check, { timeout: 15_000, interval: 10 });

function start(onChange = vi.fn(async () => undefined)) {
  const errors: unknown[] = [];
  const workspaces = new FollowedWorkspaces();
  const watcher = watchManifests({ home, workspaces, onChange, onError: (error) => errors.push(error) });
  return { watcher, onChange, errors, workspaces };
}

test("reports a saved file, also one saved by renaming (MAN-9)", async () => {
  const { watcher, onChange } = start();
  await using _watcher = watcher;
  await writeFile(join(home.bottles, "a.md"), "one");
  await settle(() => expect(onChange).toHaveBeenCalled());
  onChange.mockClear();
  await writeFile(join(home.bottles, ".a.tmp"), "two");
  await rename(join(home.bottles, ".a.tmp"), join(home.bottles, "a.md"));
  await settle(() => expect(onChange).toHaveBeenCalled());
});

test("sees folders that come, go and come again", async () => {
  const { watcher, onChange, errors } = start();
  await using _watcher = watcher;
  await mkdir(home.agents);
  await settle(() => expect(onChange).toHaveBeenCalled());
  await rm(home.bottles, { recursive: true });
  await mkdir(home.bottles);
  onChange.mockClear();
  await writeFile(join(home.agents, "a.md"), "");
  await settle(() => expect(onChange).toHaveBeenCalled());
  onChange.mockClear();
  await writeFile(join(home.bottles, "b.md"), "");
  await settle(() => expect(onChange).toHaveBeenCalled());
  expect(errors).toEqual([]);
});

test("sees agents appear in a workspace that had none", async () => {
  const workspace = join(folder, "work");
  await mkdir(workspace);
  const { watcher, onChange, workspaces } = start();
  workspaces.follow(workspace);
  await using _watcher = watcher;
  await mkdir(join(workspace, ".bot-bottle", "agents"), { recursive: true });
  await settle(() => expect(onChange).toHaveBeenCalled());
  onChange.mockClear();
  await writeFile(join(workspace, ".bot-bottle", "agents", "a.md"), "");
  await settle(() => expect(onChange).toHaveBeenCalled());
});

test("many events become few calls, never two at a time, and the last event is not lost", async () => {
  let running = 0;
  let most = 0;
  let release = () => undefined as void;
  const onChange = vi.fn(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise<void>((resolve) => {
      release = () => {
        running -= 1;
        resolve();
      };
    });
    return undefined;
  });
  const { watcher } = start(onChange);
  await writeFile(join(home.bottles, "a.md"), "0");
  await settle(() => expect(onChange).toHaveBeenCalledTimes(1));
  for (let index = 0; index < 50; index += 1) await writeFile(join(home.bottles, "a.md"), String(index));
  release();
  await settle(() => expect(onChange).toHaveBeenCalledTimes(2));
  release();
  expect(most).toBe(1);
  await watcher[Symbol.asyncDispose]();
});

test("is silent after it was disposed", async () => {
  const { watcher, onChange } = start();
  await watcher[Symbol.asyncDispose]();
  await writeFile(join(home.bottles, "a.md"), "");
  await using other = watchManifests({
    home,
    workspaces: new FollowedWorkspaces(),
    onChange: async () => undefined,
    onError: () => undefined,
  });
  expect(onChange).not.toHaveBeenCalled();
  expect(other).toBeDefined();
});

describe("what the panel shows follows the files, also those of a project (MAN-9)", () => {
  const shell = "---\nagent_provider: { template: shell }\n---\n";
  const agent = (bottle: string) => `---\nbottle: ${bottle}\n---\n`;

  /** The names that can be used and the first problem, as last loaded; loaded anew only when the watcher says so. */
  async function follow(workspace: string | null) {
    const loader = new ManifestLoader(home);
    let shown: { names: string[]; problem: string | undefined } = { names: [], problem: undefined };
    const load = async () => {
      const { agents, bottles, errors } = await loader.load({ workspace, providers: ["shell"] });
      shown = { names: [...bottles, ...agents].map(({ name }) => name), problem: errors[0]?.message };
      return undefined;
    };
    const { watcher, workspaces } = start(vi.fn(load));
    workspaces.follow(workspace);
    await load();
    return {
      watcher,
      shows: (names: string[], problem?: string) => settle(() => expect(shown).toEqual({ names, problem })),
      settleProblem: (pattern: RegExp) => settle(() => expect(shown.problem).toMatch(pattern)),
    };
  }

  test("added, edited, broken, put right, renamed, saved by renaming, deleted", async () => {
    await writeFile(join(home.bottles, "b.md"), shell);
    await mkdir(home.agents);
    const { watcher, shows, settleProblem } = await follow(null);
    await using _watcher = watcher;
    const file = join(home.agents, "a.md");
    await writeFile(file, agent("b"));
    await shows(["b", "a"]);
    await writeFile(file, agent("none"));
    await shows(["b"], 'names the bottle "none", which is not defined; defined bottles: b');
    await writeFile(file, "---\nbottle: [\n---\n");
    await settleProblem(/^the YAML is not valid/);
    await writeFile(join(home.agents, ".a.swp"), agent("b"));
    await rename(join(home.agents, ".a.swp"), file);
    await shows(["b", "a"]);
    await rename(file, join(home.agents, "c.md"));
    await shows(["b", "c"]);
    await rm(join(home.bottles, "b.md"));
    await shows([], 'names the bottle "b", which is not defined; defined bottles: none');
  });

  test("agents of a project, whose folder comes and goes", async () => {
    await writeFile(join(home.bottles, "b.md"), shell);
    const workspace = join(folder, "work");
    const agents = join(workspace, ".bot-bottle", "agents");
    await mkdir(workspace);
    const { watcher, shows } = await follow(workspace);
    await using _watcher = watcher;
    await mkdir(agents, { recursive: true });
    await writeFile(join(agents, "w.md"), agent("b"));
    await shows(["b", "w"]);
    await writeFile(join(agents, "w.md"), "---\n---\n");
    await shows(["b"], "bottle is required");
    await rm(workspace, { recursive: true });
    await shows(["b"]);
    await mkdir(agents, { recursive: true });
    await writeFile(join(agents, "again.md"), agent("b"));
    await shows(["b", "again"]);
  });

  test("a file that a link leads to, and the home itself", async () => {
    await writeFile(join(folder, "dotfile.md"), shell);
    await symlink(join(folder, "dotfile.md"), join(home.bottles, "linked.md"));
    const { watcher, shows } = await follow(null);
    await using _watcher = watcher;
    await shows(["linked"]);
    await writeFile(join(folder, "dotfile.md"), "---\nsupervise: 1\n---\n");
    await shows([], "supervise must be true or false, not a number");
    await writeFile(join(folder, "other.md"), shell);
    await rm(join(home.bottles, "linked.md"));
    await symlink(join(folder, "other.md"), join(home.bottles, "linked.md"));
    await shows(["linked"]);
    await writeFile(join(folder, "other.md"), "");
    await shows([], "a manifest starts with frontmatter: the first line must be ---");
    await rename(home.root, join(folder, "away"));
    await shows([]);
    await mkdir(home.bottles, { recursive: true });
    await writeFile(join(home.bottles, "new.md"), shell);
    await shows(["new"]);
  });
});
