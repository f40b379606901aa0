import { chmod, mkdir, readFile, rename, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RouteWriteBack } from "../../../../main/app/route-write-back.ts";
import type { RouteRequest } from "../../../../main/proposals/write-back-port.ts";
import type { TestServices } from "../../../support/test-services.ts";
import { egressRequest, proposal, route, startDemo, testServices } from "../../../support/test-services.ts";

const MANIFEST = `---
# what the demo may do
agent_provider: { template: shell }
egress:
  routes:
    # the API of ours
    - host: API.example.org # as they write it
      methods: [GET]
---
The demo's bottle.
`;

let world: TestServices;
let slug: string;

beforeEach(async () => {
  world = await testServices([route("api.example.org", { methods: ["GET"] })]);
  await mkdir(world.home.bottles, { recursive: true });
  await write("demo", MANIFEST);
  slug = await startDemo(world);
});
afterEach(() => world[Symbol.asyncDispose]());

const fileOf = (name: string) => join(world.home.bottles, `${name}.md`);
const write = (name: string, text: string) => writeFile(fileOf(name), text);

async function filed(request: RouteRequest) {
  const asked = proposal(slug, request);
  world.backend.bundle(slug).file(asked);
  const link = world.services.links.get(slug);
  while (link.view?.proposals.length !== 1) await new Promise<void>((resolve) => void link.changed.subscribe(() => resolve()));
  return { id: asked.id, digest: asked.digest, seenRevision: 1, note: "" };
}

/** What would be offered, or why nothing. */
async function offered(request: RouteRequest) {
  const { writeBack, writeBackProblem } = await world.services.inbox.view((await filed(request)).id, null, { kind: "for-good" });
  return writeBack ?? writeBackProblem;
}

describe("an approval for good (SUP-4)", () => {
  it("is also written to the manifest, as it was reviewed; comments and everything else stay", async () => {
    const basis = await filed(egressRequest({ host: "api.example.org", methods: ["POST"], pathAllowlist: [] }));
    const { writeBack: offer } = await world.services.inbox.view(basis.id, null, { kind: "for-good" });
    expect(offer).toMatchObject({ file: fileOf("demo"), before: MANIFEST, after: MANIFEST.replace("[GET]", "[GET, POST]") });
    const { writeBack, proposal: decided } = await world.services.inbox.approve(basis, null, {
      scope: { kind: "for-good" },
      writeBack: offer?.digest ?? "",
    });
    expect([writeBack, decided.status]).toEqual([{ file: fileOf("demo"), problem: null }, "approved"]);
    expect(await readFile(fileOf("demo"), "utf8")).toBe(offer?.after);
  });

  it("adds a route where the manifest has none, also where it has no routes at all", async () => {
    const added = { after: expect.stringMatching(/host: packages\.example\.org[\s\S]*methods:[\s\S]*path_allowlist:/) };
    const basis = await filed(egressRequest());
    const view = () => world.services.inbox.view(basis.id, null, { kind: "for-good" });
    expect((await view()).writeBack).toMatchObject(added);
    await write("demo", "---\nagent_provider: { template: shell }\n---\n");
    expect((await view()).writeBack).toMatchObject(added);
  });

  it("widens what the manifest says, not what happens to be live", async () => {
    const { table } = world.backend.bundle(slug);
    const after = { ...table, revision: 2, routes: [route("api.example.org", { methods: ["GET", "DELETE"] })] };
    world.backend.bundle(slug).table = after;
    world.backend.bundle(slug).emit({ type: "routes-set", by: "x", note: "", before: table, after });
    expect(await offered(egressRequest({ host: "api.example.org", methods: ["POST"], pathAllowlist: [] }))).toMatchObject({
      after: MANIFEST.replace("[GET]", "[GET, POST]"),
    });
  });

  it("writes which content rules may pass", async () => {
    const request = {
      kind: "pipelock",
      host: "api.example.org",
      allowFindings: ["github-pat"],
      ssrfIpAllowlist: [],
      tlsPassthrough: false,
    } as const;
    expect(await offered({ ...request, allowFindings: [...request.allowFindings], ssrfIpAllowlist: [] })).toMatchObject({
      after: expect.stringMatching(/pipelock:[\s\S]*allow_findings:[\s\S]*github-pat/),
    });
  });

  it("is live and leaves the file as it is where that changed since", async () => {
    const basis = await filed(egressRequest());
    const { writeBack: offer } = await world.services.inbox.view(basis.id, null, { kind: "for-good" });
    const changed = `${MANIFEST}More words.\n`;
    await write("demo", changed);
    const { writeBack, proposal: decided } = await world.services.inbox.approve(basis, null, {
      scope: { kind: "for-good" },
      writeBack: offer?.digest ?? "",
    });
    expect(decided.status).toBe("approved");
    expect(writeBack).toEqual({ file: fileOf("demo"), problem: expect.stringContaining("not what was reviewed any more") });
    expect(await readFile(fileOf("demo"), "utf8")).toBe(changed);
  });

  it("needs the span that it was offered for", async () => {
    const basis = await filed(egressRequest());
    await expect(world.services.inbox.approve(basis, null, { scope: { kind: "bottle" }, writeBack: "x" })).rejects.toMatchObject({
      code: "bad-input",
    });
  });
});

describe("nothing is written, and it is said why,", () => {
  it("where a parent has the routes", async () => {
    await write("base", MANIFEST);
    await write("demo", "---\nextends: base\nagent_provider: { template: shell }\n---\n");
    expect(await offered(egressRequest())).toContain("are those of base, which it extends");
  });

  it("where the manifest is gone, or broken", async () => {
    await rename(fileOf("demo"), fileOf("other"));
    const problem = "is gone, or has errors";
    const basis = await filed(egressRequest());
    const view = () => world.services.inbox.view(basis.id, null, { kind: "for-good" });
    expect((await view()).writeBackProblem).toContain(problem);
    await write("demo", "---\negress: [\n---\n");
    expect((await view()).writeBackProblem).toContain(problem);
  });

  it("where a host is the provider's own", async () => {
    await write("demo", "---\nagent_provider: { template: claude }\n---\n");
    expect(await offered(egressRequest({ host: "api.anthropic.com" }))).toContain("the provider's own");
  });

  it("where the manifest says so already", async () => {
    await write("demo", MANIFEST.replace("[GET]", "[GET, POST]"));
    expect(await offered(egressRequest({ host: "api.example.org", methods: ["POST"], pathAllowlist: [] }))).toContain("says so already");
  });

  it("where less strictness is asked for on a route that the manifest does not have", async () => {
    await write("demo", "---\nagent_provider: { template: shell }\n---\n");
    const request = {
      kind: "pipelock" as const,
      host: "api.example.org",
      allowFindings: ["github-pat"],
      ssrfIpAllowlist: [],
      tlsPassthrough: false,
    };
    expect(await offered(request)).toContain("approved for this bottle alone");
  });

  it("where the file is a link out of the home", async () => {
    const outside = join(world.home.root, "..", `outside-${slug}.md`);
    await rename(fileOf("demo"), outside);
    await symlink(outside, fileOf("demo"));
    try {
      expect(await offered(egressRequest())).toContain("leads elsewhere by a link");
      expect(await readFile(outside, "utf8")).toBe(MANIFEST);
    } finally {
      await rename(outside, fileOf("demo"));
    }
  });

  it("where nobody knows which manifest it was", async () => {
    const metadata = join(world.home.bottleState(slug), "metadata.json");
    const { mode } = await stat(metadata);
    await writeFile(metadata, "{");
    await chmod(metadata, mode);
    expect(await offered(egressRequest())).toContain("not known any more");
  });

  it("is not said to have failed where the manifests cannot be read afterwards", async () => {
    const { desk } = world.services.deps.manifests;
    const declarations = { load: () => Promise.reject(new Error("EIO: i/o error")) };
    const writeBack = new RouteWriteBack({ declarations, desk, bottleOf: async () => "demo" });
    expect(await writeBack.write(slug, egressRequest(), "x")).toEqual({ file: "", problem: "The manifest could not be read or written" });
  });
});
