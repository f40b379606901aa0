import { dirname } from "node:path";
import type { ImageSpec } from "../backends/backend.ts";
import { describeImage } from "../backends/image-spec.ts";
import type { AgentImages } from "../providers/images/agent-images.ts";
import type { AgentImage } from "../providers/provider.ts";

/** The image of a provider or a bottle, by what it is built from. A Dockerfile's own folder is its context. */
export async function describeAgentImage(image: AgentImage, builtIn: () => Promise<AgentImages>): Promise<ImageSpec> {
  if (image.kind === "built-in") return (await builtIn())[image.name];
  const base = image.base === "agent" ? { base: (await builtIn()).agent } : {};
  return describeImage({
    name: "bot-bottle-custom",
    build: { dockerfile: image.path, contextDir: dirname(image.path), args: image.args, ...base },
  });
}
