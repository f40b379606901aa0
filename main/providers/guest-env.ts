import { EGRESS_PORT, SIDECAR_NAMES, SUPERVISE_PORT } from "#common/wire/ports.ts";

export const SUPERVISE_URL = `http://supervise:${SUPERVISE_PORT}/mcp`;

/** Debian's bundle, which the backend extends by the bottle's CA. */
export const CA_BUNDLE = "/etc/ssl/certs/ca-certificates.crt";

const PROXY_URL = `http://egress:${EGRESS_PORT}`;
/** The sidecars are reached directly: a request to one of them through the proxy would be refused as having no route. */
const DIRECT = [...SIDECAR_NAMES, "localhost", "127.0.0.1", "::1"].join(",");

/**
 * The environment of every agent: its way out and whom it trusts there. Programs disagree on the case of the proxy's
 * variables and on the name of the CA's, so all are set. None of this is what keeps the agent in: the network is.
 */
export function guestEnv(supervise: boolean): Record<string, string> {
  return {
    HTTP_PROXY: PROXY_URL,
    HTTPS_PROXY: PROXY_URL,
    http_proxy: PROXY_URL,
    https_proxy: PROXY_URL,
    NO_PROXY: DIRECT,
    no_proxy: DIRECT,
    NODE_EXTRA_CA_CERTS: CA_BUNDLE,
    SSL_CERT_FILE: CA_BUNDLE,
    REQUESTS_CA_BUNDLE: CA_BUNDLE,
    CURL_CA_BUNDLE: CA_BUNDLE,
    GIT_SSL_CAINFO: CA_BUNDLE,
    ...(supervise ? { MCP_SUPERVISE_URL: SUPERVISE_URL } : {}),
  };
}

/** What the terminals of panel and command line can do; a bottle may say otherwise. */
export const TERMINAL_ENV: Readonly<Record<string, string>> = { TERM: "xterm-256color", COLORTERM: "truecolor" };
