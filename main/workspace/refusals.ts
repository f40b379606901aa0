import { posix } from "node:path";

/** Characters that file systems of some hosts ignore or treat alike, so that `.g\u200cit` could be `.git`. */
const IGNORABLE = /[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;
/** Control and format characters, but for the joiner that emoji are made with. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]/u;
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 3500;

/** Why something at this path of a bottle is never written to the host; null where it may be. */
export function refusePath(path: string): string | null {
  const parts = path.split("/");
  if (path.startsWith("/") || parts.some((part) => part === "" || part === "." || part === "..")) return "its path leads out of the folder";
  if (!isPlainText(path)) return "its name is not UTF-8";
  if (HIDDEN.test(path.replaceAll("\u200d", ""))) return "its name holds characters that do not show";
  if (path.includes("\\")) return "its name holds a backslash, which other systems read as a folder";
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES) || Buffer.byteLength(path) > MAX_PATH_BYTES)
    return "its name is too long";
  if (parts.some(isGitFolder)) return "git runs what lies in there: commits leave by `git push`, through the git-gate";
  return null;
}

/** Why a link with this target is never made on the host; null where it stays inside the folder. */
export function refuseLink(path: string, target: string): string | null {
  if (target === "" || target.includes("\0") || !isPlainText(target)) return "it is a link without a readable target";
  if (target.startsWith("/") || /^[a-z]:|\\/i.test(target)) return "it is a link to an absolute path";
  const parts = target.split("/");
  // Only leading `..` can be checked by text: after a folder that is a link itself they lead elsewhere.
  const descends = parts.findIndex((part) => part !== ".." && part !== "." && part !== "");
  if (descends !== -1 && parts.slice(descends).includes("..")) return "it is a link that leads through `..`";
  const reached = posix.normalize(posix.join(posix.dirname(path), target));
  if (reached === ".." || reached.startsWith("../")) return "it is a link that leads out of the folder";
  if (reached.split("/").some(isGitFolder)) return "it is a link into git's own folder";
  return null;
}

/** Whether a name means `.git` to git on any host: in other case, with ignored characters, by its short or stream name. */
export function isGitFolder(name: string): boolean {
  const plain = name
    .normalize("NFC")
    .replace(IGNORABLE, "")
    .toLowerCase()
    .replace(/:.*$/s, "")
    .replace(/[. ]+$/, "");
  return plain === ".git" || plain === "git~1";
}

/** One key for all spellings that a host may hold to be the same name. */
export function nameKey(path: string): string {
  return path.normalize("NFC").toLowerCase();
}

/** Names that are no UTF-8 arrive with the replacement character in them: what they really were is not known. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\ufffd");
}
