import { createHash } from "node:crypto";
import { stripVTControlCharacters } from "node:util";
import type Docker from "dockerode";
import { pack } from "tar-stream";
import { AGENT_BASE, dockerfileProblems } from "#common/domain/agent-dockerfile.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { inertLine } from "#common/manifest/inert-line.ts";
import { engineReason } from "../engine/engine-error.ts";
import { GUEST, GUEST_USER } from "../launch/container-options.ts";
import { IMAGE_LABEL, SLUG_LABEL } from "../names.ts";
import { imageExists } from "./base-image.ts";
import { EngineWorkError, followProgress } from "./progress-lines.ts";

export interface ReplacementImage {
  readonly slug: Slug;
  readonly dockerfile: string;
  /** Id of the image that `bot-bottle-agent` stands for. */
  readonly base: string;
  readonly limits: { readonly memoryBytes: number; readonly cpus: number };
  readonly longestMs: number;
}

/** More is not worth reading, and a build that never stops talking must not fill a panel. */
const MOST_LINES = 20_000;
const LONGEST_LINE = 1000;

/**
 * Builds what an agent asked for, on the operator's engine. Its instructions may run as root, in containers of the engine's
 * with the engine's ordinary network: for what the operator approved, that is a way out of the bottle which no route decides on.
 * So nothing of the operator's goes in: no file (the context is the Dockerfile alone), no build argument, no credential.
 */
export async function buildReplacement(
  engine: Docker,
  image: ReplacementImage,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<string> {
  const [problem] = dockerfileProblems(image.dockerfile);
  if (problem !== undefined)
    throw new OperatorError("bad-input", {
      message: `The Dockerfile cannot be built: ${problem}`,
      hint: "Edit it, or reject the proposal",
    });
  const ref = replacementRef(image);
  if (await imageExists(engine, ref)) return ref;
  const deadline = AbortSignal.timeout(image.longestMs);
  const either = AbortSignal.any([signal, deadline]);
  try {
    const response = await engine.buildImage(contextOf(withFoundation(image)), { ...optionsOf(image, ref), abortSignal: either });
    await followProgress(response, boundedLog(log), either);
    return ref;
  } catch (error) {
    await dropUnnamed(engine, image.slug);
    signal.throwIfAborted();
    throw buildFailed(error, deadline.aborted ? image.longestMs : null);
  }
}

/** Of one bottle alone, so that it goes with it. */
function replacementRef({ slug, dockerfile, base }: ReplacementImage): string {
  const digest = createHash("sha256").update(`${base}\n${FOUNDATION}\n${dockerfile}`).digest("hex");
  return `bot-bottle-replaced-${slug}:${digest.slice(0, 16)}`;
}

/**
 * What makes any image an agent's again. The agent may have put programs of its own in place of those that run here, so nothing
 * rests on it: user, capabilities and the ban on new privileges are set on the container.
 */
const FOUNDATION = `
SHELL ["/bin/sh", "-c"]
USER 0:0
RUN { getent passwd ${GUEST.uid} >/dev/null || echo '${GUEST.user}:x:${GUEST_USER}::${GUEST.home}:/bin/bash' >> /etc/passwd; } \\
 && { getent group ${GUEST.gid} >/dev/null || echo '${GUEST.user}:x:${GUEST.gid}:' >> /etc/group; } \\
 && { [ -d ${GUEST.home} ] || install -d -o ${GUEST.uid} -g ${GUEST.gid} -m 0755 ${GUEST.home}; } \\
 && find / -xdev -perm /6000 -type f -exec chmod a-s {} +
USER ${GUEST_USER}
WORKDIR ${GUEST.home}
ENTRYPOINT []
CMD []
`;

/** Every layer carries its bottle's label: none is taken from, or lent to, another bottle's build, and what a failure leaves is found. */
function withFoundation({ slug, dockerfile, base }: ReplacementImage): string {
  const from = `FROM ${base}\nLABEL ${SLUG_LABEL}="${slug}"`;
  return `${dockerfile.replace(new RegExp(`^FROM ${AGENT_BASE}$`, "m"), () => from)}\n${FOUNDATION}`;
}

/** Layers of a build that ended early. What the engine still writes now goes with the bottle. */
async function dropUnnamed(engine: Docker, slug: Slug): Promise<void> {
  const filters = JSON.stringify({ label: [`${SLUG_LABEL}=${slug}`], dangling: ["true"] });
  const images = await engine.listImages({ filters }).catch(() => []);
  for (const { Id } of images)
    await engine
      .getImage(Id)
      .remove()
      .catch(() => undefined);
}

function contextOf(dockerfile: string): NodeJS.ReadableStream {
  const tar = pack();
  tar.entry({ name: "Dockerfile" }, dockerfile);
  tar.finalize();
  return tar as unknown as NodeJS.ReadableStream;
}

function optionsOf({ slug, limits }: ReplacementImage, ref: string): Docker.ImageBuildOptions {
  return {
    t: ref,
    dockerfile: "Dockerfile",
    // Set after everything the Dockerfile says: a stop of the bottle finds and removes it.
    labels: { [IMAGE_LABEL]: ref, [SLUG_LABEL]: slug },
    memory: limits.memoryBytes,
    memswap: limits.memoryBytes,
    cpuperiod: 100_000,
    cpuquota: Math.round(limits.cpus * 100_000),
    rm: true,
    forcerm: true,
  };
}

/** Lines as they may be shown anywhere: what a build prints is the agent's word. */
function boundedLog(log: (line: string) => void): (line: string) => void {
  let lines = 0;
  return (line) => {
    lines += 1;
    if (lines < MOST_LINES) log(inertLine(stripVTControlCharacters(line.slice(0, 4 * LONGEST_LINE))).slice(0, LONGEST_LINE));
    else if (lines === MOST_LINES) log("(what the build says from here on is not shown)");
  };
}

function buildFailed(error: unknown, tookMs: number | null): unknown {
  if (tookMs !== null)
    return new OperatorError("image-missing", {
      message: `The new image was not built within ${Math.round(tookMs / 60_000)} minutes`,
      hint: "Nothing was changed. See in the build's lines what it waited for, then edit the Dockerfile or reject the proposal",
    });
  const said =
    error instanceof EngineWorkError ? error.output.slice(-3).map((line) => inertLine(stripVTControlCharacters(line)).slice(0, 300)) : [];
  const reason = inertLine(stripVTControlCharacters(engineReason(error))).slice(0, 1000);
  return new OperatorError("image-missing", {
    message: [`The new image could not be built: ${reason}`, ...said].join(" | "),
    hint: "Nothing was changed: the agent goes on as it was. Edit the Dockerfile, or reject the proposal with a note",
    cause: error,
  });
}
