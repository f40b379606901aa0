import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { AutoRule } from "#common/domain/auto-rule.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import { AutoDecisions } from "../../../../main/app/auto-decisions.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { egressRequest, proposal, startDemo, testServices } from "../../../support/test-services.ts";

const APPROVE = AutoRule.parse({
  name: "read packages",
  enabled: true,
  verdict: "approve",
  bottle: "demo",
  hosts: ["*.example.org"],
  methods: ["GET"],
  scope: { kind: "minutes", minutes: 5 },
  note: "by rule",
});
const REJECT = AutoRule.parse({
  name: "no pastes",
  enabled: true,
  verdict: "reject",
  bottle: null,
  hosts: ["pastebin.com"],
  tools: [],
  note: "never",
});

let world: TestServices;
let slug: string;
let rules: AutoDecisions;
const notices: string[] = [];

beforeEach(async () => {
  world = await testServices();
  slug = await startDemo(world);
  notices.length = 0;
  const bus = createTopicBus();
  bus.subscribe((topic, payload) => void (topic === "notice" && notices.push((payload as { text: string }).text)));
  rules = new AutoDecisions(world.services, bus);
});
afterEach(() => world[Symbol.asyncDispose]());

const link = () => world.services.links.get(slug);
const found = (id: string) => link().view?.proposals.find((each) => each.id === id);

async function until(holds: () => boolean) {
  while (!holds()) await new Promise<void>((resolve) => void link().changed.subscribe(() => resolve()));
}

async function filed(request = egressRequest(), number = 1): Promise<Proposal> {
  const asked = proposal(slug, request, number);
  world.backend.bundle(slug).file(asked);
  await until(() => found(asked.id) !== undefined);
  return asked;
}

const news = () => rules.takeNews({ link: link(), parts: new Set(["proposals"]) });

it("decides nothing without a rule, and what matches with one, by name and in the audit log (SUP-4, SUP-7)", async () => {
  const asked = await filed();
  const paste = await filed(egressRequest({ host: "pastebin.com", methods: ["POST"] }), 2);
  await news();
  expect(found(asked.id)?.status).toBe("pending");
  await world.services.rules.save([REJECT, APPROVE], []);
  await rules.rulesChanged();
  await until(() => found(asked.id)?.status === "approved" && found(paste.id)?.status === "rejected");
  expect(found(asked.id)?.decision).toMatchObject({ rule: "read packages", note: "by rule", scope: { kind: "minutes", minutes: 5 } });
  expect(world.backend.bundle(slug).table.grants).toMatchObject([{ id: asked.id, route: { host: "packages.example.org" } }]);
  await link().kept();
  const audit = await world.services.audit.list(slug);
  expect(audit.map(({ subject, action }) => [subject, action])).toEqual(
    expect.arrayContaining([
      [asked.id, "approved"],
      [paste.id, "rejected"],
    ]),
  );
  expect(audit.every(({ by }) => by.includes("by the rule"))).toBe(true);
});

it("leaves what a rule could not decide to the operator, and says so once", async () => {
  await world.services.rules.save([APPROVE], []);
  world.backend.bundle(slug).failing.set("decide", "egress does not answer");
  const asked = await filed();
  await news();
  await news();
  expect(notices).toEqual([`A rule could not decide ${asked.id}, which waits for you: egress does not answer.`]);
  expect(found(asked.id)?.status).toBe("pending");
});

it("decides nothing where its file cannot be used, and says so once", async () => {
  await writeFile(join(world.home.root, "auto-decisions.json"), "{", { mode: 0o600 });
  const asked = await filed();
  await news();
  await news();
  expect(notices).toEqual([expect.stringContaining("No rule decides anything")]);
  expect(found(asked.id)?.status).toBe("pending");
});

it("keeps its hands off what only an operator may decide, however the agent words it", async () => {
  const hosts = ["xn--80ak6aa92e.com", "webhook.site", "*.example.org"];
  await world.services.rules.save([{ ...APPROVE, hosts }], []);
  for (const [index, host] of ["xn--80ak6aa92e.com", "webhook.site"].entries()) await filed(egressRequest({ host }), index + 1);
  await filed(egressRequest({ methods: ["POST"] }), 9);
  await news();
  expect(link().view?.proposals.map(({ status }) => status)).toEqual(["pending", "pending", "pending"]);
});

it("decides nothing any more by a rule that was switched off while it decided, and looks at all else by the new ones (SUP-4)", async () => {
  const { rules: book, inbox } = world.services;
  await book.save([REJECT], []);
  await filed(egressRequest({ host: "pastebin.com" }), 1);
  await filed(egressRequest({ host: "pastebin.com", methods: ["POST"] }), 2);
  await filed(egressRequest(), 3);
  const { reject } = inbox;
  inbox.reject = async (basis, rule) => {
    const changed = { ...REJECT, name: "no packages", hosts: ["packages.example.org"] };
    await book.save([{ ...REJECT, enabled: false }, changed], await book.list());
    void rules.rulesChanged();
    inbox.reject = reject;
    return await reject.call(inbox, basis, rule);
  };
  await news();
  await rules.rulesChanged();
  expect(link().view?.proposals.map(({ decision }) => decision?.rule ?? null)).toEqual(["no pastes", null, "no packages"]);
});
