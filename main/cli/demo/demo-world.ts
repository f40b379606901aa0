import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { encodeCertificate, encodePem } from "#common/wire/certificate-der.ts";

/** The internet of the demonstration: names that exist nowhere else, and the authority that vouches for them. */
export interface DemoAuthority {
  readonly certificatePem: string;
  serverIdentity(host: string): { readonly cert: string; readonly key: string };
}

const DAY_MS = 86_400_000;
const AUTHORITY = "bot-bottle demo authority";

export function createDemoAuthority(now: Date): DemoAuthority {
  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ownSpki = own.publicKey.export({ type: "spki", format: "der" });
  const ownId = keyId(ownSpki);
  const issue = (subject: string, spki: Buffer, use: Parameters<typeof encodeCertificate>[0]["use"]) => {
    const body = {
      serial: randomBytes(16),
      issuer: AUTHORITY,
      subject,
      notBefore: new Date(now.getTime() - DAY_MS),
      notAfter: new Date(now.getTime() + DAY_MS),
      publicKey: spki,
      subjectKeyId: keyId(spki),
      issuerKeyId: ownId,
      use,
    };
    const der = encodeCertificate(body, (tbs) => sign("sha256", tbs, own.privateKey));
    return encodePem("CERTIFICATE", Buffer.from(der).toString("base64"));
  };
  return {
    certificatePem: issue(AUTHORITY, ownSpki, { kind: "ca" }),
    serverIdentity: (host) => {
      const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const cert = issue(host, publicKey.export({ type: "spki", format: "der" }), { kind: "server", host });
      return { cert, key: privateKey.export({ type: "pkcs8", format: "pem" }) as string };
    },
  };
}

function keyId(spki: Uint8Array): Uint8Array {
  return createHash("sha1").update(spki).digest();
}

/**
 * Answers for every host with what reached it. It knows the credential's hash only, and says whether what came in was it: so the
 * proof does not send the credential back to where it must never be.
 */
const SERVER = `
const { createHash } = require("node:crypto");
const { createSecureContext } = require("node:tls");
const { readFileSync } = require("node:fs");
const world = JSON.parse(readFileSync("/tmp/world.json", "utf8"));
const contexts = new Map(Object.entries(world.identities).map(([host, identity]) => [host, createSecureContext(identity)]));
const [first] = Object.values(world.identities);
const hash = (text) => createHash("sha256").update(text).digest("hex");
require("node:https").createServer({ ...first, SNICallback: (name, done) => done(null, contexts.get(name)) }, (request, response) => {
  const sent = request.headers.authorization;
  const credential = sent === undefined ? "none" : hash(sent) === world.authorizationHash ? "genuine" : "unknown";
  response.setHeader("content-type", "application/json").end(JSON.stringify({ host: request.headers.host, path: request.url, credential }) + "\\n");
}).listen(443, () => console.log("listening"));
`;

export interface DemoUpstream {
  readonly network: string;
  readonly image: string;
  readonly name: string;
  readonly hosts: readonly string[];
  readonly authority: DemoAuthority;
  /** The header's value that the hosts take for genuine. */
  readonly authorization: string;
}

/** Brings the hosts up beside the bundle; resolves when they listen. Disposing removes them. */
export async function startDemoUpstream(docker: Docker, upstream: DemoUpstream): Promise<AsyncDisposable> {
  const container = await docker.createContainer({
    name: upstream.name,
    Image: upstream.image,
    User: "0",
    Entrypoint: ["node", "-e", SERVER],
    Cmd: [],
    Labels: { "bot-bottle.demo": "upstream" },
    HostConfig: { NetworkMode: upstream.network },
    NetworkingConfig: { EndpointsConfig: { [upstream.network]: { Aliases: [...upstream.hosts] } } },
  });
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => void (await container.remove({ force: true, v: true })));
  await container.putArchive(worldArchive(upstream), { path: "/tmp" });
  await container.start();
  await listening(container);
  const up = stack.move();
  return { [Symbol.asyncDispose]: () => up.disposeAsync() };
}

function worldArchive({ hosts, authority, authorization }: DemoUpstream): NodeJS.ReadableStream {
  const identities = Object.fromEntries(hosts.map((host) => [host, authority.serverIdentity(host)]));
  const authorizationHash = createHash("sha256").update(authorization).digest("hex");
  const archive = pack();
  archive.entry({ name: "world.json", mode: 0o600 }, JSON.stringify({ identities, authorizationHash }));
  archive.finalize();
  return archive as unknown as NodeJS.ReadableStream;
}

async function listening(container: Docker.Container): Promise<void> {
  const log = (await container.logs({ follow: true, stdout: true, stderr: true })) as unknown as Readable;
  let said = "";
  try {
    for await (const chunk of log) {
      said += String(chunk);
      if (said.includes("listening")) return;
    }
    throw new Error(`the demonstration's upstream ended: ${said}`);
  } finally {
    log.destroy();
  }
}
