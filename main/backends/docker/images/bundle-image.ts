import { join } from "node:path";
import type { ImageSpec } from "../../backend.ts";
import { describeImage } from "../../image-spec.ts";
import { describeToolsImage } from "./tools-image.ts";

/** The sidecar bundle's image, from the built sidecars below `productRoot` and the tools they call. */
export async function describeBundleImage(productRoot: string): Promise<ImageSpec> {
  const dockerfile = join(productRoot, "sidecars", "Dockerfile");
  const include = ["dist/sidecars", "sidecars/ctl/ctl"];
  const copiesFrom = { TOOLS: await describeToolsImage(productRoot) };
  return await describeImage({
    name: "bot-bottle-sidecars",
    build: { dockerfile, contextDir: productRoot, include, args: {}, copiesFrom },
  });
}
