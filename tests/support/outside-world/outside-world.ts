import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import Docker from "dockerode";
import { pack } from "tar-stream";
import { z } from "zod";
import type { TestCertificates } from "./test-ca.ts";

const SeenRequest = z.looseObject({
  host: z.string(),
  method: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
  bodyBytes: z.int(),
});
export type SeenRequest = z.infer<typeof SeenRequest>;

/** The internet of one bottle under test: a container on its egress network that answers for `hosts`. */
export interface OutsideWorld extends AsyncDisposable {
  /** Every request that reached it so far, in order. */
  requests(): Promise<SeenRequest[]>;
}

/** Brings the world up beside the bottle; resolves when it listens. `image` is any image with Node 24 (the sidecars' one). */
export async function startOutsideWorld(slug: string, hosts: readonly string[], certificates: TestCertificates): Promise<OutsideWorld> {
  const docker = new Docker();
  const image = (await docker.getContainer(`bot-bottle-${slug}-sidecars`).inspect()).Config.Image;
  const network = `bot-bottle-${slug}-egress`;
  const container = await docker.createContainer({
    name: `test-world-${slug}`,
    Image: image,
    User: "0",
    Entrypoint: ["node", "/world/server.ts"],
    Cmd: [],
    HostConfig: { NetworkMode: network },
    NetworkingConfig: { EndpointsConfig: { [network]: { Aliases: [...hosts] } } },
  });
  let removed: Promise<unknown> | null = null;
  const world: OutsideWorld = {
    requests: async () => parseRequests(await readLog(container)),
    [Symbol.asyncDispose]: async () => {
      removed ??= container.remove({ force: true, v: true });
      await removed;
    },
  };
  try {
    await container.putArchive(await worldArchive(certificates), { path: "/" });
    await container.start();
    await listening(container);
    return world;
  } catch (error) {
    await world[Symbol.asyncDispose]();
    throw error;
  }
}

async function worldArchive(certificates: TestCertificates): Promise<Readable> {
  const archive = pack();
  for (const name of ["server.ts", "messages-api.ts", "capability-turn.ts", "approval-turn.ts", "responses-api.ts", "functions-api.ts"]) {
    archive.entry({ name: `world/${name}` }, await readFile(join(import.meta.dirname, name), "utf8"));
  }
  archive.entry({ name: "world/package.json" }, '{"type":"module"}');
  archive.entry({ name: "world/cert.pem" }, certificates.certificate);
  archive.entry({ name: "world/key.pem" }, certificates.key);
  archive.finalize();
  return archive as unknown as Readable;
}

async function listening(container: Docker.Container): Promise<void> {
  const log = await container.logs({ follow: true, stdout: true, stderr: true });
  try {
    for await (const chunk of log) {
      if (chunk.toString("utf8").includes('"listening":true')) return;
    }
    throw new Error(`the outside world ended before it listened: ${await readLog(container)}`);
  } finally {
    (log as unknown as Readable).destroy();
  }
}

async function readLog(container: Docker.Container): Promise<string> {
  const raw = await container.logs({ follow: false, stdout: true, stderr: true });
  return demultiplexed(raw as unknown as Buffer);
}

/** The engine's framing of a container's output without a TTY: eight bytes of header, the last four the length. */
function demultiplexed(raw: Buffer): string {
  const parts: Buffer[] = [];
  for (let at = 0; at + 8 <= raw.byteLength; ) {
    const length = raw.readUInt32BE(at + 4);
    parts.push(raw.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return Buffer.concat(parts).toString("utf8");
}

function parseRequests(log: string): SeenRequest[] {
  return log
    .split("\n")
    .filter((line) => line.startsWith('{"host"'))
    .map((line) => SeenRequest.parse(JSON.parse(line)));
}
