/** Names below the guest home that are not a provider's to fill. */
const TAKEN = new Set([".bot-bottle", "workspace"]);

/**
 * Why a path cannot be one of a provider's in the guest, or null. Everything of a provider lies below the guest home, written
 * `~/…`: what lies elsewhere belongs to the image, and a path that climbs would mean another place than it shows.
 */
export function guestPathFault(path: string): string | null {
  if (!path.startsWith("~/")) return "must lie in the guest home: write ~/ and what is below it";
  if (path.length > 512) return "is longer than 512 characters";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\x00-\x1f\x7f\\]/.test(path)) return "holds a backslash or a control character";
  const segments = path.slice(2).split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === ".."))
    return "must not hold empty, . or .. segments: it may not leave the guest home";
  return TAKEN.has(segments[0] ?? "") ? `must not lie in ~/${segments[0]}, which is not the provider's` : null;
}

/** Why a path cannot name a file of a plugin's own folder, or null; where links lead is for whoever reads it. */
export function pluginFileFault(path: string): string | null {
  if (path === "" || path.length > 512) return "must name a file of the plugin's folder";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
  if (/[\x00-\x1f\x7f\\]/.test(path)) return "holds a backslash or a control character";
  if (path.startsWith("/") || path.startsWith("~")) return "must be relative to the plugin's folder";
  return path.split("/").some((segment) => segment === "" || segment === "." || segment === "..")
    ? "must not hold empty, . or .. segments: it may not leave the plugin's folder"
    : null;
}
