import type Docker from "dockerode";
import { z } from "zod";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { BUNDLE_STATE_DIR } from "#common/wire/ports.ts";
import type { Limits } from "../../backend.ts";
import { BASE_IMAGE_LABEL, objectNames, RUNTIME_LABEL, VARIABLES_LABEL } from "../names.ts";
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
const InspectedImage = z.object({ Config: z.object({ Labels }) });

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
  const [image, caCertificate] = await Promise.all([engine.getImage(found.Image).inspect(), caOf(engine, slug)]);
  const ofImage = InspectedImage.parse(image).Config;
  const { Memory, NanoCpus, PidsLimit, Dns, Init, Runtime } = found.HostConfig;
  return {
    container,
    base: found.Config.Labels[BASE_IMAGE_LABEL] ?? found.Image,
    env: givenVariables(found.Config),
    labels: Object.fromEntries(Object.entries(found.Config.Labels).filter(([name, value]) => ofImage.Labels[name] !== value)),
    workdir: found.Config.WorkingDir,
    limits: { memoryBytes: Memory, cpus: NanoCpus / 1e9, pids: PidsLimit },
    runtime: found.Config.Labels[RUNTIME_LABEL] ?? Runtime,
    init: Init ?? false,
    address: found.NetworkSettings.Networks[names.internalNetwork]?.IPAddress ?? "",
    bundleAddress: Dns[0],
    caCertificate,
  };
}

/** What an image of the agent's own says of a variable is not mixed up with what the bottle gave it. */
function givenVariables({ Env, Labels: labels }: z.infer<typeof Inspected>["Config"]): Record<string, string> {
  const given = new Set(labels[VARIABLES_LABEL]?.split(","));
  const all = (Env ?? []).map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)] as const);
  return Object.fromEntries(all.filter(([name]) => given.has(name)));
}

/** From the bundle: the agent may own the folder of its own copy. */
async function caOf(engine: Docker, slug: Slug): Promise<string> {
  const certificate = await readSmallFile(engine.getContainer(objectNames(slug).bundle), `${BUNDLE_STATE_DIR}/ca.pem`);
  if (certificate !== null) return certificate;
  throw new OperatorError("conflict", {
    message: `The sidecars of ${slug} have no certificate any more that its agent could trust`,
    hint: "Stop the bottle, and start another",
  });
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
