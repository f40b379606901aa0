import { statSync } from "node:fs";
import { createConnection } from "node:net";
import { describe, expect, test } from "vitest";
import { encodeFrame, MAX_FRAME_BYTES } from "#common/wire/frame-codec.ts";
import { BundleFolder, route, SLUG } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import type { RequestBody } from "../../support/bundle/control-peer.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";

describe("the control channel of a running bundle (SID-3)", () => {
  test("greets, says what is live, and keeps its socket private", async () => {
    await using folder = await BundleFolder.create();
    await using _bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket);
    expect(peer.frames.map(({ type }) => type)).toEqual(["hello", "ready"]);
    expect(peer.ready.table.revision).toBe(1);
    expect(peer.ready.health.map(({ name, state }) => [name, state])).toEqual([
      ["egress", "healthy"],
      ["supervise", "healthy"],
    ]);
    expect(statSync(folder.socket).mode & 0o777).toBe(0o600);
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  });

  test.each([
    ["another protocol", { protocol: 99 }, /protocol 99/],
    ["another bottle", { slug: "other-aaaaa" }, new RegExp(SLUG)],
  ])("refuses a client of %s and says why", async (_what, hello, reason) => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.connect(folder.socket);
    peer.hello(hello);
    expect((await peer.next("refused")).reason).toMatch(reason);
    await peer.closed();
    await ControlPeer.greeted(folder.socket).then((other) => other[Symbol.asyncDispose]());
  });

  test("ends a client that sends rubbish, and no other", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using good = await ControlPeer.greeted(folder.socket, 0);
    const oversize = Buffer.alloc(4);
    oversize.writeUInt32BE(MAX_FRAME_BYTES + 1);
    const rubbish = [
      oversize,
      Buffer.from([0, 0, 0, 3, 0xff, 0xfe, 0xfd]),
      Buffer.from(encodeFrame({ type: "decide", id: 1 })),
      Buffer.from(encodeFrame(null)),
      Buffer.from(encodeFrame([[[[]]]])),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    ];
    for (const bytes of rubbish) {
      await using bad = await ControlPeer.connect(folder.socket);
      bad.socket.write(bytes);
      await bad.closed();
    }
    const answer = await good.request({ type: "set-routes", seenRevision: 1, routes: [], by: "op", note: "" });
    expect(answer).toMatchObject({ type: "done", revision: 2 });
  });

  test("an invalid request is answered as such and never quotes a value (SEC, SID-4)", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket);
    peer.send({ type: "set-secrets", id: 7, values: { TOKEN: { nested: "canary-secret" } } });
    const failed = await peer.next("failed");
    expect(failed).toMatchObject({ id: 7, code: "bad-request" });
    expect(JSON.stringify(failed)).not.toContain("canary-secret");
    const smuggled = await peer.request({ type: "set-secrets", values: { TOKEN: "canary\r\nX-Evil: 1" } });
    expect(smuggled).toMatchObject({ type: "failed", code: "bad-request" });
    expect(JSON.stringify(smuggled)).not.toContain("canary");
  });

  test("routes are set by revision; a stale change is refused (SUP-4, SUP-6)", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using first = await ControlPeer.greeted(folder.socket, 0);
    await using second = await ControlPeer.greeted(folder.socket, 0);
    const change: RequestBody = { type: "set-routes", seenRevision: 1, routes: [route("new.example")], by: "op", note: "why" };
    const answers = await Promise.all([first.request(change), second.request(change)]);
    expect(answers.map(({ type }) => type).sort()).toEqual(["done", "failed"]);
    expect(answers.find(({ type }) => type === "failed")).toMatchObject({ code: "stale" });
    for (const peer of [first, second]) {
      const { event } = await peer.event(({ event }) => event.type === "routes-set");
      expect(event).toMatchObject({ by: "op", before: { revision: 1 }, after: { revision: 2, routes: [{ host: "new.example" }] } });
    }
  });

  test.each([
    ["a host that is not canonical", [route("UPPER.example")]],
    ["a host twice", [route("a.example"), route("a.example")]],
    ["a path that reads two ways", [route("a.example", { pathAllowlist: ["/a/../b"] })]],
  ])("routes with %s never become live", async (_what, routes) => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket);
    expect(await peer.request({ type: "set-routes", seenRevision: 1, routes, by: "op", note: "" })).toMatchObject({ code: "bad-request" });
  });

  test("missing credentials are named until they come, and again after a restart of the bundle (SID-4)", async () => {
    await using folder = await BundleFolder.create({
      supervise: false,
      table: { revision: 4, routes: [route("api.example", { auth: { scheme: "Bearer", tokenRef: "API_TOKEN", inject: "always" } })] },
    });
    {
      await using bundle = await BundleProcess.start(folder);
      await using peer = await ControlPeer.greeted(folder.socket, 0);
      expect(peer.ready.missingSecrets).toEqual(["API_TOKEN"]);
      expect(await peer.request({ type: "set-secrets", values: { API_TOKEN: "canary-token" } })).toMatchObject({ type: "done" });
      await peer.until(() => peer.frames.find((frame) => frame.type === "health" && frame.missingSecrets.length === 0));
      await bundle.kill();
    }
    await using _again = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket);
    expect(peer.ready.missingSecrets).toEqual(["API_TOKEN"]);
  });

  test("events come to every client after what it has, without gaps", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using live = await ControlPeer.greeted(folder.socket, 0);
    await live.request({ type: "set-routes", seenRevision: 1, routes: [route("busy.test"), route("b.example")], by: "op", note: "" });
    const decided = await live.event(({ event }) => event.type === "egress-decision" && event.decision.host === "b.example");
    await using late = await ControlPeer.greeted(folder.socket, decided.seq - 1);
    expect((await late.event(() => true)).seq).toBe(decided.seq);
    await using silent = await ControlPeer.greeted(folder.socket, null);
    await live.request({ type: "set-routes", seenRevision: 2, routes: [], by: "op", note: "" });
    const last = await live.event(({ event }) => event.type === "routes-set" && event.after.revision === 3);
    await late.event(({ seq }) => seq === last.seq);
    expect(live.events.map(({ seq }) => seq)).toEqual(live.events.map((_, index) => index + 1));
    expect(silent.events).toEqual([]);
  });

  test("a client that closes its side first still gets its answers", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.connect(folder.socket);
    peer.hello();
    peer.send({ type: "set-routes", id: 1, seenRevision: 1, routes: [], by: "op", note: "" });
    peer.socket.end();
    await peer.closed();
    expect(peer.frames.map(({ type }) => type)).toEqual(expect.arrayContaining(["hello", "ready", "done"]));
  });

  test("a client that reads nothing holds up nobody", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    const stalled = createConnection(folder.socket);
    stalled.write(encodeFrame({ type: "hello", protocol: 1, buildId: "t", slug: SLUG, role: "cli", since: 0 }));
    await using peer = await ControlPeer.greeted(folder.socket, 0);
    const routes = Array.from({ length: 400 }, (_, index) => route(`host-${index}.example`, { pathAllowlist: [`/${"x".repeat(500)}`] }));
    for (let revision = 1; revision <= 20; revision++) {
      const answer = await peer.request({ type: "set-routes", seenRevision: revision, routes, by: "op", note: String(revision) });
      expect(answer).toMatchObject({ type: "done", revision: revision + 1 });
    }
    stalled.destroy();
  });
});
