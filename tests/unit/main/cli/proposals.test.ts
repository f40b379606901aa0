import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Proposal, ProposalRequest } from "#common/domain/proposal.ts";
import { approveProposal } from "../../../../main/cli/commands/approve.ts";
import { revokeGrant, setRoutes } from "../../../../main/cli/commands/edit-routes.ts";
import * as proposals from "../../../../main/cli/commands/proposals.ts";
import { routes } from "../../../../main/cli/commands/routes.ts";
import * as rules from "../../../../main/cli/commands/rules.ts";
import type { Command } from "../../../../main/cli/context.ts";
import { Output } from "../../../../main/cli/output.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { egressRequest, proposal, route, startDemo, testServices } from "../../../support/test-services.ts";

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices([route("api.example.org", { methods: ["GET"] })]);
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

type Run = (command: Command) => Promise<number>;

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a process of its own would run it, without a terminal. */
async function ran(work: Run, { json = false, stdin = "" } = {}): Promise<Ran> {
  const services = world.another();
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const command = {
    output: new Output(json, stdout, stderr),
    stdin: Readable.from([stdin]),
    stdout,
    cwd: world.home.root,
    signal: new AbortController().signal,
    product: async () => ({ services }),
  };
  try {
    const code = await work(command as unknown as Command);
    return { code, stdout: String(stdout.read() ?? ""), stderr: String(stderr.read() ?? "") };
  } finally {
    await services[Symbol.asyncDispose]();
  }
}

const asJson = async (work: Run): Promise<unknown> => JSON.parse((await ran(work, { json: true })).stdout);

function filed(request: ProposalRequest = egressRequest(), number = 1, changes: Partial<Proposal> = {}): string {
  const asked = { ...proposal(slug, request, number), ...changes };
  world.backend.bundle(slug).file(asked);
  return asked.id;
}

const bundle = () => world.backend.bundle(slug);
const statuses = () => bundle().proposals.map(({ status }) => status);

describe("bot-bottle proposals (CLI-1)", () => {
  it("lists every kind, and what is out of the way", async () => {
    filed();
    filed({ kind: "pipelock", host: "api.example.org", allowFindings: ["github-pat"], ssrfIpAllowlist: [], tlsPassthrough: false }, 2);
    const image = filed({ kind: "capability", dockerfile: "FROM bot-bottle-agent\nRUN true\n" }, 3);
    await ran((command) => proposals.snoozeProposals(command, [image], { for: "2h" }));
    const { stdout } = await ran((command) => proposals.listProposals(command));
    expect(stdout).toMatch(/packages\.example\.org GET/);
    expect(stdout).toMatch(/api\.example\.org less strict/);
    expect(stdout).toMatch(/snoozed +another image, 3 lines/);
    expect(await asJson((command) => proposals.listProposals(command, { bottle: slug }))).toMatchObject({
      proposals: [{}, {}, { host: null, snoozedUntil: "2026-11-22T14:00:00.000Z" }],
    });
    await ran((command) => proposals.snoozeProposals(command, [image], { for: "1h", wake: true }));
    expect((await ran((command) => proposals.listProposals(command))).stdout).not.toContain("snoozed");
  });

  it("shows everything, and nothing that an agent wrote can act on the terminal (TRM-4)", async () => {
    const hostile = "\u001b]52;c;eA==\u0007 \u202egnp.exe\u200b\r<b>&\n\u001b[2J";
    const id = filed(egressRequest({ pathAllowlist: ["/a\u202eb/"] }), 1, { justification: hostile });
    const refused = await ran((command) => proposals.showProposal(command, id));
    expect(refused.stdout).toContain("This cannot be applied: the path /a\\u{202e}b/ holds a character");
    const image = filed({ kind: "capability", dockerfile: "FROM bot-bottle-agent\nRUN true\n" }, 2, { justification: hostile });
    const { stdout } = await ran((command) => proposals.showProposal(command, image));
    expect(stdout).toContain("+RUN true");
    expect(stdout).toContain("An approval can hold until the bottle ends.");
    const route = await ran((command) => proposals.showProposal(command, filed(egressRequest(), 3)));
    expect(route.stdout).toContain("for a time (--for 30m), for requests (--requests 5), for good (--for-good).");
    expect(route.stdout).toContain("This bottle has asked nothing of this host so far.");
    expect(stdout).toContain("\\u{1b}]52;c;eA==\\u{7} \\u{202e}gnp.exe\\u{200b}\\u{d}<b>&\n  | \\u{1b}[2J");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject.
    expect(stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u200b\u202e]/);
  });

  it.each([
    [{}, { kind: "bottle" }],
    [{ for: "30m" }, { kind: "minutes", minutes: 30 }],
    [{ for: "2h" }, { kind: "minutes", minutes: 120 }],
    [{ requests: "5" }, { kind: "requests", requests: 5 }],
    [{ forGood: true }, { kind: "for-good" }],
  ])("approves for a span: %o", async (options, scope) => {
    const id = filed();
    const { code, stdout } = await ran((command) => approveProposal(command, id, options));
    expect([code, stdout]).toEqual([0, `${id} approved; live as revision 2\n`]);
    expect(bundle().proposals[0]?.decision).toMatchObject({ scope });
  });

  it.each([
    { for: "30" },
    { for: "-5m" },
    { for: "8d" },
    { requests: "0" },
    { requests: "1.5" },
    { requests: "99999" },
    { for: "5m", requests: "1" },
    { for: "5m", forGood: true },
    { dockerfile: "x" },
    { finding: ["github-pat"] },
    { method: ["CONNECT"] },
  ])("takes no such wish: %o", async (options) => {
    const id = filed();
    await expect(ran((command) => approveProposal(command, id, options))).rejects.toMatchObject({ code: "bad-input" });
    expect(statuses()).toEqual(["pending"]);
  });

  it("approves what was edited on the line, of each kind", async () => {
    const egress = filed();
    await ran((command) => approveProposal(command, egress, { method: ["head"], path: ["/simple/x/"], host: "Mirror.example.org" }));
    const pipelock = filed(
      { kind: "pipelock", host: "api.example.org", allowFindings: ["a"], ssrfIpAllowlist: [], tlsPassthrough: false },
      2,
    );
    await ran((command) => approveProposal(command, pipelock, { finding: ["github-pat"], address: ["10.0.0.5"] }));
    const image = filed({ kind: "capability", dockerfile: "FROM bot-bottle-agent\nRUN true\n" }, 3);
    const stdin = "FROM bot-bottle-agent\nRUN echo mine\n";
    const { stderr } = await ran((command) => approveProposal(command, image, { dockerfile: "-" }), { stdin });
    expect(bundle().table.routes).toMatchObject([
      { host: "api.example.org", pipelock: { allowFindings: ["github-pat"], ssrfIpAllowlist: ["10.0.0.5"] } },
      { host: "mirror.example.org", methods: ["HEAD"], pathAllowlist: ["/simple/x/"] },
    ]);
    expect(world.backend.replacements).toMatchObject([{ dockerfile: stdin }]);
    expect(stderr).toContain("… build\n  Step 1/1");
  });

  it("writes to the manifest what was shown, and without a terminal only with --yes", async () => {
    const file = join(world.home.bottles, "demo.md");
    await mkdir(world.home.bottles, { recursive: true });
    await writeFile(file, "---\nagent_provider: { template: shell }\n---\n");
    const id = filed();
    await expect(ran((command) => approveProposal(command, id, { writeBack: true }))).rejects.toMatchObject({ code: "bad-input" });
    expect(statuses()).toEqual(["pending"]);
    const { stdout, stderr } = await ran((command) => approveProposal(command, id, { writeBack: true, yes: true }));
    expect(stdout).toContain(`written to ${file}`);
    expect(stderr).toContain("+    - host: packages.example.org");
    expect(await readFile(file, "utf8")).toContain("packages.example.org");
  });

  it("rejects one, several, or all that wait, and names those that it could not", async () => {
    const ids = [1, 2, 3].map((number) => filed(egressRequest(), number));
    await expect(ran((command) => proposals.rejectProposals(command, [], {}))).rejects.toMatchObject({ code: "bad-input" });
    await expect(ran((command) => proposals.rejectProposals(command, ids, { all: true }))).rejects.toMatchObject({ code: "bad-input" });
    await expect(ran((command) => proposals.rejectProposals(command, [], { all: true }))).rejects.toThrow("no terminal");
    await ran((command) => proposals.rejectProposals(command, [ids[0] ?? ""], { note: "no" }));
    const some = await ran((command) => proposals.rejectProposals(command, ids.slice(0, 2), {}));
    expect(some).toMatchObject({ code: 1, stdout: expect.stringMatching(new RegExp(`^1 rejected\n✗ ${ids[0]}: .*rejected already`)) });
    const { code } = await ran((command) => proposals.rejectProposals(command, [], { all: true, yes: true, bottle: slug, note: "enough" }));
    expect([code, ...statuses()]).toEqual([0, "rejected", "rejected", "rejected"]);
    expect(bundle().proposals[2]?.decision?.note).toBe("enough");
  });
});

describe("bot-bottle routes (CLI-1, SUP-6)", () => {
  it("shows them as YAML, takes that back edited, and asks first", async () => {
    const { stdout } = await ran((command) => routes(command, slug, { yaml: true }));
    const stdin = stdout.replace("[GET]", "[GET, POST]");
    const options = { file: "-" };
    await expect(ran((command) => setRoutes(command, slug, options), { stdin })).rejects.toThrow("no terminal");
    expect(bundle().table.revision).toBe(1);
    const done = await ran((command) => setRoutes(command, slug, { ...options, yes: true, note: "wanted" }), { stdin });
    expect(done.stderr).toContain("+    methods: [GET, POST]");
    expect(done.stderr).toContain("Newly allowed to write: POST");
    expect(done.stdout).toBe(`${slug}: live as revision 2\n`);
    expect(bundle().received).toContainEqual(expect.objectContaining({ type: "set-routes", note: "wanted" }));
  });

  it("lists grants and ends them", async () => {
    const id = filed();
    await ran((command) => approveProposal(command, id, { requests: "5" }));
    expect((await ran((command) => routes(command, slug))).stdout).toContain("5 of 5 requests");
    const revoked = await ran((command) => revokeGrant(command, slug, id, {}));
    expect([revoked.stdout, bundle().table.grants]).toEqual([`${id} is over; live as revision 3\n`, []]);
  });

  it("changes nothing for a file that is no table", async () => {
    for (const stdin of ["x", "routes:\n  - host: 10.0.0.1\n", "a".repeat(2 * 1024 * 1024)]) {
      await expect(ran((command) => setRoutes(command, slug, { file: "-", yes: true }), { stdin })).rejects.toMatchObject({
        code: "bad-input",
      });
    }
    await expect(ran((command) => setRoutes(command, slug, { file: "none.yaml", yes: true }))).rejects.toMatchObject({ code: "not-found" });
  });
});

describe("bot-bottle rules (CLI-1)", () => {
  it("are none, are added, switched and removed", async () => {
    expect((await ran(rules.listRules)).stdout).toBe("No rules: every proposal waits for you.\n");
    await ran((command) => rules.addRule(command, "no pastes", { reject: true, host: ["pastebin.com"], note: "never" }));
    const approval = { approve: true, bottle: "demo", host: ["*.example.org"], method: ["get"], for: "30m", note: "" };
    await ran((command) => rules.addRule(command, "read", approval));
    await ran((command) => rules.changeRule(command, "disable", "read"));
    expect((await ran(rules.listRules)).stdout).toMatch(/no pastes +on +reject +any +pastebin\.com +any tool/);
    expect(await asJson(rules.listRules)).toMatchObject({
      rules: [
        { name: "no pastes", verdict: "reject", bottle: null, enabled: true },
        { name: "read", verdict: "approve", methods: ["GET"], scope: { kind: "minutes", minutes: 30 }, enabled: false },
      ],
    });
    await ran((command) => rules.changeRule(command, "remove", "no pastes"));
    expect(await asJson(rules.listRules)).toMatchObject({ rules: [{ name: "read" }] });
    await expect(ran((command) => rules.changeRule(command, "enable", "none"))).rejects.toMatchObject({ code: "not-found" });
  });

  it.each([
    { note: "" },
    { reject: true, approve: true, note: "" },
    { approve: true, note: "" },
    { approve: true, bottle: "demo", host: ["*"], method: ["GET"], note: "" },
    { approve: true, bottle: "demo", host: ["a.example.org"], note: "" },
    { reject: true, tool: ["format-disk"], note: "" },
  ])("are refused where they say too little: %o", async (options) => {
    await expect(ran((command) => rules.addRule(command, "x", options))).rejects.toMatchObject({ code: "bad-input" });
  });
});
