import { Agent, request as httpRequest } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BundleFolder, SLUG } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { filed } from "../../support/bundle/decisions.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** A body as an agent's own program sends it, over connections that are kept. */
function post(port: number, body: string, agent: Agent | false = false): Promise<Answer> {
  const done = Promise.withResolvers<Answer>();
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const outgoing = httpRequest({ host: "127.0.0.1", port, method: "POST", path: "/mcp", headers, agent }, (response) => {
    let text = "";
    response.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    response.on("end", () => done.resolve({ status: response.statusCode ?? 0, body: text }));
  });
  outgoing.on("error", done.reject);
  outgoing.end(body);
  return done.promise;
}

function call(name: string, args: string, id = "1"): string {
  return `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${name}","arguments":${args}}}`;
}

describe("hostile proposals (SUP-3)", () => {
  const stack = new AsyncDisposableStack();
  let bundle: BundleProcess;
  let folder: BundleFolder;
  let agent: McpPeer;

  beforeAll(async () => {
    folder = stack.use(await BundleFolder.create({ capability: true, responseTimeoutSeconds: 0.01 }));
    bundle = stack.use(await BundleProcess.start(folder));
    await ControlPeer.greeted(folder.socket).then((peer) => peer[Symbol.asyncDispose]());
    agent = stack.use(await McpPeer.connect(bundle.supervisePort));
  });
  afterAll(() => stack.disposeAsync());

  test.each([
    ["nested deeper than anything meant", call("egress-block", `${"[".repeat(60_000)}${"]".repeat(60_000)}`), 400],
    ["nested deeper in objects", call("egress-block", `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`), 400],
    ["not a number", call("egress-block", `{"host":NaN,"justification":"x"}`), 400],
    ["infinite", call("egress-block", `{"host":-Infinity,"justification":"x"}`), 400],
    ["a number that is infinite once read, as id", call("list-egress-routes", "{}", "1e999"), 400],
    ["an id of another type", call("list-egress-routes", "{}", "{}"), 400],
    ["too large", call("egress-block", `{"host":"a.example.org","justification":"${"x".repeat(300_000)}"}`), 413],
  ])("a body that is %s is refused before anything is made of it", async (_what, body, status) => {
    expect((await post(bundle.supervisePort, body)).status).toBe(status);
  });

  test.each([
    ["a number that is infinite once read", `{"host":1e999,"justification":"x"}`],
    ["a list", `["a.example.org","x"]`],
    ["a prototype", `{"__proto__":{"host":"a.example.org","justification":"x"}}`],
    ["a field of another bottle", `{"host":"a.example.org","justification":"x","slug":"other-aaaaa"}`],
    ["10,000 paths", `{"host":"a.example.org","justification":"x","path_allowlist":[${Array(10_000).fill('"/a"').join(",")}]}`],
  ])("arguments with %s are refused with a reason", async (_what, args) => {
    const { status, body } = await post(bundle.supervisePort, call("egress-block", args));
    expect(status).toBe(200);
    const { error, result } = JSON.parse(body);
    // What is no arguments at all, the protocol refuses before the tool.
    if (error === undefined) expect(result).toMatchObject({ isError: true });
    else expect(error.message).toContain("arguments");
  });

  test.each<[string, string, RegExp]>([
    ["zero width", "exa\u200bmple.org", /invisible/],
    ["a soft hyphen", "exam\u00adple.org", /invisible/],
    ["reading backwards", "moc.elpmaxe\u202e.org", /invisible/],
    ["a byte order mark inside", "ex\ufeffample.org", /invisible/],
    ["ANSI", "\u001b[31mexample.org", /invisible/],
    ["HTML", "<b>example.org</b>", /host/],
    ["broken punycode", "xn--iñvalid.example.org", /host/],
    ["an address as a name", "127.0.0.1.", /IP/],
    ["a number in disguise", "①②⑦.0.0.1", /IP|host/],
    ["a symlink's path", "../../etc/passwd", /host/],
  ])("a host with %s is refused with a reason", async (_what, host, reason) => {
    const answer = await agent.egressBlock({ host, justification: "please" });
    expect(answer).toMatchObject({ isError: true, text: expect.stringMatching(reason) });
  });

  test("a host that only looks like another is filed under the name it really has", async () => {
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    const seen = operator.ready.lastSeq;
    // The first letter is Cyrillic, the dot is an ideographic full stop, the capital is full width.
    await agent.egressBlock({ host: "аpple.example。orG", justification: "please" });
    expect((await filed(operator, seen)).request).toMatchObject({ host: "xn--pple-43d.example.org" });
  });

  test("of two fields of one name the last counts, for the operator as for the check", async () => {
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    const seen = operator.ready.lastSeq;
    await post(bundle.supervisePort, call("egress-block", `{"host":"shown.example.org","host":"meant.example.org","justification":"x"}`));
    expect((await filed(operator, seen)).request).toMatchObject({ host: "meant.example.org" });
  });

  test("an id that was changed, guessed, or is another bottle's says nothing", async () => {
    const filing = await agent.egressBlock({ host: "mine.example.org", justification: "please" });
    const own = String(filing.structuredContent.proposal_id);
    expect(own.startsWith(`${SLUG}.`)).toBe(true);
    const number = own.slice(SLUG.length + 1);
    const others = [
      `other-aaaaa.${number}`,
      `${own}0`,
      `${own} `,
      own.toUpperCase(),
      `${SLUG}.0${number}`,
      `../${own}`,
      `${own}\u200b`,
      "",
      "__proto__",
      "%2e%2e/x",
    ];
    const answers = await Promise.all(others.map((id) => agent.call("proposal-status", { id })));
    for (const [index, answer] of answers.entries()) {
      expect(answer).toMatchObject({ isError: true, structuredContent: { status: "unknown" } });
      expect(answer.text.replace(JSON.stringify(others[index]), "")).toBe(answers[0]?.text.replace(JSON.stringify(others[0]), ""));
    }
    expect(await agent.call("proposal-status", { id: own })).toMatchObject({ structuredContent: { status: "pending" } });
  });

  test("what an agent says stays as it said it, and stays inert", async () => {
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    const seen = operator.ready.lastSeq;
    const justification = "\u001b]0;pwned\u0007\u202e<img src=x onerror=alert(1)>\u0000\u200b";
    await agent.egressBlock({ host: "inert.example.org", justification });
    expect((await filed(operator, seen)).justification).toBe(justification);
    expect(bundle.stderr).not.toContain("pwned");
  });
});

describe("more than anybody can read (SUP-3)", () => {
  test("10,000 proposals at once, and as many calls that wait: the bundle stays in reach, and keeps within its limits", async () => {
    await using folder = await BundleFolder.create({ responseTimeoutSeconds: 3600 });
    await using bundle = await BundleProcess.start(folder);
    await using operator = await ControlPeer.greeted(folder.socket, 0);
    const connections = new Agent({ keepAlive: true, maxSockets: 48 });
    try {
      const bodies = Array.from({ length: 10_000 }, (_, index) =>
        call("egress-block", `{"host":"${index % 2 === 0 ? `flood-${index}` : "same"}.example.org","justification":"flood"}`),
      );
      // Some wait for the operator until the end: only the answered ones are counted.
      let answered = 0;
      let refused = 0;
      const enough = Promise.withResolvers<void>();
      for (const body of bodies) {
        post(bundle.supervisePort, body, connections).then(
          (answer) => {
            expect(answer.status).toBe(200);
            answered += 1;
            if (answer.body.includes('"invalid"')) refused += 1;
            if (answered === 9900) enough.resolve();
          },
          () => undefined,
        );
      }
      await using second = await ControlPeer.greeted(folder.socket);
      expect(await second.request({ type: "set-cuts", cuts: { all: true, refs: [] }, by: "op" })).toMatchObject({ type: "done" });
      await enough.promise;
      expect(refused).toBeGreaterThan(4900);
      expect(operator.events.filter(({ event }) => event.type === "proposal-filed").length).toBeLessThanOrEqual(20);
      await using late = await ControlPeer.greeted(folder.socket);
      expect(late.ready.proposals.length).toBeLessThanOrEqual(20);
      expect(late.ready.health.every(({ state, restarts }) => state === "healthy" && restarts === 0)).toBe(true);
      await using agent = await McpPeer.connect(bundle.supervisePort);
      expect((await agent.call("list-egress-routes", {})).structuredContent).toMatchObject({ revision: 1 });
    } finally {
      connections.destroy();
    }
  });

  test("a restart of the bundle gives no agent another go", async () => {
    await using folder = await BundleFolder.create({ responseTimeoutSeconds: 0.01 });
    for (const round of [1, 2]) {
      await using bundle = await BundleProcess.start(folder);
      await using operator = await ControlPeer.greeted(folder.socket);
      await using agent = await McpPeer.connect(bundle.supervisePort);
      const hosts = Array.from({ length: 12 }, (_, index) => `again-${round}-${index}.example.org`);
      await Promise.all(hosts.map((host) => agent.egressBlock({ host, justification: "please" })));
      await using late = await ControlPeer.greeted(folder.socket);
      expect(late.ready.proposals.length).toBe(10);
      expect(operator.ready.proposals.length).toBe(round === 1 ? 0 : 10);
      await bundle.kill();
    }
  });
});
