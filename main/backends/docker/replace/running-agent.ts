import type Docker from "dockerode";
import { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Limits } from "../../backend.ts";
import { OWN_PATH } from "../launch/trust-store.ts";
import { BASE_IMAGE_LABEL, objectNames, RUNTIME_LABEL } from "../names.ts";
import { showsFiles } from "../runtime.ts";
import { readSmallFile } from "../streams/small-file.ts";

const Labels = z
  .record(z.string(), z.string())
  .nullable()
  .transform((labels) => labels ?? {});

const Inspected = z.object({
  Id: z.string(),
  Image: z.string(),
  Config: z.object({ Env: z.array(z.string()).nullable(), Labels, WorkingDir: z.string() }),
  HostConfig: z.object({
    Memory: z.int().positive(),
    NanoCpus: z.int().positive(),
    PidsLimit: z.int().positive(),
    Dns: z.tuple([z.string()]),
    Init: z.boolean().nullish(),
    Runtime: z.string(),
  }),
  NetworkSettings: z.object({ Networks: z.record(z.string(), z.object({ IPAddress: z.string() })) }),
  State: z.object({ Running: z.boolean(), Paused: z.boolean() }),
});
const InspectedImage = z.object({ Config: z.object({ Env: z.array(z.string()).nullable(), Labels }) });

/** An agent as it runs, and what it takes to make one like it: all from the engine, so that nothing else changes with the image. */
export interface RunningAgent {
  readonly container: Docker.Container;
  /** Id of the image that its bottle was started on. */
  readonly base: string;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly workdir: string;
  readonly limits: Limits;
  readonly runtime: string;
  readonly init: boolean;
  readonly address: string;
  readonly bundleAddress: string;
  readonly caCertificate: string;
}

export async function findRunningAgent(engine: Docker, slug: Slug): Promise<RunningAgent> {
  const names = objectNames(slug);
  const found = Inspected.parse(await engine.getContainer(names.agent).inspect());
  if (!found.State.Running) throw notRunning(slug);
  if (found.State.Paused) throw beingReplaced(slug);
  if (!showsFiles(found.HostConfig.Runtime)) throw hiddenFiles(slug);
  const container = engine.getContainer(found.Id);
  const [image, caCertificate] = await Promise.all([engine.getImage(found.Image).inspect(), readSmallFile(container, OWN_PATH)]);
  const ofImage = InspectedImage.parse(image).Config;
  const { Memory, NanoCpus, PidsLimit, Dns, Init, Runtime } = found.HostConfig;
  return {
    container,
    base: found.Config.Labels[BASE_IMAGE_LABEL] ?? found.Image,
    // What the image says stays the image's to say; the rest was said at the start.
    env: Object.fromEntries((found.Config.Env ?? []).filter((each) => !ofImage.Env?.includes(each)).map(nameAndValue)),
    labels: Object.fromEntries(Object.entries(found.Config.Labels).filter(([name, value]) => ofImage.Labels[name] !== value)),
    workdir: found.Config.WorkingDir,
    limits: { memoryBytes: Memory, cpus: NanoCpus / 1e9, pids: PidsLimit },
    runtime: found.Config.Labels[RUNTIME_LABEL] ?? Runtime,
    init: Init ?? false,
    address: found.NetworkSettings.Networks[names.internalNetwork]?.IPAddress ?? "",
    bundleAddress: Dns[0],
    caCertificate: caCertificate ?? "",
  };
}

function nameAndValue(entry: string): [string, string] {
  const split = entry.indexOf("=");
  return split === -1 ? [entry, ""] : [entry.slice(0, split), entry.slice(split + 1)];
}

function notRunning(slug: Slug): OperatorError {
  return new OperatorError("conflict", {
    message: `The agent of ${slug} has ended: there is nothing to move to a new image`,
    hint: "Stop the bottle, and start another",
  });
}

/** Its home would come out as its image has it, and the conversation would be lost. */
function hiddenFiles(slug: Slug): OperatorError {
  return new OperatorError("unsupported", {
    message: `${slug} runs under gVisor, where the engine cannot copy what its agent wrote: it cannot be moved to a new image`,
    hint: "Put the programs in the Dockerfile that the bottle names in its manifest, then start another",
  });
}

export function beingReplaced(slug: Slug): OperatorError {
  return new OperatorError("conflict", {
    message: `The agent of ${slug} is being moved to a new image already`,
    hint: "Wait until that is done, or cancel it, then try again",
  });
}
