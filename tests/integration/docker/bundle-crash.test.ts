import { mkdtemp, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createDockerBackend } from "../../../main/backends/docker/docker-backend.ts";
import { openEvents } from "../../../main/backends/docker/engine/event-stream.ts";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import { runInGuest } from "../../support/docker/run-in-guest.ts";

const HOSTS = ["open.world.test", "credited.world.test"];
const BOTTLE = `---
agent_provider:
  template: shell
supervise: true
egress:
  routes:
    - host: open.world.test
    - host: credited.world.test
      auth: { scheme: Bearer, token_ref: WORLD_TOKEN }
---
`;
/** The sidecars' program, and not the engine's helper that has it among its arguments. */
const KILL_INIT =
  'cd /proc && for pid in [0-9]*; do case "$(tr "\\0" " " < $pid/cmdline)" in "node "*init.cjs*) kill -KILL $pid;; esac; done';

describe("a bundle that crashes (SID-1, SID-4)", () => {
  const docker = new Docker();
  let home: TestHome;
  let bottle: BottleUnderTest;
  let cacheDir: string;
  const status = async (host: string, options = "") => {
    // Past the command line, which would give the bundle its credentials again.
    const backend = createDockerBackend({ env: process.env, homeDir: homedir(), cacheDir });
    return (await runInGuest(backend, bottle.slug, `curl -s -o /dev/null -w '%{http_code}' ${options} https://${host}/`)).stdout;
  };

  beforeAll(async () => {
    cacheDir = await mkdtemp(join(tmpdir(), "bot-bottle-crash-"));
    const manifests = { bottles: { crash: BOTTLE }, agents: { crash: "---\nbottle: crash\n---\n" } };
    home = await makeTestHome(manifests, HOSTS, { WORLD_TOKEN: "given-by-the-client" });
    bottle = await startBottle(home, "crash", HOSTS);
  });
  afterAll(async () => {
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
    await rm(cacheDir, { recursive: true, force: true });
  });

  it("comes back by itself while the agent keeps running", async () => {
    expect([await status("open.world.test"), await status("credited.world.test")]).toEqual(["200", "200"]);
    const agent = docker.getContainer(`bot-bottle-${bottle.slug}`);
    const before = (await agent.inspect()).State;
    await crash(docker, `bot-bottle-${bottle.slug}-sidecars`);
    expect(await status("open.world.test", "--retry 8 --retry-all-errors")).toBe("200");
    expect((await agent.inspect()).State).toMatchObject({ Running: true, Pid: before.Pid, StartedAt: before.StartedAt });
  });

  it("holds no credential then, and says so instead of sending a request without it (SID-4)", async () => {
    expect(await status("credited.world.test")).toBe("503");
    const sent = (await bottle.world.requests()).filter(({ host }) => host.startsWith("credited."));
    expect(sent).toHaveLength(1);
  });

  it("has it again once a client that can give it connects (SID-4)", async () => {
    expect((await bottle.cli("proposals", "list", "--json")).code).toBe(0);
    expect(await status("credited.world.test")).toBe("200");
  });
});

/** Ends the bundle's program as a fault of its own would, and waits until the engine has started it again. */
async function crash(docker: Docker, name: string): Promise<void> {
  const listening = new AbortController();
  try {
    const events = await openEvents(docker, { container: [name], event: ["start"] }, listening.signal);
    const exec = await docker.getContainer(name).exec({ Cmd: ["sh", "-c", KILL_INIT], AttachStdout: true, AttachStderr: true });
    await text((await exec.start({})) as Readable);
    for await (const { Action } of events) if (Action === "start") return;
  } finally {
    listening.abort();
  }
}
