import { formatPatch, OMIT_HEADERS, structuredPatch } from "diff";
import type { WorkspaceChange, WorkspaceChanges } from "#common/ipc/workspace-methods.ts";

const plain: Omit<WorkspaceChange, "path"> = {
  change: "changed",
  kind: "file",
  added: 0,
  removed: 0,
  binary: false,
  patch: "",
  cut: false,
  conflict: false,
  refused: null,
  warnings: [],
};

function change(path: string, facts: Partial<WorkspaceChange>): WorkspaceChange {
  const lines = (facts.patch ?? "").split("\n");
  const added = lines.filter((line) => line.startsWith("+")).length;
  const removed = lines.filter((line) => line.startsWith("-")).length;
  return { ...plain, added, removed, ...facts, path };
}

/** Hunks as main makes them. */
function patchOf(before: string, after: string): string {
  const { hunks } = structuredPatch("", "", before, after, "", "", { context: 3 });
  return formatPatch({ hunks, oldFileName: "", newFileName: "", oldHeader: "", newHeader: "" }, OMIT_HEADERS);
}

const RETRY = patchOf(
  `import { connect } from "./pool";

export async function query(sql: string) {
  const client = await connect();
  return client.query(sql);
}

export function close() {
`,
  `import { connect } from "./pool";

const RETRIES = 3;

/** Reads again when the connection went away under it. */
export async function query(sql: string, attempt = 1): Promise<Rows> {
  const client = await connect();
  try {
    return await client.query(sql);
  } catch (error) {
    if (attempt === RETRIES || !isGone(error)) throw error;
    return query(sql, attempt + 1);
  }
}

export function close() {
`,
);

const HOSTILE = patchOf(
  `  // checks who may do it
  if (role !== "admin") return;
}
`,
  `  // checks who may do it
  if (role !== "ad\u200bmin\u202e ;nruter (\u2066") {
    /* \u001b[2K */ return;
  }
}
`,
);

/** What an agent left in its copy: good work, a conflict, and things nobody asked for. */
export const sampleChanges: WorkspaceChanges = {
  slug: "api-refactor-k3v9q",
  hostPath: "/home/ada/src/api",
  digest: "5d0c".repeat(16),
  total: 12,
  notes: [
    ".git changed in the bottle (14 paths) and is never brought back: commits leave by git push, through the git-gate.",
    "2,318 files that .bottleignore or .gitignore name are not compared.",
  ],
  changes: [
    change(".envrc", {
      change: "added",
      patch: patchOf("", "export DATABASE_URL=postgres://localhost/dev\n"),
      warnings: ["direnv runs it when the folder is entered"],
    }),
    change("docs/diagram.png", { binary: true }),
    change("package.json", {
      patch: patchOf(
        '{\n  "scripts": {\n    "build": "tsc",\n    "test": "vitest"\n  }\n}\n',
        '{\n  "scripts": {\n    "build": "tsc",\n    "postinstall": "node tools/setup.js",\n    "test": "vitest"\n  }\n}\n',
      ),
      warnings: ["npm runs its scripts, some of them at install"],
    }),
    change("src/auth/check.ts", { patch: HOSTILE }),
    change("src/db/pool.ts", {
      patch: patchOf("const SIZE = 10;\nexport const pool = make(SIZE);\n", "const SIZE = 20;\nexport const pool = make(SIZE);\n"),
      conflict: true,
    }),
    change("src/db/query.ts", { patch: RETRY }),
    change("src/legacy/old-client.ts", {
      change: "removed",
      patch: patchOf("export class OldClient {}\nexport default OldClient;\n", ""),
    }),
    change("src/very/deeply/nested/folder/with/a/long/name/that/does/not/fit/implementation-details.test.ts", {
      change: "added",
      patch: patchOf("", 'test.todo("later");\n'),
    }),
    change("tools/setup.js", { change: "mode", warnings: ["it can be run as a program"] }),
    change("latest", { change: "added", kind: "link", refused: "it is a link that leads out of the folder" }),
    change("invoice\u202efdp.sh", { change: "added", refused: "its name holds characters that do not show" }),
    change("Docs/guide.md", { change: "added", refused: "on some systems its name is the same as docs" }),
  ],
};
