import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { SUPERVISE_PORT } from "#common/wire/ports.ts";
import type { BundleFolder } from "./bundle-folder.ts";
import { freePort } from "./free-port.ts";

const SCRIPT = new URL("./run-bundle.ts", import.meta.url).pathname;
const MAIN = new URL("../../../sidecars/init/main.ts", import.meta.url).pathname;

/** A bundle as a process of its own, so that it can be killed as a machine would kill it. */
export class BundleProcess implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly supervisePort: number;
  stderr = "";

  private constructor(child: ChildProcess, supervisePort: number) {
    this.child = child;
    this.supervisePort = supervisePort;
    child.stderr?.on("data", (chunk: Buffer) => {
      this.stderr += chunk.toString();
    });
  }

  /** With the stand-in for egress, supervise on a free port. Resolves when the control socket is listened on. */
  static async start(folder: BundleFolder): Promise<BundleProcess> {
    const port = await freePort();
    return BundleProcess.#spawn([SCRIPT, folder.path, String(port)], port);
  }

  /** The product's own process 1, with its own egress, on the standard ports of the folder's address. */
  static async startReal(folder: BundleFolder): Promise<BundleProcess> {
    return BundleProcess.#spawn([MAIN, "--state", folder.path], SUPERVISE_PORT);
  }

  static async #spawn(args: readonly string[], supervisePort: number): Promise<BundleProcess> {
    const child = spawn(process.execPath, [...args], { stdio: ["ignore", "ignore", "pipe"] });
    const bundle = new BundleProcess(child, supervisePort);
    await bundle.#listening();
    return bundle;
  }

  get exited(): Promise<{ code: number | null; signal: string | null }> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      return Promise.resolve({ code: this.child.exitCode, signal: this.child.signalCode });
    }
    return once(this.child, "exit").then(([code, signal]) => ({ code, signal }));
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  /** A socket's file may be there since before a kill -9: only the log says that it is listened on. */
  async #listening(): Promise<void> {
    const ready = Promise.withResolvers<void>();
    this.child.stderr?.on("data", () => this.stderr.includes('"bundle-listening"') && ready.resolve());
    this.exited.then(({ code }) => ready.reject(new Error(`the bundle ended with ${code}: ${this.stderr}`)), ready.reject);
    await ready.promise;
  }
}
