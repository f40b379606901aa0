/** The pinned scanner's own rules, made fit for a gate where nothing that was pushed may say what is not looked at. */
export interface ScanRules {
  /** All rules, without any list of paths that are let off. */
  readonly content: string;
  /** The rules that hold for some files only, without that condition: their text is fed to them where the path fits. */
  readonly byPath: string;
  readonly pathOf: ReadonlyMap<string, PathRule>;
}

export interface PathRule {
  readonly path: RegExp;
  readonly description: string;
  /** The path alone is the finding. */
  readonly pathOnly: boolean;
}

interface Block {
  readonly header: string;
  readonly entries: readonly { readonly key: string; readonly text: string }[];
}

/**
 * Derives them from the configuration file of the scanner's release, whose form is generated and regular. Anything that it does
 * not know is an error: a rule lost on the way would be a kind of secret that passes.
 */
export function deriveRules(released: string): ScanRules {
  const blocks = readBlocks(released);
  const content: string[] = [];
  const byPath: string[] = [];
  const pathOf = new Map<string, PathRule>();
  let rules = 0;
  for (const block of blocks) {
    if (block.header === "[[rules]]") {
      rules += 1;
      const rule = readPathRule(block);
      if (rule !== null) pathOf.set(literal(block, "id") ?? "", rule);
      if (rule !== null && !rule.pathOnly) byPath.push(write(block, ["path"]));
    }
    if (!isPathAllowlist(block)) content.push(write(block, ["paths"]));
  }
  if (rules < 100 || pathOf.has("")) throw new Error("the scanner's rules are not in the known form");
  return { content: content.join("\n"), byPath: byPath.join("\n"), pathOf };
}

const HEADERS = ["", "[allowlist]", "[[rules]]", "[[rules.allowlists]]"];

function readBlocks(text: string): readonly Block[] {
  const blocks: { header: string; entries: { key: string; text: string }[] }[] = [{ header: "", entries: [] }];
  const lines = text.split("\n");
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? "";
    if (line === "" || line.startsWith("#")) continue;
    if (line.startsWith("[")) {
      if (!HEADERS.includes(line)) throw new Error("the scanner's rules have an unknown part");
      blocks.push({ header: line, entries: [] });
      continue;
    }
    const key = /^([A-Za-z]+) = /.exec(line)?.[1];
    if (key === undefined) throw new Error("the scanner's rules have an unknown line");
    const end = line.endsWith("= [") ? lines.indexOf("]", at) : at;
    if (end === -1) throw new Error("the scanner's rules have an open list");
    blocks.at(-1)?.entries.push({ key, text: lines.slice(at, end + 1).join("\n") });
    at = end;
  }
  return blocks;
}

/** A list that lets off by path: alone, or together with what else it asks. Without its paths it would let off everywhere. */
function isPathAllowlist({ header, entries }: Block): boolean {
  if (header !== "[[rules.allowlists]]" || !entries.some(({ key }) => key === "paths")) return false;
  const others = entries.filter(({ key }) => ["regexes", "stopwords", "commits"].includes(key));
  return others.length === 0 || entries.some(({ key, text }) => key === "condition" && text.includes("AND"));
}

function readPathRule(block: Block): PathRule | null {
  const path = literal(block, "path");
  if (path === null) return null;
  const insensitive = path.startsWith("(?i)");
  const pattern = insensitive ? path.slice("(?i)".length) : path;
  if (/\(\?[^:=!<]/.test(pattern)) throw new Error("the scanner's rules have an unknown condition on paths");
  const pathOnly = !block.entries.some(({ key }) => key === "regex");
  return { path: new RegExp(pattern, insensitive ? "i" : ""), description: literal(block, "description") ?? "", pathOnly };
}

function literal({ entries }: Block, key: string): string | null {
  const text = entries.find((entry) => entry.key === key)?.text;
  return (
    /= (?:'''(.*)'''|"(.*)")$/s
      .exec(text ?? "")
      ?.slice(1)
      .find((value) => value !== undefined) ?? null
  );
}

function write({ header, entries }: Block, without: readonly string[]): string {
  return [header, ...entries.filter(({ key }) => !without.includes(key)).map(({ text }) => text), ""].join("\n");
}
