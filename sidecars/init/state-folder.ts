import { chmodSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { BundleConfig } from "#common/wire/bundle-config.ts";

/** What a bundle finds in its private folder when it starts. */
export interface StateFolder {
  readonly path: string;
  readonly config: BundleConfig;
  readonly caCertificate: string;
  readonly caKey: string;
  readonly extraCa: string | null;
}

/** Reads and checks everything before any daemon starts; errors name the file and what to put right. */
export function readStateFolder(path: string): StateFolder {
  // The control socket's permissions are the folder's: nobody else may so much as look it up.
  chmodSync(path, 0o700);
  const extraCa = join(path, "extra-ca.pem");
  return {
    path,
    config: readConfig(join(path, "config.json")),
    caCertificate: readPem(join(path, "ca.pem"), "CERTIFICATE"),
    caKey: readPem(join(path, "ca-key.pem"), "PRIVATE KEY"),
    extraCa: existsSync(extraCa) ? readPem(extraCa, "CERTIFICATE") : null,
  };
}

function readConfig(path: string): BundleConfig {
  const parsed = BundleConfig.safeParse(parseJson(path));
  if (parsed.success) return parsed.data;
  throw new Error(`${path} is not a bundle's configuration:\n${z.prettifyError(parsed.error)}`);
}

function parseJson(path: string): unknown {
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON`);
  }
}

function readPem(path: string, label: string): string {
  const text = readFileSync(path, "utf8");
  // The content of a key file must not be quoted in an error.
  if (!text.includes(`${label}-----`)) throw new Error(`${path} holds no PEM ${label.toLowerCase()}`);
  return text;
}
