import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { ImageSpec } from "../../backend.ts";
import { engineReason } from "../engine/engine-error.ts";
import { IMAGE_LABEL, STAGE_LABEL } from "../names.ts";
import type { BaseImage } from "./base-image.ts";
import { imageExists } from "./base-image.ts";
import { DOCKERFILE_NAME, packContext } from "./build-context.ts";
import { packageSources, readOperatorCa } from "./operator-trust.ts";
import { EngineWorkError, followProgress } from "./progress-lines.ts";
import { SharedWork } from "./shared-work.ts";

type Detail = (text: string) => void;

/** The images bottles are made of: built where the engine lacks them, once, whoever asks. */
export class ImageStore {
  readonly #env: Readonly<Record<string, string | undefined>>;
  readonly #base: BaseImage;
  readonly #builds = new SharedWork<void>();
  /** One build at a time: they share layers, and two at once only take turns at the disk. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(deps: { readonly env: Readonly<Record<string, string | undefined>>; readonly base: BaseImage }) {
    this.#env = deps.env;
    this.#base = deps.base;
  }

  async ensure(engine: Docker, image: ImageSpec, detail: Detail, signal: AbortSignal): Promise<void> {
    if (await imageExists(engine, image.ref)) return;
    await this.#builds.run(image.ref, detail, signal, async (announce, abandoned) => {
      const images = await this.#ensureInputs(engine, image.build, announce, abandoned);
      await this.#inTurn(() => this.#build(engine, image, images, announce, abandoned), abandoned);
    });
  }

  /** The images that a build starts from and copies from, by the arguments of its Dockerfile that name them. */
  async #ensureInputs(engine: Docker, build: ImageSpec["build"], detail: Detail, signal: AbortSignal): Promise<Record<string, string>> {
    const images = { BASE: await this.#ensureBase(engine, build, detail, signal) };
    for (const [argument, image] of Object.entries(build.copiesFrom ?? {})) {
      await this.ensure(engine, image, detail, signal);
      Object.assign(images, { [argument]: image.ref });
    }
    return images;
  }

  async #ensureBase(engine: Docker, { base, publicBase }: ImageSpec["build"], detail: Detail, signal: AbortSignal): Promise<string> {
    if (publicBase !== undefined && (await this.#base.pulled(engine, publicBase, detail, signal))) return publicBase;
    if (base === undefined) return await this.#base.ensure(engine, detail, signal);
    await this.ensure(engine, base, detail, signal);
    return base.ref;
  }

  async #inTurn(work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const mine = this.#turn.then(() => {
      signal.throwIfAborted();
      return work();
    });
    this.#turn = mine.catch(() => {});
    await mine;
  }

  async #build(engine: Docker, image: ImageSpec, images: Record<string, string>, detail: Detail, signal: AbortSignal): Promise<void> {
    const context = packContext(image.build, await readOperatorCa(this.#env));
    try {
      const response = await engine.buildImage(context, {
        t: image.ref,
        dockerfile: DOCKERFILE_NAME,
        buildargs: { ...packageSources(this.#env), ...image.build.args, ...images },
        labels: { [IMAGE_LABEL]: image.ref },
        rm: true,
        forcerm: true,
        abortSignal: signal,
      });
      await followProgress(response, detail, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw buildFailed(image, error);
    } finally {
      await dropStaleStages(engine);
    }
  }
}

function buildFailed(image: ImageSpec, error: unknown): unknown {
  if (error instanceof OperatorError) return error;
  const tail = error instanceof EngineWorkError ? error.output.slice(-5).join("\n") : "";
  return new OperatorError("image-missing", {
    message: `building ${image.ref} failed: ${engineReason(error)}${tail === "" ? "" : `\n${tail}`}`,
    hint: "Check that the engine's containers reach the package mirrors, then start again.",
    cause: error,
  });
}

/** Layers of stages nobody kept. The hour spares those that a build of another process may just be standing on. */
async function dropStaleStages(engine: Docker): Promise<void> {
  const filters = { dangling: ["true"], label: [STAGE_LABEL], until: ["1h"] };
  await engine.pruneImages({ filters: JSON.stringify(filters) }).catch(() => {});
}
