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

/**
 * Where the operator's own package clients look, as build arguments: a Dockerfile declares those that it uses. One that carries
 * a credential is left out, because build arguments are not secret.
 */
export function packageSources(env: Environment): Record<string, string> {
  const sources = {
    NPM_REGISTRY: plainUrl(env.npm_config_registry ?? env.NPM_CONFIG_REGISTRY),
    PIP_INDEX_URL: plainUrl(env.PIP_INDEX_URL),
    GOPROXY: plainProxyList(env.GOPROXY),
    GOSUMDB: env.GOSUMDB || null,
  };
  return Object.fromEntries(Object.entries(sources).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

function plainUrl(configured: string | undefined): string | null {
  if (!configured || !URL.canParse(configured)) return null;
  const url = new URL(configured);
  return url.username || url.password || url.search ? null : url.href;
}

/** Go's list: addresses and the words `direct` and `off`, parted by commas or bars. */
function plainProxyList(configured: string | undefined): string | null {
  if (!configured) return null;
  const parts = configured.split(/[,|]/);
  return parts.every((part) => part === "direct" || part === "off" || plainUrl(part) !== null) ? configured : null;
}
