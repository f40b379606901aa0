import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { replaceFile } from "../../kit/atomic-file.ts";
import type { ScanRules } from "./scan-rules.ts";
import { deriveRules } from "./scan-rules.ts";

/** The derived rules as the files that gitleaks reads. */
export interface InstalledRules extends Pick<ScanRules, "pathOf"> {
  readonly contentFile: string;
  readonly byPathFile: string;
}

/** Derives the rules of the release whose `gitleaks.toml` lies at `released`, into a folder of ours. */
export async function installRules(released: string, folder: string): Promise<InstalledRules> {
  const { content, byPath, pathOf } = deriveRules(await readFile(released, "utf8"));
  const files = { contentFile: join(folder, "gitleaks-content.toml"), byPathFile: join(folder, "gitleaks-by-path.toml") };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  replaceFile(files.contentFile, content);
  replaceFile(files.byPathFile, byPath);
  return { ...files, pathOf };
}
