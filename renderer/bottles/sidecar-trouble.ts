import type { TopicPayload } from "#common/ipc/contract.ts";

type Health = TopicPayload<"health">;

/** The first thing wrong with a bottle's sidecars, or null. */
export function troubleOf(health: Health): string | null {
  if (health.link === "lost") return "sidecars do not answer";
  const daemon = health.daemons.find((each) => each.state === "failed" || each.state === "restarting");
  if (daemon) return `${daemon.name} ${daemon.state}`;
  return health.missingSecrets.length > 0 ? `waits for ${health.missingSecrets.join(", ")}` : null;
}
