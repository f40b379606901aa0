import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type Docker from "dockerode";
import type { GuestEntry } from "../../backend.ts";
import { readSmallFile } from "../streams/small-file.ts";

const BUNDLE_PATH = "/etc/ssl/certs/ca-certificates.crt";
const OWN_PATH = "/usr/local/share/ca-certificates/bot-bottle.crt";

/**
 * The roots an image trusts, read once per image: they go back into every bottle with its own CA added, which spares a
 * root process in the container (D3).
 */
export class TrustStore {
  readonly #cacheDir: string;
  readonly #known = new Map<string, Promise<string>>();

  constructor(cacheDir: string) {
    this.#cacheDir = join(cacheDir, "image-roots");
  }

  /** What to copy into the created container so that its programs trust `caCertificate` too. */
  async entries(engine: Docker, container: Docker.Container, imageRef: string, caCertificate: string): Promise<readonly GuestEntry[]> {
    const { Id } = await engine.getImage(imageRef).inspect();
    const roots = await this.#rootsOf(Id, container);
    const own = caCertificate.endsWith("\n") ? caCertificate : `${caCertificate}\n`;
    const file = { kind: "file", mode: 0o644, owner: "root" } as const;
    return [
      { ...file, path: BUNDLE_PATH, content: `${roots}${roots === "" || roots.endsWith("\n") ? "" : "\n"}${own}` },
      { ...file, path: OWN_PATH, content: own },
    ];
  }

  #rootsOf(imageId: string, container: Docker.Container): Promise<string> {
    const known = this.#known.get(imageId) ?? this.#load(imageId, container);
    this.#known.set(imageId, known);
    known.catch(() => this.#known.delete(imageId));
    return known;
  }

  async #load(imageId: string, container: Docker.Container): Promise<string> {
    const path = join(this.#cacheDir, `${imageId.replace(/[^a-z0-9]/gi, "-")}.pem`);
    const cached = await readFile(path, "utf8").catch(() => null);
    if (cached !== null) return cached;
    // An image without roots of its own trusts none but ours.
    const roots = (await readSmallFile(container, BUNDLE_PATH)) ?? "";
    await keep(this.#cacheDir, path, roots);
    return roots;
  }
}

/** A cache that cannot be written only costs time. */
async function keep(folder: string, path: string, roots: string): Promise<void> {
  const draft = `${path}.${process.pid}`;
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(draft, roots);
    await rename(draft, path);
  } catch {
    // Read from the image again next time.
  }
}
