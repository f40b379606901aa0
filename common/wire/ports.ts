/** Agent-facing ports of a bundle (SID-2); nothing else listens where the agent can reach it. */
export const EGRESS_PORT = 9099;
export const SUPERVISE_PORT = 9100;
/** Smart HTTP of the git-gate. */
export const GIT_GATE_PORT = 9420;
/** Answers for the sidecars' names only (BKD-3). */
export const DNS_PORT = 53;

/** Names by which the agent reaches its sidecars. */
export const SIDECAR_NAMES = ["egress", "supervise", "git-gate", "pipelock"] as const;

/** Where a bundle keeps its configuration, CA, event journal and control socket: a private volume or folder. */
export const BUNDLE_STATE_DIR = "/var/lib/bot-bottle";
