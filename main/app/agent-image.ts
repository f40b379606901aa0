import { realpath } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ImageSpec } from "../backends/backend.ts";
import { describeImage } from "../backends/image-spec.ts";
import type { HomePaths } from "../platform/home.ts";
import type { AgentImages } from "../providers/images/agent-images.ts";
import type { AgentImage } from "../providers/provider.ts";

export interface AgentImageDeps {
  readonly home: HomePaths;
  readonly userHome: string;
  /** Images of the built-in providers. */
  agentImages(): Promise<AgentImages>;
}

type OwnDockerfile = Extract<AgentImage, { kind: "dockerfile" }>;

/** The image of a provider or a bottle, by what it is built from. A Dockerfile's own folder is its context. */
export async function describeAgentImage(image: AgentImage, deps: AgentImageDeps): Promise<ImageSpec> {
  if (image.kind === "built-in") return (await deps.agentImages())[image.name];
  const base = image.base === "agent" ? { base: (await deps.agentImages()).agent } : {};
  try {
    await refuseSharedFolder(image, deps);
    return await describeImage({
      name: "bot-bottle-custom",
      build: { dockerfile: image.path, contextDir: dirname(image.path), args: image.args, ...base },
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof OperatorError || code === undefined) throw error;
    throw new OperatorError("manifest-invalid", {
      message: `The Dockerfile ${image.path}, or something beside it, cannot be read (${code})`,
      hint: "Correct the path, which starts from bot-bottle's home, or put the file there",
      cause: error,
    });
  }
}

/** A Dockerfile put down in a home would send keys, state and the secret store to the engine, which may be another machine. */
async function refuseSharedFolder({ path }: OwnDockerfile, { home, userHome }: AgentImageDeps): Promise<void> {
  const folder = await realpath(dirname(path));
  const homes = await Promise.all([home.root, userHome].map((each) => realpath(each).catch(() => each)));
  const within = folder.endsWith(sep) ? folder : `${folder}${sep}`;
  if (!homes.some((each) => `${each}${sep}`.startsWith(within))) return;
  throw new OperatorError("manifest-invalid", {
    message: `${path} cannot be built: an image is built from its Dockerfile's whole folder, and ${dirname(path)} holds far more than that`,
    hint: `Move it to a folder of its own, for example ${join(home.root, "images", "NAME", "Dockerfile")}`,
  });
}
