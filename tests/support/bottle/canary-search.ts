import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import Docker from "dockerode";

/** Everything the engine tells about a bottle. */
export async function engineView(slug: string): Promise<unknown[]> {
  const docker = new Docker();
  const filters = { label: [`bot-bottle.slug=${slug}`] };
  const containers = await docker.listContainers({ all: true, filters });
  const networks = await docker.listNetworks({ filters });
  const inspected = await Promise.all(containers.map(({ Id }) => docker.getContainer(Id).inspect()));
  const histories = await Promise.all(containers.map(({ ImageID }) => docker.getImage(ImageID).history()));
  const images = await Promise.all(containers.map(({ ImageID }) => docker.getImage(ImageID).inspect()));
  return [containers, networks, inspected, histories, images];
}

/** Every process but this one, which is the operator here and made the token up; by arguments, and by environment. */
export async function processesHolding(
  text: string,
  where: readonly ("cmdline" | "environ")[] = ["cmdline", "environ"],
): Promise<string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const held = await Promise.all(
    pids.map(async (pid) => {
      const parts = await Promise.all(where.map((file) => readFile(`/proc/${pid}/${file}`, "latin1").catch(() => "")));
      return parts.some((part) => part.includes(text)) ? pid : null;
    }),
  );
  return held.filter((entry) => entry !== null);
}

/** Files below the folder that hold the text. */
export async function filesHolding(folder: string, text: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const contents = await Promise.all(files.map((file) => readFile(file, "latin1")));
  return files.filter((_file, index) => contents[index]?.includes(text));
}

/** Looks through the container's writable state as the engine would hand it to anyone with access to it. */
export async function containerFilesHold(container: Docker.Container, text: string): Promise<boolean> {
  for (const path of ["/home", "/tmp", "/etc", "/var/lib/bot-bottle"]) {
    const archive = await container.getArchive({ path }).catch(() => null);
    if (archive === null) continue;
    let tail = "";
    for await (const chunk of archive) {
      const window: string = tail + (chunk as Buffer).toString("latin1");
      if (window.includes(text)) return true;
      tail = window.slice(-text.length);
    }
  }
  return false;
}
