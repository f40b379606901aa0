import type Docker from "dockerode";
import type { Slug } from "#common/domain/names.ts";
import { isMissing } from "../engine/engine-error.ts";
import { objectNames, ROLE_LABEL, SLUG_LABEL } from "../names.ts";

interface Agents {
  readonly current: Docker.ContainerInfo | undefined;
  readonly next: Docker.ContainerInfo | undefined;
  readonly previous: Docker.ContainerInfo | undefined;
}

/**
 * Brings a bottle whose replacement ended anywhere, also by a crash, to one agent that runs. Names tell how far it got: until
 * the old agent gave up its own, the old one stays; from then on the new one does, which had proven itself before. To be asked
 * again after any failure of its own.
 */
export async function settleAgents(engine: Docker, slug: Slug): Promise<void> {
  const { current, next, previous } = await findAgents(engine, slug);
  if (current !== undefined) {
    if (next !== undefined) await giveBack(engine, next, current);
    if (previous !== undefined) await remove(engine, previous);
  } else if (next?.State === "running") {
    await takeName(engine, next, slug);
    if (previous !== undefined) await remove(engine, previous);
  } else if (previous !== undefined) {
    if (next !== undefined) await giveBack(engine, next, previous);
    else await resume(engine, previous);
    await takeName(engine, previous, slug);
  }
}

async function findAgents(engine: Docker, slug: Slug): Promise<Agents> {
  const filters = JSON.stringify({ label: [`${SLUG_LABEL}=${slug}`, `${ROLE_LABEL}=agent`] });
  const containers = await engine.listContainers({ all: true, filters });
  const { agent, nextAgent, previousAgent } = objectNames(slug);
  const named = (name: string) => containers.find(({ Names }) => Names.includes(`/${name}`));
  return { current: named(agent), next: named(nextAgent), previous: named(previousAgent) };
}

/** The new one ends before the old one goes on, and leaves last: as long as it is there, this is found to be unfinished. */
async function giveBack(engine: Docker, next: Docker.ContainerInfo, old: Docker.ContainerInfo): Promise<void> {
  if (next.State === "running") await engine.getContainer(next.Id).kill().catch(ignoreEnded);
  await resume(engine, old);
  await remove(engine, next);
}

async function takeName(engine: Docker, { Id }: Docker.ContainerInfo, slug: Slug): Promise<void> {
  await engine.getContainer(Id).rename({ name: objectNames(slug).agent });
}

async function resume(engine: Docker, old: Docker.ContainerInfo): Promise<void> {
  if (old.State === "paused") await engine.getContainer(old.Id).unpause();
}

async function remove(engine: Docker, { Id }: Docker.ContainerInfo): Promise<void> {
  await engine.getContainer(Id).remove({ force: true, v: true }).catch(ignoreGone);
}

function ignoreGone(error: unknown): void {
  if (!isMissing(error)) throw error;
}

/** It ended by itself meanwhile; its removal says if that is not so. */
function ignoreEnded(): void {}
