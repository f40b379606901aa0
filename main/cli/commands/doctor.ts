import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Product } from "../../app/product.ts";
import type { Command } from "../context.ts";
import { EXIT } from "../exit-codes.ts";
import { inert } from "../inert.ts";

interface Finding {
  readonly name: string;
  /** `warn`: works, but not everything does. */
  readonly state: "ok" | "warn" | "fail";
  readonly detail: string;
  readonly hint: string | null;
}

const ENGINE_MS = 15_000;
const OLDEST_NODE = 24;
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Says what is there, what is not, and what to do about it; ends with a failure where no bottle could start. */
export async function doctor(command: Command): Promise<number> {
  const product = await command.product();
  const findings = [
    nodeFinding(),
    ...(await engineFindings(product)),
    await homeFinding(product),
    await storeFinding(product),
    ...(await manifestFindings(product)),
    await browserFinding(product),
  ];
  const ok = findings.every(({ state }) => state !== "fail");
  command.output.result({ ok, checks: findings }, () => findings.map(line).join("\n"));
  if (ok) return EXIT.ok;
  return findings.some(({ name, state }) => name === "engine" && state === "fail") ? EXIT.engineUnavailable : EXIT.failure;
}

function line({ name, state, detail, hint }: Finding): string {
  const mark = { ok: "✓", warn: "!", fail: "✗" }[state];
  return inert(`${mark} ${name.padEnd(10)} ${detail}`) + (hint === null ? "" : `\n    next: ${inert(hint)}`);
}

function nodeFinding(): Finding {
  const ok = Number.parseInt(process.versions.node, 10) >= OLDEST_NODE;
  return { name: "node", state: ok ? "ok" : "fail", detail: process.version, hint: ok ? null : `Node ${OLDEST_NODE} or later is needed` };
}

async function engineFindings({ backend, images }: Product): Promise<Finding[]> {
  const signal = AbortSignal.timeout(ENGINE_MS);
  const status = await backend.status(signal);
  const detail = [status.label, status.version, status.runtime].filter((part) => part !== null).join(" · ");
  if (!status.available) return [{ name: "engine", state: "fail", detail: status.problem ?? detail, hint: status.hint }];
  // It works, but not as well as it could: a gVisor that cannot start anything, say.
  const limited = status.problem === null ? [] : [{ name: "runtime", state: "warn", detail: status.problem, hint: status.hint } as const];
  const engine: Finding = { name: "engine", state: "ok", detail, hint: null };
  const wanted = Object.entries(await images());
  const present = await Promise.all(wanted.map(([, image]) => backend.hasImage(image, signal)));
  const found = wanted.map(([name, { ref }], index): Finding => {
    const there = present[index] === true;
    return {
      name: "image",
      state: there ? "ok" : "warn",
      detail: `${name} ${ref}${there ? "" : " is not built yet"}`,
      hint: there ? null : "The first start builds it, or `bot-bottle images` now",
    };
  });
  return [engine, ...limited, ...found];
}

/** Manifests and state say what credentials exist and what was decided: nobody else's business. */
async function homeFinding({ home }: Product): Promise<Finding> {
  const { mode } = await stat(home.root);
  const open = process.platform !== "win32" && (mode & 0o022) !== 0;
  return {
    name: "home",
    state: open ? "fail" : "ok",
    detail: open ? `${home.root} can be written by others` : home.root,
    hint: open ? `chmod go-w ${home.root}: whoever writes there grants access` : null,
  };
}

async function storeFinding({ secrets }: Product): Promise<Finding> {
  const store = await secrets.store.view();
  if (store.state === "broken") return { name: "secrets", state: "fail", detail: store.problem, hint: null };
  if (store.state === "absent") return { name: "secrets", state: "ok", detail: "no secret store; the environment is used", hint: null };
  const count = `${store.names.length} stored`;
  if (store.state === "open") return { name: "secrets", state: "ok", detail: count, hint: null };
  return {
    name: "secrets",
    state: "warn",
    detail: `${count}; the store is locked. ${store.problem}`,
    hint: "See `bot-bottle secrets unlock-check`",
  };
}

async function manifestFindings(product: Product): Promise<Finding[]> {
  const set = await product.loadManifests(null);
  const files: Finding = {
    name: "manifests",
    state: set.errors.length === 0 ? "ok" : "warn",
    detail: set.errors.length === 0 ? `${set.agents.length} agents, ${set.bottles.length} bottles` : `${set.errors.length} errors`,
    hint: set.errors.length === 0 ? null : "See `bot-bottle manifests`",
  };
  const credentials = await Promise.all(set.agents.map(({ name }) => credentialFindings(product, name)));
  return [files, ...credentials.flat()];
}

async function credentialFindings({ services }: Product, agent: string): Promise<Finding[]> {
  const { lackingSecrets, gate } = await services.deps.drafting.draw({ agent, workspace: null });
  const git = gate.problems.map((problem): Finding => ({ name: "git", state: "warn", detail: `${agent}: ${problem}`, hint: null }));
  const lacking = lackingSecrets.map(
    (lacking): Finding => ({
      name: "credential",
      state: "warn",
      detail: `${agent} needs ${lacking.name}, ${lacking.locked ? "and the secret store is locked" : "which is not set"}`,
      hint: lacking.locked
        ? "Unlock it in the panel's Secrets view"
        : `bot-bottle secrets set ${lacking.name}, or export ${lacking.name}=…`,
    }),
  );
  return [...lacking, ...git];
}

async function browserFinding({ env }: Product): Promise<Finding> {
  const places = (env.PATH ?? "").split(delimiter).flatMap((folder) => BROWSERS.map((name) => join(folder, name)));
  const found = await Promise.all(
    places.map((place) =>
      access(place, constants.X_OK).then(
        () => place,
        () => null,
      ),
    ),
  );
  const browser = found.find((place) => place !== null) ?? null;
  return {
    name: "chromium",
    state: browser === null ? "warn" : "ok",
    detail: browser ?? "no Chrome or Chromium on the PATH",
    hint: browser === null ? "Only needed where the panel cannot run in Electron" : null,
  };
}
