/** What anybody can do at a host, by the host's registrable or own name: what reads there, or is written there, may be anybody's. */
const DROP_HOSTS: Readonly<Record<string, string>> = {
  // Pastes and files: what is sent there can be read by whoever gets the link.
  "pastebin.com": "text that is sent there can be read by anybody who has the link",
  "paste.rs": "text that is sent there can be read by anybody who has the link",
  "dpaste.org": "text that is sent there can be read by anybody who has the link",
  "ix.io": "text that is sent there can be read by anybody who has the link",
  "0x0.st": "files that are sent there can be read by anybody who has the link",
  "transfer.sh": "files that are sent there can be read by anybody who has the link",
  "file.io": "files that are sent there can be read by anybody who has the link",
  "gofile.io": "files that are sent there can be read by anybody who has the link",
  "termbin.com": "text that is sent there can be read by anybody who has the link",
  "gist.github.com": "anybody can publish text there, also secretly",
  "gist.githubusercontent.com": "anybody can publish text there",
  // Webhooks and request logs: a request alone is a message to whoever set them up.
  "webhook.site": "every request there, whatever its method, is shown to whoever set the address up",
  "requestbin.com": "every request there, whatever its method, is shown to whoever set the address up",
  "pipedream.net": "every request there, whatever its method, runs somebody's program",
  "beeceptor.com": "every request there, whatever its method, is shown to whoever set the address up",
  "interact.sh": "every request there, also its host name alone, is shown to whoever set the address up",
  "oast.fun": "every request there, also its host name alone, is shown to whoever set the address up",
  "oast.pro": "every request there, also its host name alone, is shown to whoever set the address up",
  "discord.com": "webhooks there post into anybody's channel",
  "hooks.slack.com": "webhooks there post into anybody's channel",
  "api.telegram.org": "anybody's bot there passes on what it is sent",
  // Tunnels: the host leads to a machine that nobody vouches for.
  "ngrok.io": "it is a tunnel to somebody's own machine",
  "ngrok.app": "it is a tunnel to somebody's own machine",
  "ngrok-free.app": "it is a tunnel to somebody's own machine",
  "trycloudflare.com": "it is a tunnel to somebody's own machine",
  "loca.lt": "it is a tunnel to somebody's own machine",
  "serveo.net": "it is a tunnel to somebody's own machine",
  "localhost.run": "it is a tunnel to somebody's own machine",
  "ts.net": "it is a tunnel to somebody's own machine",
};

/** Hosts that everybody shares: only a path tells whose content it is. */
const SHARED_HOSTS: Readonly<Record<string, string>> = {
  "github.com": "anybody has repositories there: only a path such as /owner/repository/ says whose",
  "api.github.com": "anybody has repositories there: only a path such as /repos/owner/repository/ says whose",
  "raw.githubusercontent.com": "anybody publishes files there: only a path such as /owner/repository/ says whose",
  "gitlab.com": "anybody has projects there: only a path such as /group/project/ says whose",
  "bitbucket.org": "anybody has repositories there: only a path such as /owner/repository/ says whose",
  "huggingface.co": "anybody publishes there: only a path such as /owner/model/ says whose",
  "storage.googleapis.com": "anybody has buckets there: only a path such as /bucket/ says whose",
  "s3.amazonaws.com": "anybody has buckets there: only a path such as /bucket/ says whose",
};

/** Why a host is a known way out for data, or a known way in for anything; null for every other. */
export function dropReason(host: string): string | null {
  return lookUp(DROP_HOSTS, host);
}

/** Why the whole of a host is more than it seems; null for every other. */
export function sharedReason(host: string): string | null {
  return Object.hasOwn(SHARED_HOSTS, host) ? (SHARED_HOSTS[host] ?? null) : null;
}

/** By the host itself, or by any name above it. */
function lookUp(table: Readonly<Record<string, string>>, host: string): string | null {
  const labels = host.split(".");
  const names = labels.map((_label, index) => labels.slice(index).join("."));
  const found = names.find((name) => Object.hasOwn(table, name));
  return found === undefined ? null : (table[found] ?? null);
}
