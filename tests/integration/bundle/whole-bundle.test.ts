import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createConnection } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect, test } from "vitest";
import { EGRESS_PORT, SUPERVISE_PORT } from "#common/wire/ports.ts";
import { mintCertificateAuthority } from "../../../main/sidecars/certificate-authority.ts";
import { BundleFolder, route, SLUG } from "../../support/bundle/bundle-folder.ts";
import { BundleProcess } from "../../support/bundle/bundle-process.ts";
import { ControlPeer } from "../../support/bundle/control-peer.ts";
import { approval, filed, grant, requests } from "../../support/bundle/decisions.ts";
import { McpPeer } from "../../support/bundle/mcp-peer.ts";

/** The status of a GET through the bundle; refusals are told inside the tunnel, where the agent's program reads them (EGR-4). */
async function statusThrough(proxy: string, host: string, ca: string): Promise<string> {
  const socket = createConnection(EGRESS_PORT, proxy);
  socket.write(`CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`);
  const [established] = await once(socket, "data");
  expect(String(established)).toMatch(/^HTTP\/1\.1 200 /);
  const inside = connectTls({ socket, servername: host, ca });
  inside.write(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  const [answer] = await once(inside, "data");
  inside.destroy();
  return String(answer).split(" ", 2)[1] ?? "";
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

/** A bundle of its own address, with an operator and an agent. */
async function wholeBundle(): Promise<
  { listenHost: string; ca: string; folder: BundleFolder; bundle: BundleProcess; operator: ControlPeer; agent: McpPeer } & AsyncDisposable
> {
  await using stack = new AsyncDisposableStack();
  const listenHost = `127.${randomInt(80, 120)}.${randomInt(1, 250)}.${randomInt(2, 250)}`;
  const ca = mintCertificateAuthority(SLUG, new Date());
  const folder = stack.use(await BundleFolder.create({ listenHost }, { certificate: ca.certificatePem, key: ca.keyPem }));
  const bundle = stack.use(await BundleProcess.startReal(folder));
  const operator = stack.use(await ControlPeer.greeted(folder.socket, 0));
  const agent = stack.use(await McpPeer.connect(SUPERVISE_PORT, listenHost));
  const owned = stack.move();
  return { listenHost, ca: ca.certificatePem, folder, bundle, operator, agent, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

test("the whole bundle with its own egress: refused, asked for, approved, allowed, told as events (SID-1, SUP-5, EGR-6, EGR-7)", async () => {
  await using whole = await wholeBundle();
  const { listenHost, ca, bundle, operator, agent } = whole;
  expect(operator.ready.health.every(({ state }) => state === "healthy")).toBe(true);
  expect(await operator.request({ type: "set-secrets", values: { TOKEN: "canary-value" } })).toMatchObject({ type: "done", revision: 1 });

  expect(await statusThrough(listenHost, "new.example.org", ca)).toBe("403");
  await operator.event(({ event }) => event.type === "egress-decision" && event.decision.rule === "no-route");

  const call = agent.egressBlock({ host: "new.example.org", justification: "please" });
  const proposal = await filed(operator);
  const live = operator.ready.table;
  const approved = await operator.request(approval(proposal, live, { routes: [...live.routes, route("new.example.org")] }));
  expect(approved).toMatchObject({ type: "done", revision: 2 });
  expect((await call).structuredContent).toMatchObject({ status: "approved" });
  // Allowed now, though nobody is there: this network does not know the name.
  expect(await statusThrough(listenHost, "new.example.org", ca)).toMatch(/^50[24]$/);

  // Nothing of the bundle is in reach on an address that is not the agent's (SID-2).
  expect(await Promise.all([EGRESS_PORT, SUPERVISE_PORT].map((port) => listens("127.0.0.1", port)))).toEqual([false, false]);
  bundle.child.kill("SIGTERM");
  expect(await bundle.exited).toEqual({ code: 0, signal: null });
  expect(bundle.stderr).not.toContain("canary-value");
});

test("allowed for two requests, a host is reached twice and no more (SUP-5, EGR-6)", async () => {
  await using whole = await wholeBundle();
  const { listenHost, ca, operator, agent, folder } = whole;
  const call = agent.egressBlock({ host: "twice.example.org", justification: "please" });
  const proposal = await filed(operator);
  const grants = [grant(proposal.id, "twice.example.org", requests(2))];
  const scope = { kind: "requests", requests: 2 } as const;
  expect(await operator.request(approval(proposal, operator.ready.table, { grants, scope }))).toMatchObject({ type: "done", revision: 2 });
  expect((await call).text).toContain("2 of 2 requests left");

  const statuses = [];
  for (let time = 1; time <= 3; time++) statuses.push(await statusThrough(listenHost, "twice.example.org", ca));
  expect(statuses).toEqual([expect.stringMatching(/^50[24]$/), expect.stringMatching(/^50[24]$/), "403"]);
  const { event } = await operator.event(({ event }) => event.type === "grant-ended");
  expect(event).toMatchObject({ why: "used-up", grant: { id: proposal.id }, after: { revision: 3, grants: [] } });
  await using late = await ControlPeer.greeted(folder.socket);
  expect(late.ready.table).toMatchObject({ revision: 3, grants: [] });
  expect((await agent.call("proposal-status", { id: proposal.id })).text).toContain("That is over");
});
