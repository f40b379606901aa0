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

/** One file: it travels into a container that has Node and nothing else. */
function sidecar(name: keyof typeof sidecars): EnvironmentOptions {
  return forNode({ [name]: sidecars[name] }, "sidecars", { format: "esm", entryFileNames: "[name].js", codeSplitting: false });
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

export default defineConfig({
  root: resolve(root, "renderer"),
  base: "/",
  cacheDir: resolve(root, ".cache/vite"),
  define: { __BUILD_ID__: JSON.stringify(contentHash(root)) },
  resolve: { alias: [{ find: /^#common\//, replacement: `${resolve(root, "common")}/` }] },
  plugins: [withoutBuildKitSessions(), react(), tailwindcss()],
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
