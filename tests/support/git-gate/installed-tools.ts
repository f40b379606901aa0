import { access, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type Docker from "dockerode";
import { extract } from "tar-stream";
import { lazyEngine } from "../../../main/backends/docker/engine/connect.ts";
import { BaseImage } from "../../../main/backends/docker/images/base-image.ts";
import { ImageStore } from "../../../main/backends/docker/images/image-store.ts";
import { describeToolsImage } from "../../../main/backends/docker/images/tools-image.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Path of the pinned gitleaks, copied once out of the image that bundles get it from, so that this machine needs no Go. */
export async function installedGitleaks(): Promise<string> {
  const image = await describeToolsImage(ROOT);
  const folder = join(ROOT, ".cache", image.ref.replace(":", "-"));
  const program = join(folder, "gitleaks");
  const there = await access(program).then(
    () => true,
    () => false,
  );
  if (there) return program;
  const engine = lazyEngine({ env: process.env, homeDir: homedir() });
  const base = new BaseImage({ env: process.env, cacheDir: join(ROOT, ".cache"), address: () => engine.address() });
  const client = await engine.client();
  await new ImageStore({ env: process.env, base }).ensure(client, image, () => {}, AbortSignal.timeout(900_000));
  await copyOut(client, image.ref, folder);
  return program;
}

/** All at once under its name, so that nobody meets half of it. */
async function copyOut(client: Docker, ref: string, folder: string): Promise<void> {
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  const container = await client.createContainer({ Image: ref, Cmd: ["/gitleaks"] });
  try {
    for (const name of ["gitleaks", "gitleaks.toml"]) {
      const archive = await container.getArchive({ path: `/${name}` });
      await writeFile(join(draft, name), await onlyFile(archive), { mode: 0o755 });
    }
    await rename(draft, folder).catch((error: unknown) => keepOther(error, draft));
  } finally {
    await container.remove({ force: true });
  }
}

/** Another test process was faster. */
async function keepOther(error: unknown, draft: string): Promise<void> {
  const { code } = error as NodeJS.ErrnoException;
  if (code !== "ENOTEMPTY" && code !== "EEXIST") throw error;
  await rm(draft, { recursive: true });
}

async function onlyFile(archive: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const entry of archive.pipe(extract())) for await (const chunk of entry as AsyncIterable<Buffer>) parts.push(chunk);
  return Buffer.concat(parts);
}
