import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { HeldPush } from "#common/domain/git.ts";
import { gateRepo, heldPush, makePrivateKey, pushFile, pushFinding, pushRecord } from "../../../support/git-samples.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { startDemo, testServices } from "../../../support/test-services.ts";

const KEY = makePrivateKey();

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices([], {}, { repos: [gateRepo()], identities: { app: { kind: "secret", ref: "APP_KEY" } } });
  world.secrets.set("APP_KEY", KEY);
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

async function until(condition: () => boolean): Promise<void> {
  const link = world.services.links.get(slug);
  while (!condition()) {
    await new Promise<void>((resolve) => {
      const changed = link.changed.subscribe(() => {
        changed[Symbol.dispose]();
        resolve();
      });
    });
  }
}

/** Holds a push at the gate and waits until the client knows. */
async function hold(number = 1, changes: Parameters<typeof heldPush>[2] = {}): Promise<HeldPush> {
  const held = heldPush(slug, number, changes);
  world.backend.bundle(slug).hold(held);
  await until(() => world.services.links.get(slug).view?.pushes.some(({ push }) => push.id === held.push.id) === true);
  return held;
}

async function told(...events: Parameters<ReturnType<TestServices["backend"]["bundle"]>["emit"]>): Promise<void> {
  const bundle = world.backend.bundle(slug);
  const link = world.services.links.get(slug);
  const before = link.view?.seq ?? 0;
  bundle.emit(...events);
  while ((link.view?.seq ?? 0) < before + events.length) await new Promise<void>((resolve) => void link.events.subscribe(() => resolve()));
  await link.kept();
}

const basisOf = ({ push, digest }: HeldPush, note = "") => ({ id: push.id, digest, note });
const FINGERPRINT = pushFinding().fingerprint;

describe("held pushes (GIT-6)", () => {
  it("show what forwarding does, what to notice, and the files as the gate tells them", async () => {
    world.backend.bundle(slug).pushFiles = [pushFile(".github/workflows/ci.yml"), pushFile("run.sh", { mode: "100755" })];
    const held = await hold();
    const view = await world.services.pushes.view(held.push.id);
    expect(view.sentence).toBe(
      "Forwards 1 commit to refs/heads/work of app at git.example.org:22. 1 finding would be let pass: what looks like a secret leaves the bottle.",
    );
    expect(view.warnings).toEqual([
      "Creates the branch refs/heads/work.",
      "Changes what the upstream's build runs, with the credentials it has there: .github/workflows/ci.yml.",
      "Makes executable: run.sh.",
    ]);
    expect(view.files).toHaveLength(2);
    expect(view.blocked).toBeNull();
  });

  it("are forwarded with every finding named, and recorded once, whoever records it (SUP-7)", async () => {
    const held = await hold();
    const other = world.another();
    await other.links.get(slug).connected(1000);
    const decided = await world.services.pushes.forward(basisOf(held, "a fixture"), [FINGERPRINT]);
    expect(decided).toMatchObject({
      status: "forwarded",
      decision: { verdict: "forwarded", note: "a fixture", allowedFindings: [FINGERPRINT] },
    });
    await Promise.all([world.services, other].map(({ links }) => links.get(slug).kept()));
    expect(await world.services.audit.list(slug)).toMatchObject([
      { component: "git", subject: held.push.id, action: "push-held", by: "git-gate" },
      { component: "git", subject: held.push.id, action: "forwarded", note: "a fixture", after: expect.stringContaining(FINGERPRINT) },
    ]);
    expect((await world.services.audit.verify(slug)).problems).toEqual([]);
    expect(await world.services.pushRecords.history(slug)).toMatchObject([{ id: held.push.id, verdict: "forwarded" }]);
    expect(await world.services.pushRecords.refusals()).toEqual([]);
  });

  it("are refused with a note, and are no refusal to be put away then", async () => {
    const held = await hold();
    expect(await world.services.pushes.refuse(basisOf(held, "no secrets"))).toMatchObject({ status: "refused" });
    await world.services.links.get(slug).kept();
    expect(await world.services.pushRecords.history(slug)).toMatchObject([
      { verdict: "refused", reason: expect.stringContaining("no secrets") },
    ]);
    expect(await world.services.pushRecords.refusals()).toEqual([]);
  });

  it.each([
    ["no finding let pass", [], "bad-input"],
    ["a finding nobody has seen", [FINGERPRINT, "else"], "bad-input"],
  ])("are not forwarded with %s", async (_kind, allowed, code) => {
    const held = await hold();
    await expect(world.services.pushes.forward(basisOf(held), allowed)).rejects.toMatchObject({ code });
    expect(world.backend.bundle(slug).received.some(({ type }) => type === "decide-push")).toBe(false);
  });

  it("with more findings than can be shown are refused only", async () => {
    const held = await hold(1, { findingCount: 101 });
    await expect(world.services.pushes.forward(basisOf(held), [FINGERPRINT])).rejects.toMatchObject({ code: "not-permitted" });
    expect(await world.services.pushes.refuse(basisOf(held))).toMatchObject({ status: "refused" });
  });

  it("are decided once, and only as they were seen", async () => {
    const held = await hold();
    await expect(world.services.pushes.refuse({ ...basisOf(held), digest: "0".repeat(64) })).rejects.toMatchObject({ code: "conflict" });
    await world.another().links.get(slug).connected(1000);
    await world.services.pushes.refuse(basisOf(held));
    await until(() => world.services.links.get(slug).view?.pushes[0]?.status === "refused");
    await expect(world.services.pushes.forward(basisOf(held), [FINGERPRINT])).rejects.toMatchObject({ code: "already-decided" });
    await expect(world.services.pushes.refuse({ id: "none", digest: "", note: "" })).rejects.toMatchObject({ code: "not-found" });
  });

  it("say why the upstream does not have them, and stay held", async () => {
    const held = await hold();
    world.backend.bundle(slug).failing.set("decide-push", "refs/heads/work has moved upstream meanwhile");
    const forward = world.services.pushes.forward(basisOf(held), [FINGERPRINT]);
    await expect(forward).rejects.toMatchObject({ code: "conflict", message: "refs/heads/work has moved upstream meanwhile" });
    expect(await world.services.pushes.list()).toMatchObject([{ status: "held" }]);
    expect((await world.services.audit.list(slug)).map(({ action }) => action)).toEqual(["push-held"]);
  });

  it("cannot be decided unseen: a gate that does not tell what changes blocks the view", async () => {
    const held = await hold();
    world.backend.bundle(slug).failing.set("read-push", "the mirror is damaged");
    expect(await world.services.pushes.view(held.push.id)).toMatchObject({
      files: [],
      blocked: expect.stringContaining("the mirror is damaged"),
    });
  });

  it("of a bottle that stopped are withdrawn and say so", async () => {
    const held = await hold();
    await world.services.links.get(slug).kept();
    await world.services.stopper.stop(slug);
    expect(await world.services.pushes.list()).toMatchObject([{ status: "withdrawn", push: { id: held.push.id } }]);
    expect((await world.services.pushes.view(held.push.id)).blocked).toContain("was stopped before it was decided");
    await expect(world.services.pushes.refuse(basisOf(held))).rejects.toMatchObject({ code: "already-decided" });
    expect((await world.services.audit.list(slug)).map(({ action }) => action)).toEqual(["push-held", "withdrawn"]);
  });

  it("are found by the beginning of their id where that is clear", async () => {
    await hold(1);
    await hold(21);
    expect((await world.services.pushes.find(`${slug}.g2`)).push.id).toBe(`${slug}.g21`);
    await expect(world.services.pushes.find(`${slug}.g`)).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("could be"),
    });
  });
});

describe("the record of pushes", () => {
  const refused = (number: number, time: string) =>
    ({
      type: "push",
      push: pushRecord(slug, number, { time, verdict: "refused", rule: "finding", findings: [pushFinding()], findingCount: 1 }),
    }) as const;

  it("keeps refusals over restarts until they are put away, newest first (GIT-4)", async () => {
    await told(refused(1, "2026-11-22T12:00:00.000Z"), refused(2, "2026-11-22T12:00:05.000Z"));
    await told({ type: "push", push: pushRecord(slug, 3) });
    const ids = async () => (await world.another().pushRecords.refusals()).map(({ push }) => push.id);
    expect(await ids()).toEqual([`${slug}.g2`, `${slug}.g1`]);
    await world.services.pushRecords.dismiss([`${slug}.g2`, `${slug}.g3`, `${slug}.g99`, "other-aaaaa.g1", "../x.g1"]);
    expect(await ids()).toEqual([`${slug}.g1`]);
    const file = join(world.home.bottleState(slug), "dismissed-pushes.json");
    expect(JSON.parse(await readFile(file, "utf8"))).toEqual([`${slug}.g2`]);
    await writeFile(file, '["torn');
    expect(await ids()).toEqual([`${slug}.g2`, `${slug}.g1`]);
  });

  it("is not pushed out by a flood of requests, and survives a torn line", async () => {
    await told(refused(1, "2026-11-22T12:00:00.000Z"));
    await appendFile(join(world.home.bottleState(slug), "pushes.jsonl"), '{"seq":2,"ti');
    await told({ type: "push", push: pushRecord(slug, 2) });
    expect((await world.services.pushRecords.history(slug)).map(({ id, verdict }) => [id, verdict])).toEqual([
      [`${slug}.g2`, "forwarded"],
      [`${slug}.g1`, "refused"],
    ]);
  });

  it("goes with the bottle, but for the audit log", async () => {
    await told(refused(1, "2026-11-22T12:00:00.000Z"));
    await world.services.pushRecords.dismiss([`${slug}.g1`]);
    await world.services.stopper.stop(slug);
    await world.services.stopper.remove(slug);
    expect(await world.services.pushRecords.history(slug)).toEqual([]);
    expect(await world.services.audit.list(slug)).toMatchObject([
      { action: "push-refused", after: expect.not.stringContaining("token =") },
    ]);
  });

  it("writes no line to the audit log for pushes that carried nothing (SUP-7)", async () => {
    await told({ type: "push", push: pushRecord(slug, 1, { verdict: "refused", rule: "force-not-allowed" }) });
    expect(await world.services.audit.list(slug)).toEqual([]);
  });
});
