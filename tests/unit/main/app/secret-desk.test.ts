import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TopicName, TopicPayload } from "#common/ipc/contract.ts";
import { SecretsView } from "#common/ipc/secret-methods.ts";
import type { OperatorSecrets } from "../../../../main/app/operator-secrets.ts";
import { openOperatorSecrets } from "../../../../main/app/operator-secrets.ts";
import { SecretDesk } from "../../../../main/app/secret-desk.ts";
import type { SecretHandlers } from "../../../../main/app/secret-handlers.ts";
import { createSecretHandlers } from "../../../../main/app/secret-handlers.ts";
import { watchSecrets } from "../../../../main/app/secrets-watch.ts";
import { SshIdentities } from "../../../../main/git/ssh-identities.ts";
import type { AppHandlers, ShellHandlers } from "../../../../main/ipc/handlers.ts";
import { createRouter } from "../../../../main/ipc/router.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import { systemClock } from "../../../../main/platform/clock.ts";
import { silentLogger } from "../../../../main/platform/logger.ts";
import { Secret } from "../../../../main/platform/secret.ts";
import { availableTokens } from "../../../../main/secrets/token-refs.ts";
import { gateRepo, makePrivateKey } from "../../../support/git-samples.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { route, startDemo, testServices } from "../../../support/test-services.ts";

const CANARY = "canary-desk-0d7e";
const PASSPHRASE = "three blind mice ran";
const auth = { scheme: "Bearer", tokenRef: "GITHUB_TOKEN", inject: "always" } as const;

let world: TestServices;
let secrets: OperatorSecrets;
let desk: SecretDesk;
let handlers: SecretHandlers;
const told: { topic: TopicName; payload: unknown }[] = [];
const bus = createTopicBus();
bus.subscribe((topic, payload) => told.push({ topic, payload }));

/** Another process of the same home; `env` is what it was started with. */
function open(env: NodeJS.ProcessEnv = {}, role: "panel" | "cli" = "cli"): OperatorSecrets {
  return openOperatorSecrets({ home: world.home, env, clock: systemClock, role, keychain: null, askPassphrase: null });
}

/** As the product wires it: what a bottle is given comes from the store, then from the environment. */
function deskOf(own: OperatorSecrets): SecretDesk {
  const resolveSecrets = async (slug: string, refs: readonly string[]) => {
    const values = await availableTokens(refs, own.source);
    await own.uses.record([...values.keys()], slug);
    return Object.fromEntries([...values].map(([ref, secret]) => [ref, secret.reveal()]));
  };
  const identities = new SshIdentities({ userHome: world.home.root, resolveSecret: (ref) => own.source.resolve(ref) });
  const services = { ...world.services, deps: { ...world.services.deps, resolveSecrets, identities } };
  const loadManifests = async () => ({ bottles: [], agents: [], errors: [], warnings: [], files: [] });
  return new SecretDesk({ secrets: own, services, loadManifests, isHostLogin: (ref) => ref === "HOST_LOGIN" });
}

async function openWorld(gate?: Parameters<typeof testServices>[2]): Promise<void> {
  told.length = 0;
  world = await testServices([route("api.github.com", { auth }), route("docs.example.org")], {}, gate);
  world.secrets.set("GITHUB_TOKEN", "from-environment");
  secrets = open({ GITHUB_TOKEN: "from-environment" });
  desk = deskOf(secrets);
  handlers = createSecretHandlers(desk, secrets, bus);
}

const row = async (wanted: string) => (await desk.view()).rows.find(({ name }) => name === wanted);

beforeEach(() => openWorld());
afterEach(() => world[Symbol.asyncDispose]());

describe("a secret that is stored (ENV-2)", () => {
  it("replaces what running bottles hold, and nothing of those that do not name it", async () => {
    const slug = await startDemo(world);
    expect(world.backend.bundle(slug).secrets.get("GITHUB_TOKEN")).toBe("from-environment");
    await desk.create("passphrase", new Secret(PASSPHRASE));
    expect(await desk.set("GITHUB_TOKEN", new Secret(CANARY))).toEqual({ given: [slug], failed: [] });
    expect(world.backend.bundle(slug).secrets.get("GITHUB_TOKEN")).toBe(CANARY);
    expect(await desk.set("OTHER", new Secret("x"))).toEqual({ given: [], failed: [] });
    expect(world.backend.bundle(slug).secrets.has("OTHER")).toBe(false);
    await expect.poll(() => row("GITHUB_TOKEN"), { timeout: 20_000 }).toMatchObject({ source: "store", bottles: [slug], lastUsedBy: slug });
  });

  it("removed, gives way to the environment's; bottles hold what was removed no longer", async () => {
    const slug = await startDemo(world);
    await desk.create("passphrase", new Secret(PASSPHRASE));
    await desk.set("GITHUB_TOKEN", new Secret(CANARY));
    await desk.remove("GITHUB_TOKEN");
    expect(world.backend.bundle(slug).secrets.get("GITHUB_TOKEN")).toBe("from-environment");
    const bare = open();
    const without = deskOf(bare);
    await bare.store.unlock(new Secret(PASSPHRASE));
    await without.set("GITHUB_TOKEN", new Secret(CANARY));
    await without.remove("GITHUB_TOKEN");
    expect(world.backend.bundle(slug).secrets.has("GITHUB_TOKEN")).toBe(false);
  });

  it("whose bottle does not answer is stored all the same, and the bottle is named", async () => {
    const slug = await startDemo(world);
    await desk.create("passphrase", new Secret(PASSPHRASE));
    world.backend.bundle(slug).failing.set("set-secrets", "no");
    const { failed } = await desk.set("GITHUB_TOKEN", new Secret(CANARY));
    expect(failed.map((each) => each.slug)).toEqual([slug]);
    expect((await secrets.source.resolve("GITHUB_TOKEN"))?.reveal()).toBe(CANARY);
    expect(inspect(failed)).not.toContain(CANARY);
  });

  it("is given to every bottle that lacks it when the store opens, whatever another one answers", async () => {
    const [stuck, well] = [await startDemo(world), await startDemo(world)];
    secrets = open();
    desk = deskOf(secrets);
    handlers = createSecretHandlers(desk, secrets, bus);
    await desk.create("passphrase", new Secret(PASSPHRASE));
    await desk.set("GITHUB_TOKEN", new Secret("to be removed"));
    await desk.remove("GITHUB_TOKEN");
    for (const slug of [stuck, well])
      await expect.poll(() => world.services.links.get(slug).view?.missingSecrets, { timeout: 20_000 }).toEqual(["GITHUB_TOKEN"]);
    await secrets.store.set("GITHUB_TOKEN", new Secret(CANARY));
    await handlers["secrets.lock"]({});
    world.backend.bundle(stuck).failing.set("set-secrets", "no");
    const { store } = await handlers["secrets.unlock"]({ passphrase: PASSPHRASE });
    expect(store.state).toBe("open");
    expect(world.backend.bundle(well).secrets.get("GITHUB_TOKEN")).toBe(CANARY);
    expect(told).toContainEqual({
      topic: "notice",
      payload: { tone: "warn", text: expect.stringContaining(`${stuck} was not told of what the store holds`) },
    });
    expect(JSON.stringify(told)).not.toContain(CANARY);
  });

  it("is given to the gate as well, where it is a repository's key, and taken back with its removal (SSH-4)", async () => {
    await world[Symbol.asyncDispose]();
    await openWorld({ repos: [gateRepo()], identities: { app: { kind: "secret", ref: "GIT_KEY" } } });
    const first = makePrivateKey();
    world.secrets.set("GIT_KEY", first);
    const slug = await startDemo(world);
    const { keys } = world.backend.bundle(slug);
    expect(keys.get("app")).toBe(first);
    await desk.create("passphrase", new Secret(PASSPHRASE));
    const second = makePrivateKey();
    expect(await desk.set("GIT_KEY", new Secret(second))).toEqual({ given: [slug], failed: [] });
    expect(keys.get("app")).toBe(second);
    await expect.poll(() => row("GIT_KEY"), { timeout: 20_000 }).toMatchObject({ bottles: [slug], lastUsedBy: slug });
    await desk.remove("GIT_KEY");
    expect(keys.has("app")).toBe(false);
  });

  it("by another process is told to this one's windows (SID-3)", async () => {
    await desk.create("passphrase", new Secret(PASSPHRASE));
    using _watching = await watchSecrets(desk, secrets, bus, silentLogger);
    const other = open();
    await other.store.unlock(new Secret(PASSPHRASE));
    await other.store.set("NPM_TOKEN", new Secret(CANARY));
    await expect
      .poll(() => told.some(({ topic, payload }) => topic === "secrets" && names(payload).includes("NPM_TOKEN")), { timeout: 20_000 })
      .toBe(true);
    expect(JSON.stringify(told)).not.toContain(CANARY);
  });
});

function names(payload: unknown): string[] {
  return (payload as TopicPayload<"secrets">).rows.map(({ name }) => name);
}

describe("the methods of the Secrets view (ENV-2, ENV-3)", () => {
  it("make, lock, unlock, fill and empty the store, and answer with nothing secret", async () => {
    const views = [
      await handlers["secrets.list"]({}),
      await handlers["secrets.create"]({ protection: "passphrase", passphrase: PASSPHRASE }),
      await handlers["secrets.set"]({ name: "GITHUB_TOKEN", value: CANARY }),
      await handlers["secrets.lock"]({}),
      await handlers["secrets.unlock"]({ passphrase: PASSPHRASE }),
      await handlers["secrets.set-passphrase"]({ passphrase: "a wholly different one" }),
      await handlers["secrets.remove"]({ name: "GITHUB_TOKEN" }),
    ];
    for (const view of views) SecretsView.parse(view);
    expect(views.map(({ store }) => store.state)).toEqual(["absent", "open", "open", "locked", "open", "open", "open"]);
    expect(views.map(({ rows }) => rows.find(({ name }) => name === "GITHUB_TOKEN")?.source)).toEqual([
      undefined,
      undefined,
      "store",
      "store",
      "store",
      "store",
      undefined,
    ]);
    for (const secret of [CANARY, PASSPHRASE, "a wholly different one"]) expect(JSON.stringify([views, told])).not.toContain(secret);
  });

  it("log and answer no value, whatever is wrong with a call", async () => {
    const logged: unknown[] = [];
    const router = createRouter(
      {
        ...handlers,
        "bottles.start": async () => {
          throw new Error("a bug");
        },
      } as unknown as AppHandlers & ShellHandlers,
      { log: (...line) => logged.push(line) },
    );
    const replies = [
      await router("secrets.set", { name: "GITHUB_TOKEN", value: CANARY }),
      await router("secrets.set", { name: "not a name", value: CANARY }),
      await router("secrets.set", { name: "A", value: CANARY, extra: CANARY }),
      await router("secrets.set", { name: "A", value: CANARY.repeat(10_000) }),
      await router("secrets.unlock", { passphrase: CANARY }),
      await router("secrets.create", { protection: CANARY, passphrase: CANARY }),
      await router("bottles.start", { agent: "demo", workspace: null, answers: { KEY: CANARY } }),
      await router("bottles.start", { agent: "demo", workspace: null, answers: { KEY: CANARY.repeat(10_000) } }),
      await router("bottles.start", { agent: "demo", workspace: null, answers: { KEY: [CANARY] } }),
      await router("bottles.start", { agent: "demo", workspace: null, answers: CANARY }),
    ];
    expect(replies.every(({ ok }) => !ok)).toBe(true);
    expect(JSON.stringify([replies, logged, told])).not.toContain(CANARY);
  });
});
