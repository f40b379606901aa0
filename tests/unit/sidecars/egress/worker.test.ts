import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import type { EgressWorkerStart } from "../../../../sidecars/kit/egress-worker.ts";
import { FromEgressWorker } from "../../../../sidecars/kit/egress-worker.ts";
import { freePort } from "../../../support/bundle/free-port.ts";
import { bottleCa, HOST, plainClient, route, tunnelClient } from "./harness.ts";

interface RunningWorker extends AsyncDisposable {
  readonly proxy: { readonly port: number };
  readonly exitCode: Promise<unknown>;
  post(message: unknown): void;
  /** The first message of that type, gone by or to come. */
  heard<T extends FromEgressWorker["type"]>(type: T): Promise<Extract<FromEgressWorker, { type: T }>>;
}

async function startWorker(policy: Pick<EgressWorkerStart, "table" | "cuts">): Promise<RunningWorker> {
  const port = await freePort();
  const keys = { caCertificate: bottleCa.certificatePem, caKey: bottleCa.keyPem, extraCa: null };
  const workerData: EgressWorkerStart = { listenHost: "127.0.0.1", port, ...keys, ...policy, budget: null, spent: null };
  const worker = new Worker(new URL("../../../../sidecars/egress/worker.ts", import.meta.url), { workerData });
  const exitCode = once(worker, "exit").then(([code]) => code as unknown);
  const messages: FromEgressWorker[] = [];
  const checks = new Set<() => void>();
  worker.on("message", (message: unknown) => {
    messages.push(FromEgressWorker.parse(message));
    for (const check of checks) check();
  });
  const heard = <T extends FromEgressWorker["type"]>(type: T) =>
    new Promise<Extract<FromEgressWorker, { type: T }>>((resolve) => {
      const check = () => {
        const found = messages.find((message): message is Extract<FromEgressWorker, { type: T }> => message.type === type);
        if (found !== undefined) resolve(found);
      };
      checks.add(check);
      check();
    });
  await heard("ready");
  return {
    proxy: { port },
    heard,
    exitCode,
    post: (message) => worker.postMessage(message),
    async [Symbol.asyncDispose]() {
      worker.postMessage({ type: "stop", graceMs: 0 });
      await exitCode;
    },
  };
}

const request = `GET / HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
const NO_CUTS = { all: false, refs: [] };

test("SUP-5: a request by a counted grant is told at once, even where it then fails", async () => {
  const limit = { kind: "requests", granted: 2, left: 2 } as const;
  const grant = { id: "demo-abcde.1", route: route({ host: HOST }), limit, grantedAt: "2026-11-22T12:00:00.000Z", by: "ada" };
  await using worker = await startWorker({ table: { revision: 1, routes: [], grants: [grant] }, cuts: NO_CUTS });
  using client = await tunnelClient(worker);
  client.socket.write(request);
  expect(await worker.heard("grant-used")).toEqual({ type: "grant-used", grantId: "demo-abcde.1", left: 1 });
});

test("EGR-7: a cut is answered once it holds, and holds from the start where it was there before", async () => {
  const routes = [route({ auth: { scheme: "Bearer", tokenRef: "TOKEN" } })];
  const table = { revision: 1, routes, grants: [] };
  await using worker = await startWorker({ table, cuts: NO_CUTS });
  worker.post({ type: "secrets", values: { TOKEN: "canary-3f9a77" } });
  worker.post({ type: "cuts", cuts: { all: false, refs: ["TOKEN"] } });
  await worker.heard("cuts-live");
  using client = await tunnelClient(worker);
  client.socket.write(request);
  expect((await client.reader.answer()).head).toContain("credential-cut");
  await using restarted = await startWorker({ table, cuts: { all: true, refs: [] } });
  using second = await tunnelClient(restarted);
  second.socket.write(request);
  expect((await second.reader.answer()).head).toContain("credential-cut");
});

test("a worker decides, swaps the table, and ends with code 0", async () => {
  await using worker = await startWorker({ table: { revision: 1, routes: [route()], grants: [] }, cuts: NO_CUTS });
  using client = await plainClient(worker);
  client.socket.write("CONNECT evil.example:22 HTTP/1.1\r\n\r\n");
  expect(await client.reader.rest()).toContain("only port 443");
  expect(await worker.heard("decisions")).toMatchObject({ decisions: [{ rule: "port", host: "evil.example" }] });
  worker.post({ type: "table", table: { revision: 7, routes: [], grants: [] } });
  expect(await worker.heard("table-live")).toEqual({ type: "table-live", revision: 7 });
  worker.post({ type: "stop", graceMs: 100 });
  expect(await worker.exitCode).toBe(0);
});
