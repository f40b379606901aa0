import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { z } from "zod";
import type { Route } from "#common/domain/route.ts";
import type { BundleConfig } from "#common/wire/bundle-config.ts";

export const SLUG = "demo-k3v9q";

export function route(host: string, parts: Partial<Route> = {}): Route {
  return {
    host,
    methods: null,
    pathAllowlist: [],
    auth: null,
    websocket: false,
    strip: { headers: [], queryKeys: [], cookies: [] },
    pipelock: { tlsPassthrough: false, ssrfIpAllowlist: [], allowFindings: [] },
    origin: { kind: "operator" },
    ...parts,
  };
}

type ConfigParts = Partial<z.input<typeof BundleConfig>>;

export function config(parts: ConfigParts = {}): z.input<typeof BundleConfig> {
  return {
    protocol: 1,
    slug: SLUG,
    listenHost: "127.0.0.1",
    dns: false,
    table: { revision: 1, routes: [route("allowed.example")] },
    supervise: true,
    responseTimeoutSeconds: 30,
    ...parts,
  };
}

/** A bundle's state folder as a backend makes it; removed with `await using`. */
export class BundleFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(parts: ConfigParts = {}, ca?: { readonly certificate: string; readonly key: string }): Promise<BundleFolder> {
    const path = await mkdtemp(join(tmpdir(), "bb-bundle-"));
    await writeFile(join(path, "config.json"), JSON.stringify(config(parts)));
    await writeFile(join(path, "ca.pem"), ca?.certificate ?? "-----BEGIN CERTIFICATE-----\nstand-in\n-----END CERTIFICATE-----\n");
    await writeFile(join(path, "ca-key.pem"), ca?.key ?? newKey(), { mode: 0o600 });
    return new BundleFolder(path);
  }

  get socket(): string {
    return join(this.path, "control.sock");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}

function newKey(): string {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "pkcs8", format: "pem" }) as string;
}
