import { readFile } from "node:fs/promises";
import { OperatorError } from "#common/domain/operator-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** PEM of the roots this machine's operator trusts beyond the usual ones, for downloads during image builds; empty for none. */
export async function readOperatorCa(env: Environment): Promise<string> {
  const named = env.BOT_BOTTLE_EXTRA_CA;
  if (named) return await readFile(named, "utf8").catch((cause: unknown) => Promise.reject(unreadable(named, cause)));
  const inherited = env.NODE_EXTRA_CA_CERTS ?? env.SSL_CERT_FILE;
  return inherited ? await readFile(inherited, "utf8").catch(() => "") : "";
}

function unreadable(path: string, cause: unknown): OperatorError {
  return new OperatorError("bad-input", {
    message: `BOT_BOTTLE_EXTRA_CA names ${path}, which cannot be read`,
    hint: "Point it at a readable PEM file, or unset it.",
    cause,
  });
}

/** The operator's package registry, for `RUN npm`; one that carries a credential is left out, because build arguments are not secret. */
export function npmRegistry(env: Environment): string | null {
  const configured = env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY;
  if (!configured || !URL.canParse(configured)) return null;
  const url = new URL(configured);
  return url.username || url.password || url.search ? null : url.href;
}
