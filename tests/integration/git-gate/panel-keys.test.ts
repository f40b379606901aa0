import Docker from "dockerode";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RepoStatus } from "#common/domain/git.ts";
import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import type { Application } from "../../../main/app/application.ts";
import { createApplication } from "../../../main/app/product.ts";
import type { TopicBus } from "../../../main/ipc/handlers.ts";
import type { BottleUnderTest, TestHome } from "../../support/bottle/bottle-under-test.ts";
import { makeTestHome, startBottle } from "../../support/bottle/bottle-under-test.ts";
import type { UpstreamContainer, UpstreamKeys } from "../../support/git-gate/upstream-container.ts";
import { makeUpstreamKeys, startUpstream } from "../../support/git-gate/upstream-container.ts";

const HOST = "git.world.test";
const HOSTS = ["allowed.world.test"];
const LIFETIME = "BOT_BOTTLE_GIT_KEY_LIFETIME_SECONDS";

function manifest({ clientKey, hostKey }: UpstreamKeys): string {
  const repo = `app: { url: "ssh://git@${HOST}/~/owner/app.git", identity: ${clientKey}, host_key: ${hostKey}, review: always }`;
  return `---\nagent_provider: { template: shell }\nsupervise: true\ngit-gate:\n  user: { name: Agent, email: agent@example.org }\n  repos:\n    ${repo}\n---\n`;
}

/** What an open panel does for a real gate: gives keys again, and takes the operator's decisions (SSH-4, GIT-6). */
describe("a panel beside a bottle with a repository", () => {
  let keys: UpstreamKeys;
  let home: TestHome;
  let bottle: BottleUnderTest;
  let upstream: UpstreamContainer;

  beforeAll(async () => {
    keys = await makeUpstreamKeys();
    home = await makeTestHome({ bottles: { demo: manifest(keys) }, agents: { demo: "---\nbottle: demo\n---\n" } }, HOSTS, {
      SUPERVISE_RESPONSE_TIMEOUT_SECONDS: "120",
    });
    bottle = await startBottle(home, "demo", HOSTS);
    upstream = await startUpstream(bottle.slug, HOST, keys, ["app"]);
  });
  afterAll(async () => {
    await upstream?.[Symbol.asyncDispose]();
    await bottle?.[Symbol.asyncDispose]();
    await home?.[Symbol.asyncDispose]();
    await keys?.[Symbol.asyncDispose]();
  });

  const panel = (env: Readonly<Record<string, string>> = {}) => createApplication({ env: { ...process.env, ...home.env, ...env } });
  const lsRemote = () => bottle.sh(`git ls-remote git@${HOST}:owner/app.git`);

  it("a push waits for the operator, and the agent's git gets the answer (GIT-6)", async () => {
    await using app = await panel();
    const held = told(app.bus, (topic, payload) => topic === "pushes" && (payload as TopicPayload<"pushes">)[0]?.status === "held");
    const pushing = bottle.sh(
      `git clone -q git@${HOST}:owner/app.git ~/app && cd ~/app && printf '#!/bin/sh\\n' > run.sh && chmod +x run.sh && git add . && git commit -q -m work && git push origin HEAD:main`,
    );
    await held;
    const [first] = await app.handlers["pushes.list"]({});
    if (first === undefined) throw new Error("no push");
    const view = await app.handlers["pushes.view"]({ id: first.push.id });
    expect(view.sentence).toBe(`Forwards 1 commit to refs/heads/main of app at ${HOST}:22.`);
    expect(view.warnings).toContain("Makes executable: run.sh.");
    expect(view.files).toMatchObject([{ path: "run.sh", change: "added", mode: "100755" }]);
    await app.handlers["pushes.forward"]({ id: first.push.id, digest: first.digest, note: "", allowedFindings: [] });
    const pushed = await pushing;
    expect(pushed.code, pushed.stderr).toBe(0);
    expect(await upstream.git("app", "log", "-1", "--format=%s", "main")).toBe("work");
  });

  it("gives the key again when the gate was restarted (SID-1, SSH-4)", async () => {
    await using app = await panel();
    await keyReady(app, bottle.slug);
    const again = told(app.bus, key("missing"), key("ready"));
    await app.handlers["sidecars.restart"]({ slug: bottle.slug, daemon: "git-gate" });
    await again;
    expect((await lsRemote()).code).toBe(0);
  });

  it("gives the key again when the whole bundle was restarted (SID-4, SSH-4)", async () => {
    await using app = await panel();
    await keyReady(app, bottle.slug);
    const again = told(app.bus, linkLost, key("ready"));
    await new Docker().getContainer(`bot-bottle-${bottle.slug}-sidecars`).restart({ t: 1 });
    await again;
    const fetched = await bottle.sh(`for i in $(seq 30); do git ls-remote git@${HOST}:owner/app.git && exit 0; sleep 1; done; exit 1`);
    expect(fetched.code, fetched.stderr).toBe(0);
  });

  it("gives the key again whenever its time is over (SSH-4)", async () => {
    await using app = await panel({ [LIFETIME]: "2" });
    await keyReady(app, bottle.slug);
    const again = told(app.bus, key("missing"), key("ready"), key("expired"), key("ready"));
    await app.handlers["sidecars.restart"]({ slug: bottle.slug, daemon: "git-gate" });
    await again;
  });
});

/** Whether this is what is waited for. */
type Step = <T extends TopicName>(topic: T, payload: TopicPayload<T>) => boolean;

const key =
  (state: RepoStatus["key"]): Step =>
  (topic, payload) =>
    topic === "git" && (payload as TopicPayload<"git">).repos[0]?.key === state;
const linkLost: Step = (topic, payload) => topic === "health" && (payload as TopicPayload<"health">).link === "lost";

/** Resolves once a window was told all this, in this order, whatever else it is told meanwhile. */
function told(bus: TopicBus, ...steps: readonly Step[]): Promise<void> {
  const left = [...steps];
  return new Promise((resolve) => {
    const listening = bus.subscribe((topic, payload) => {
      if (left[0]?.(topic, payload) === true) left.shift();
      if (left.length > 0) return;
      listening[Symbol.dispose]();
      resolve();
    });
  });
}

/** The panel may have told it before it was asked. */
async function keyReady(app: Application, slug: string): Promise<void> {
  const ready = told(app.bus, key("ready"));
  const { repos } = await app.handlers["git.get"]({ slug, limit: 1 });
  if (repos[0]?.key !== "ready") await ready;
}
