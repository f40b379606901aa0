import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { GIT_GATE_PORT, SUPERVISE_PORT } from "#common/wire/ports.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import { freePort } from "./free-port.ts";

interface Ports {
  readonly supervise: number;
  readonly gitGate: number;
}

const SCRIPT = new URL("./run-bundle.ts", import.meta.url).pathname;
const DIE_AT_STEP = new URL("./die-at-step.ts", import.meta.url).pathname;
const MAIN = new URL("../../../sidecars/init/main.ts", import.meta.url).pathname;

/** A bundle as a process of its own, so that it can be killed as a machine would kill it. */
export class BundleProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly supervisePort: number;
  readonly gitGatePort: number;
  stderr = "";

  private constructor(child: ChildProcess, ports: Ports) {
    this.child = child;
    this.supervisePort = ports.supervise;
    this.gitGatePort = ports.gitGate;
    child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
  }

  /** With the stand-in for egress, the others on free ports. Resolves when the control socket is listened on. */
  static async start(folder: BundleFolder, env: Readonly<Record<string, string>> = {}): Promise<BundleProcess> {
    const ports = { supervise: await freePort(), gitGate: await freePort() };
    return BundleProcess.#spawn([SCRIPT, folder.path, String(ports.supervise), String(ports.gitGate)], ports, env);
  }

  /** The same, which dies right before its n-th step on disk once `arm` was called. */
  static async startMortal(folder: BundleFolder, step: number): Promise<BundleProcess> {
    const ports = { supervise: await freePort(), gitGate: await freePort() };
    const args = ["--import", DIE_AT_STEP, SCRIPT, folder.path, String(ports.supervise), String(ports.gitGate)];
    return BundleProcess.#spawn(args, ports, { DIE_AT_STEP: String(step) });
  }

  /** The product's own process 1, with its own egress, on the standard ports of the folder's address. */
  static async startReal(folder: BundleFolder): Promise<BundleProcess> {
    return BundleProcess.#spawn([MAIN, "--state", folder.path], { supervise: SUPERVISE_PORT, gitGate: GIT_GATE_PORT });
  }

  static async #spawn(args: readonly string[], ports: Ports, env: Readonly<Record<string, string>> = {}): Promise<BundleProcess> {
    const child = spawn(process.execPath, [...args], { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, ...env } });
    const bundle = new BundleProcess(child, ports);
    await bundle.#listening();
    return bundle;
  }

  get exited(): Promise<{ code: number | null; signal: string | null }> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return Promise.resolve({ code: this.child.exitCode, signal: this.child.signalCode });
    }
    return once(this.child, "exit").then(([code, signal]) => ({ code, signal }));
  }

  async arm(): Promise<void> {
    this.child.kill("SIGUSR2");
    await this.#said('"armed"');
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  /** A socket's file may be there since before a kill -9: only the log says that it is listened on. */
  #listening(): Promise<void> {
    return this.#said('"bundle-listening"');
  }

  async #said(word: string): Promise<void> {
    const said = Promise.withResolvers<void>();
    const look = (): void => void (this.stderr.includes(word) && said.resolve());
    this.child.stderr?.on("data", look);
    this.exited.then(({ code }) => said.reject(new Error(`the bundle ended with ${code}: ${this.stderr}`)), said.reject);
    look();
    await said.promise;
    this.child.stderr?.off("data", look);
  }
}
