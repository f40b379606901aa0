import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createConnection } from "node:net";
import { expect, test } from "vitest";
import { EGRESS_PORT, SUPERVISE_PORT } from "#common/wire/ports.ts";
import { mintCertificateAuthority } from "../../../main/sidecars/certificate-authority.ts";
import { BundleFolder, route, SLUG } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

async function connectStatus(host: string, target: string): Promise<string> {
  const socket = createConnection(EGRESS_PORT, host);
  socket.write(`CONNECT ${target}:443 HTTP/1.1\r\nHost: ${target}:443\r\n\r\n`);
  const [answer] = await once(socket, "data");
  socket.destroy();
  return String(answer).split("\r\n", 1)[0] ?? "";
}

/** Whether something accepts connections there. */
async function listens(host: string, port: number): Promise<boolean> {
  const socket = createConnection(port, host);
  return once(socket, "connect").then(
    () => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}

test("the whole bundle with its own egress: refused, asked for, approved, allowed, told as events (SID-1, SUP-5, EGR-6, EGR-7)", async () => {
  const listenHost = `127.${randomInt(80, 120)}.${randomInt(1, 250)}.${randomInt(2, 250)}`;
  const ca = mintCertificateAuthority(SLUG, new Date());
  await using folder = await BundleFolder.create({ listenHost }, { certificate: ca.certificatePem, key: ca.keyPem });
  await using bundle = await BundleProcess.startReal(folder);
  await using operator = await ControlPeer.greeted(folder.socket, 0);
  expect(operator.ready.health.every(({ state }) => state === "healthy")).toBe(true);
  expect(await operator.request({ type: "set-secrets", values: { TOKEN: "canary-value" } })).toMatchObject({ type: "done", revision: 1 });

  expect(await connectStatus(listenHost, "new.example.org")).toMatch(/ 403 /);
  await operator.event(({ event }) => event.type === "egress-decision" && event.decision.rule === "no-route");

  await using agent = await McpPeer.connect(SUPERVISE_PORT, listenHost);
  const call = agent.egressBlock({ host: "new.example.org", justification: "please" });
  const { event } = await operator.event(({ event }) => event.type === "proposal-filed");
  if (event.type !== "proposal-filed") throw new Error("not a filing");
  const { id, digest, request } = event.proposal;
  const approved = await operator.request({
    type: "decide",
    proposalId: id,
    digest,
    seenRevision: 1,
    by: "op",
    note: "",
    outcome: { verdict: "approved", routes: [route("new.example.org")], applied: request },
  });
  expect(approved).toMatchObject({ type: "done", revision: 2 });
  expect((await call).structuredContent).toMatchObject({ status: "approved" });
  expect(await connectStatus(listenHost, "new.example.org")).toMatch(/ 200 /);

  // Nothing of the bundle is in reach on an address that is not the agent's (SID-2).
  expect(await Promise.all([EGRESS_PORT, SUPERVISE_PORT].map((port) => listens("127.0.0.1", port)))).toEqual([false, false]);
  bundle.child.kill("SIGTERM");
  expect(await bundle.exited).toEqual({ code: 0, signal: null });
  expect(bundle.stderr).not.toContain("canary-value");
});
