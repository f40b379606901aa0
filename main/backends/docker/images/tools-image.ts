import { join } from "node:path";
import type { ImageSpec } from "../../backend.ts";
import { describeImage } from "../../image-spec.ts";

const PUBLIC_GO = "golang:1.26.6-bookworm";

/** The programs of others that a bundle calls, an image apart: it is built once and copied from whenever sidecars change. */
export async function describeToolsImage(productRoot: string): Promise<ImageSpec> {
  const folder = join(productRoot, "sidecars", "tools");
  const noFiles = { contextDir: folder, include: [], args: {} };
  const go = await describeImage({ name: "bot-bottle-go", build: { ...noFiles, dockerfile: join(folder, "go.Dockerfile") } });
  const build = { ...noFiles, dockerfile: join(folder, "Dockerfile"), base: go, publicBase: PUBLIC_GO };
  return await describeImage({ name: "bot-bottle-tools", build });
}
