import { describe, expect, test } from "vitest";
import { BundleFolder, route } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

describe("init (SID-1)", () => {
  test.each(["SIGTERM", "SIGINT"] as const)("%s ends everything in order with code 0", async (signal) => {
    await using folder = await BundleFolder.create();
    await using bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket, 0);
    bundle.child.kill(signal);
    expect(await bundle.exited).toEqual({ code: 0, signal: null });
    await peer.closed();
    expect(peer.events.map(({ event }) => (event.type === "daemon" ? event.health.state : event.type))).toContain("stopped");
  });

  test("a call that waits for the operator is answered as pending when the bundle ends (SUP-2)", async () => {
    await using folder = await BundleFolder.create();
    await using bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket, 0);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    const call = agent.egressBlock({ host: "a.example.org", justification: "please" });
    await peer.event(({ event }) => event.type === "proposal-filed");
    expect(await peer.request({ type: "shutdown" })).toMatchObject({ type: "done" });
    expect((await call).structuredContent).toMatchObject({ status: "pending" });
    expect((await bundle.exited).code).toBe(0);
  });

  test("many restart requests at once are one or two restarts, and the others stay up", async () => {
    await using folder = await BundleFolder.create();
    await using _bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket, 0);
    const answers = await Promise.all(Array.from({ length: 12 }, () => peer.request({ type: "restart", daemon: "egress" })));
    expect(answers.every(({ type }) => type === "done")).toBe(true);
    await using late = await ControlPeer.greeted(folder.socket);
    const [egress, supervise] = late.ready.health;
    expect(egress).toMatchObject({ name: "egress", state: "healthy" });
    expect(egress?.restarts).toBeLessThanOrEqual(2);
    expect(supervise).toMatchObject({ name: "supervise", state: "healthy", restarts: 0 });
  });

  test("shutdown wins over restart", async () => {
    await using folder = await BundleFolder.create();
    await using bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket);
    const restarts = [peer.request({ type: "restart", daemon: "egress" }), peer.request({ type: "restart", daemon: "supervise" })];
    const shutdown = await peer.request({ type: "shutdown" });
    expect(shutdown.type).toBe("done");
    await Promise.allSettled(restarts);
    expect((await bundle.exited).code).toBe(0);
  });

  test("a daemon that cannot start is reported, tried again, and takes nobody down", async () => {
    await using folder = await BundleFolder.create({ table: { revision: 3, routes: [route("crash-at-start.test")] } });
    await using bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket, 0);
    const [egress, supervise] = peer.ready.health;
    expect(egress).toMatchObject({ state: "restarting", lastError: expect.stringContaining("cannot start with this table") });
    expect(supervise).toMatchObject({ state: "healthy" });
    await peer.event(({ event }) => event.type === "daemon" && event.health.name === "egress" && event.health.restarts >= 2);
    await using agent = await McpPeer.connect(bundle.supervisePort);
    expect((await agent.client.listTools()).tools.map(({ name }) => name)).toEqual([
      "egress-block",
      "pipelock-block",
      "list-egress-routes",
      "proposal-status",
    ]);
    await peer.request({ type: "shutdown" });
    expect((await bundle.exited).code).toBe(1);
  });

  test("a sidecar that this bundle does not have cannot be restarted", async () => {
    await using folder = await BundleFolder.create({ supervise: false });
    await using _bundle = await BundleProcess.start(folder);
    await using peer = await ControlPeer.greeted(folder.socket);
    expect(await peer.request({ type: "restart", daemon: "pipelock" })).toMatchObject({ type: "failed", code: "not-found" });
  });

  test("a configuration that is wrong is a start error that names what is", async () => {
    await using folder = await BundleFolder.create({ responseTimeoutSeconds: -1 });
    await expect(BundleProcess.start(folder)).rejects.toThrow(/responseTimeoutSeconds/);
  });
});
