import { domainToUnicode } from "node:url";

/**
 * Letters of other scripts, and digits, that are drawn like Latin ones in the fonts of panels and terminals. Names with letters
 * that are not here still get a warning, as internationalised names or as a mixture of scripts.
 */
// biome-ignore format: one script a line group
const DRAWN_ALIKE: Readonly<Record<string, string>> = {
  // Cyrillic
  а: "a", в: "b", с: "c", ԁ: "d", е: "e", ё: "e", һ: "h", і: "i", ї: "i", ј: "j", к: "k", ӏ: "l", м: "m", н: "h", п: "n", о: "o",
  р: "p", ԛ: "q", г: "r", ѕ: "s", т: "t", ц: "u", и: "u", ѵ: "v", ѡ: "w", ш: "w", ԝ: "w", х: "x", у: "y", ү: "y", ҽ: "e", ґ: "r",
  // Greek
  α: "a", β: "b", ϲ: "c", ε: "e", η: "n", ι: "i", κ: "k", ν: "v", ο: "o", ρ: "p", σ: "o", τ: "t", υ: "u", χ: "x", γ: "y", ω: "w",
  // Armenian
  ա: "w", հ: "h", ո: "n", ս: "u", օ: "o", ց: "g", զ: "q", ք: "p", ի: "h", ե: "t", ѳ: "o",
  // Latin beyond ASCII
  ɑ: "a", ƅ: "b", ɡ: "g", ı: "i", ɩ: "i", ł: "l", ɭ: "l", ƙ: "k", ø: "o", ð: "d", đ: "d", þ: "p", ʀ: "r", ʋ: "v", ʏ: "y", ƨ: "s",
  ꜱ: "s", ß: "b", æ: "ae", œ: "oe", ŋ: "n", ħ: "h", ŧ: "t", ƞ: "n", ɢ: "g", ᴏ: "o", ᴄ: "c", ᴠ: "v", ᴡ: "w", ᴢ: "z", ᴜ: "u",
};

/** Names that agents are told to reach, and so worth imitating. */
const FAMILIAR_HOSTS = [
  "github.com",
  "api.github.com",
  "githubusercontent.com",
  "raw.githubusercontent.com",
  "gitlab.com",
  "bitbucket.org",
  "google.com",
  "googleapis.com",
  "storage.googleapis.com",
  "amazonaws.com",
  "microsoft.com",
  "cloudflare.com",
  "pypi.org",
  "files.pythonhosted.org",
  "npmjs.org",
  "npmjs.com",
  "registry.npmjs.org",
  "crates.io",
  "docker.com",
  "docker.io",
  "debian.org",
  "ubuntu.com",
  "huggingface.co",
  "anthropic.com",
  "api.anthropic.com",
  "claude.ai",
  "openai.com",
  "api.openai.com",
  "chatgpt.com",
];

/** The name that `host` is easily taken for, of those it is compared with and of well-known ones; null where there is none. */
export function lookAlikeOf(host: string, compared: readonly string[]): string | null {
  const drawn = skeleton(host);
  return [...compared, ...FAMILIAR_HOSTS].find((known) => known !== host && skeleton(known) === drawn) ?? null;
}

/** A name that is written in letters beyond ASCII, as people see it; null for every other. */
export function displayedAs(host: string): string | null {
  return host.split(".").some((label) => label.startsWith("xn--")) ? domainToUnicode(host) : null;
}

/** A label in letters of several scripts is hardly ever somebody's honest name. */
export function mixesScripts(host: string): boolean {
  return domainToUnicode(host)
    .split(".")
    .some((label) => SCRIPTS.filter((script) => script.test(label)).length > 1);
}

// Japanese names mix three scripts by nature and Korean and Chinese ones two: as one, they are not told as a mixture.
const SCRIPTS = [
  /\p{Script=Latin}/u,
  /\p{Script=Cyrillic}/u,
  /\p{Script=Greek}/u,
  /\p{Script=Armenian}/u,
  /\p{Script=Cherokee}/u,
  /\p{Script=Hebrew}/u,
  /\p{Script=Arabic}/u,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u,
];

/** What a name looks like at a glance: two names with one skeleton are easily taken for one another. */
function skeleton(host: string): string {
  const drawn = [...domainToUnicode(host).normalize("NFKD")].map((letter) => DRAWN_ALIKE[letter] ?? letter).join("");
  return drawn
    .replace(/\p{M}/gu, "")
    .replaceAll("rn", "m")
    .replaceAll("vv", "w")
    .replaceAll("cl", "d")
    .replaceAll("0", "o")
    .replaceAll("5", "s")
    .replaceAll(/[1i|]/g, "l")
    .replaceAll("-", "");
}
