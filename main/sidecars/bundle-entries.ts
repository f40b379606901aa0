import { join } from "node:path/posix";
import type { BundleConfig } from "#common/wire/bundle-config.ts";
import { BUNDLE_STATE_DIR } from "#common/wire/ports.ts";
import type { GuestEntry } from "../backends/backend.ts";
import type { CertificateAuthority } from "./certificate-authority.ts";

/** The files a bundle is created with. The CA's key lies in the bundle's private volume only, out of the agent's reach (EGR-1). */
export function bundleEntries(config: BundleConfig, ca: CertificateAuthority, extraCa: string | null): GuestEntry[] {
  const files = {
    "config.json": `${JSON.stringify(config)}\n`,
    "ca.pem": ca.certificatePem,
    "ca-key.pem": ca.keyPem,
    ...(extraCa === null ? {} : { "extra-ca.pem": extraCa }),
  };
  return Object.entries(files).map(([name, content]) => ({
    kind: "file",
    path: join(BUNDLE_STATE_DIR, name),
    mode: 0o600,
    owner: "guest",
    content,
  }));
}
