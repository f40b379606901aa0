import { join } from "node:path";
import type { ImageSpec } from "../../backend.ts";
import { describeImage } from "../../image-spec.ts";

/** The sidecar bundle's image, from the built sidecars below `productRoot`. */
export async function describeBundleImage(productRoot: string): Promise<ImageSpec> {
  const dockerfile = join(productRoot, "sidecars", "Dockerfile");
  const build = { dockerfile, contextDir: productRoot, include: ["dist/sidecars", "sidecars/ctl/ctl"], args: {} };
  return await describeImage({ name: "bot-bottle-sidecars", build });
}
