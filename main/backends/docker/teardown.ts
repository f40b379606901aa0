import type Docker from "dockerode";
import type { Slug } from "#common/domain/names.ts";
import type { Remnant, TeardownReport } from "../backend.ts";
import { engineReason, engineStatus, isMissing } from "./engine/engine-error.ts";
import { ROLE_LABEL, SLUG_LABEL } from "./names.ts";

/** Everything on the engine that carries one bottle's label, or any bottle's. Containers first: the rest is in their use. */
export async function findRemnants(engine: Docker, slug: Slug | null): Promise<readonly Remnant[]> {
  const filters = JSON.stringify({ label: [slug === null ? SLUG_LABEL : `${SLUG_LABEL}=${slug}`] });
  const [containers, images, networks, volumes] = await Promise.all([
    engine.listContainers({ all: true, filters }),
    // Of agents that asked for an image of their own.
    engine.listImages({ filters }),
    engine.listNetworks({ filters }),
    engine.listVolumes({ filters }),
  ]);
  return [
    ...containers.map(({ Names, Id, Labels }) => remnant("container", Names[0]?.slice(1) ?? Id, Labels)),
    ...images.flatMap(({ RepoTags, Id, Labels }) => imageNames(RepoTags, Id).map((name) => remnant("image", name, Labels))),
    ...networks.map(({ Name, Labels }) => remnant("network", Name, Labels ?? {})),
    ...(volumes.Volumes ?? []).map(({ Name, Labels }) => remnant("volume", Name, Labels)),
  ];
}

/** What a build that ended early left has no name; engines tell that in two ways. */
function imageNames(tags: readonly string[] | null | undefined, id: string): readonly string[] {
  const names = (tags ?? []).filter((tag) => tag !== "<none>:<none>");
  return names.length === 0 ? [id] : names;
}

function remnant(kind: Remnant["kind"], name: string, labels: Readonly<Record<string, string>>): Remnant {
  return { slug: labels[SLUG_LABEL] ?? "", kind, name, labels };
}

/** Stops the agent as its terminal's end would, then the bundle; what does not end in time is killed at removal. */
export async function stopContainers(engine: Docker, slug: Slug, graceSeconds: number): Promise<void> {
  const filters = JSON.stringify({ label: [`${SLUG_LABEL}=${slug}`], status: ["running", "restarting", "paused"] });
  const containers = await engine.listContainers({ filters });
  for (const role of ["agent", "bundle"]) {
    const own = containers.filter(({ Labels }) => Labels[ROLE_LABEL] === role);
    await Promise.all(
      own.map(({ Id }) =>
        engine
          .getContainer(Id)
          .stop({ t: graceSeconds })
          .catch(() => undefined),
      ),
    );
  }
}

const ORDER: readonly Remnant["kind"][] = ["container", "image", "network", "volume"];

/** Removes what is named, kind by kind, and goes on past what fails (BTL-5). What is gone already counts as removed. */
export async function removeRemnants(engine: Docker, remnants: readonly Remnant[]): Promise<TeardownReport> {
  const removed: Remnant[] = [];
  const failed: { remnant: Remnant; reason: string }[] = [];
  for (const kind of ORDER) {
    const ofKind = remnants.filter((remnant) => remnant.kind === kind);
    const outcomes = await Promise.all(ofKind.map((remnant) => removeOne(engine, remnant)));
    ofKind.forEach((remnant, index) => {
      const reason = outcomes[index];
      if (reason === null || reason === undefined) removed.push(remnant);
      else failed.push({ remnant, reason });
    });
  }
  const foreign = remnants.filter(({ kind }) => !ORDER.includes(kind));
  return { removed, failed: [...failed, ...foreign.map((remnant) => ({ remnant, reason: "not a thing of the Docker engine" }))] };
}

/** Null when it is gone, else why not. */
async function removeOne(engine: Docker, { kind, name }: Remnant): Promise<string | null> {
  try {
    if (kind === "container") await removeContainer(engine, name);
    else if (kind === "image") await engine.getImage(name).remove();
    else if (kind === "network") await engine.getNetwork(name).remove();
    else await engine.getVolume(name).remove();
    return null;
  } catch (error) {
    return isMissing(error) ? null : engineReason(error);
  }
}

async function removeContainer(engine: Docker, name: string): Promise<void> {
  const container = engine.getContainer(name);
  try {
    await container.remove({ force: true, v: true });
  } catch (error) {
    // Another client is removing it: its end is what was asked for.
    if (engineStatus(error) !== 409 || !/removal .* in progress/i.test(engineReason(error))) throw error;
    await container.wait({ condition: "removed" });
  }
}
