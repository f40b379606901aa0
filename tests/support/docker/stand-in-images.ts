import { join } from "node:path";
import type { ImageSpec } from "../../../main/backends/backend.ts";
import { describeImage } from "../../../main/backends/image-spec.ts";
import { describeAgentImages } from "../../../main/providers/images/agent-images.ts";

const here = import.meta.dirname;

/** The real agent image, and a bundle that needs nothing built first. */
export async function describeTestImages(): Promise<{ readonly agent: ImageSpec; readonly bundle: ImageSpec }> {
  const { agent } = await describeAgentImages(join(here, "../../../main/providers/images"));
  const bundle = await describeImage({
    name: "bot-bottle-test-bundle",
    build: { dockerfile: join(here, "stand-in.Dockerfile"), contextDir: join(here, "stand-in"), args: {}, base: agent },
  });
  return { agent, bundle };
}
