import { builtinModules } from "node:module";
import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { EnvironmentOptions, Plugin } from "vite";
import { defineConfig } from "vite";
import { contentHash } from "./main/setup/tree-hash.mjs";

const root = import.meta.dirname;
const out = resolve(root, process.env.BUILD_OUT_DIR ?? "dist");

const programs = {
  cli: "main/cli/main.ts",
  chromium: "main/chromium/main.ts",
  electron: "main/electron/main.ts",
  "pty-host": "main/terminals/pty-host.ts",
};

const sidecars = {
  init: "sidecars/init/main.ts",
  egress: "sidecars/egress/worker.ts",
  supervise: "sidecars/supervise/worker.ts",
  "git-gate": "sidecars/git-gate/worker.ts",
};

/** Node's own modules, Electron, and native addons, which libraries load only where they are there (ssh2 works without its own). */
const neverBundled = ["electron", "cpu-features", /\.node$/, /^node:/, ...builtinModules];

/** A program for Node with its dependencies inside. */
function forNode(input: Record<string, string>, folder: string, output: Record<string, unknown>): EnvironmentOptions {
  return {
    consumer: "server",
    define: { __dirname: "import.meta.dirname", __filename: "import.meta.filename" },
    // As Node itself resolves, so that a program behaves bundled as it does from source.
    resolve: { noExternal: true, conditions: ["node", "import", "default"], mainFields: ["main"] },
    build: {
      outDir: resolve(out, folder),
      emptyOutDir: false,
      copyPublicDir: false,
      target: "node24",
      minify: false,
      rolldownOptions: {
        input: absolute(input),
        external: neverBundled,
        platform: "node",
        output: { comments: { legal: false }, ...output },
      },
    },
  };
}

function absolute(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, resolve(root, path)]));
}

/**
 * One file: it travels into a container that has Node and nothing else. CommonJS, since an `import` of one of Node's modules reads all
 * that the module has: of `node:http` that would be a whole WebSocket client, megabytes in every thread. Lines stay as they are, for
 * what a failure says of itself; every thread keeps its text in memory, so comments do not.
 */
function sidecar(name: keyof typeof sidecars): EnvironmentOptions {
  const comments = { legal: false, jsdoc: false, annotation: false };
  const output = { format: "cjs", strict: true, entryFileNames: "[name].cjs", codeSplitting: false, comments };
  return forNode({ [name]: sidecars[name] }, "sidecars", output);
}

const environments: Record<string, EnvironmentOptions> = {
  client: {
    build: {
      outDir: resolve(out, "renderer"),
      emptyOutDir: false,
      target: "chrome140",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      chunkSizeWarningLimit: 2000,
      rolldownOptions: { input: resolve(root, "renderer/index.html") },
    },
  },
  // Chunks lie beside the entries, so that `import.meta.dirname` is the same for every module.
  main: forNode(programs, "main", { format: "esm", entryFileNames: "[name].js", chunkFileNames: "[name]-[hash].js" }),
  preload: forNode({ preload: "preload/preload.ts" }, "preload", { format: "cjs", entryFileNames: "[name].cjs", codeSplitting: false }),
  init: sidecar("init"),
  egress: sidecar("egress"),
  supervise: sidecar("supervise"),
  // Names of environments hold no hyphen.
  gitGate: sidecar("git-gate"),
};

/** dockerode brings gRPC for BuildKit sessions, which nothing here opens: megabytes that every start would have to read. */
function withoutBuildKitSessions(): Plugin {
  const stub = "\0dockerode-session";
  return {
    name: "without-buildkit-sessions",
    enforce: "pre",
    resolveId: (source, importer) => (source === "./session" && importer?.endsWith("dockerode/lib/docker.js") ? stub : undefined),
    load: (id) => (id === stub ? `module.exports = () => { throw new Error("BuildKit sessions are not built in"); };` : undefined),
  };
}

/** One tick mark in a message, and V8 keeps the whole program with two bytes a letter. */
function asciiSidecars(): Plugin {
  return {
    name: "ascii-sidecars",
    generateBundle(_options, files) {
      if (this.environment.config.build.outDir !== resolve(out, "sidecars")) return;
      for (const file of Object.values(files)) if (file.type === "chunk") file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
    },
  };
}

function escaped(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

export default defineConfig({
  root: resolve(root, "renderer"),
  base: "/",
  cacheDir: resolve(root, ".cache/vite"),
  define: { __BUILD_ID__: JSON.stringify(contentHash(root)) },
  resolve: { alias: [{ find: /^#common\//, replacement: `${resolve(root, "common")}/` }] },
  plugins: [withoutBuildKitSessions(), asciiSidecars(), react(), tailwindcss()],
  environments,
  builder: {
    async buildApp(builder) {
      const named = Object.keys(environments)
        .map((name) => builder.environments[name])
        .filter((environment) => environment !== undefined);
      await Promise.all(named.map((environment) => builder.build(environment)));
    },
  },
});
