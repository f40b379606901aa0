import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { OperatorError } from "#common/domain/operator-error.ts";
import { passedOnEnv } from "../platform/passed-on-env.ts";

/** The desktop's own keyring, through its command line. Values go in by stdin and out by stdout: argv is everybody's to read. */
export interface Keyring {
  /** Null where it holds none of that name. */
  read(account: string): Promise<string | null>;
  write(account: string, value: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** The desktop may ask the operator to unlock the keyring first. */
const ANSWER_MS = 60_000;
/** A bus that tries to start a keyring which does not come must not hold up the panel. */
const PROBE_MS = 5_000;
const SERVICE = "bot-bottle";

/** The keyring of this session; null where there is none that works. */
export async function findKeyring(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Promise<Keyring | null> {
  if (platform === "darwin") return macKeychain(env);
  if (platform !== "linux" || !env.DBUS_SESSION_BUS_ADDRESS) return null;
  const program = await onPath("secret-tool", env);
  if (program === null) return null;
  // A bus without a keyring behind it complains; a keyring that holds nothing of the name says nothing.
  return await secretService(program, env, PROBE_MS)
    .read("probe")
    .then(
      () => secretService(program, env, ANSWER_MS),
      () => null,
    );
}

/** The Secret Service of GNOME, KDE and others, through libsecret's `secret-tool`. */
function secretService(program: string, env: NodeJS.ProcessEnv, timeoutMs: number): Keyring {
  const attributes = (account: string) => ["application", SERVICE, "store", account];
  const ask = (args: readonly string[], stdin = "") => runProgram(program, args, { stdin, env, timeoutMs });
  return {
    async read(account) {
      const { code, stdout, stderr } = await ask(["lookup", ...attributes(account)]);
      if (code === 0) return stdout === "" ? null : stdout;
      if (stderr.trim() === "") return null;
      throw failed(stderr);
    },
    async write(account, value) {
      const { code, stderr } = await ask(["store", "--label=bot-bottle secret store", ...attributes(account)], value);
      if (code !== 0) throw failed(stderr);
    },
    async remove(account) {
      await ask(["clear", ...attributes(account)]);
    },
  };
}

const NOT_FOUND_ON_MAC = 44;

/** The login keychain of macOS. `security -i` reads its commands from stdin, so that a value is in no process's arguments. */
function macKeychain(env: NodeJS.ProcessEnv): Keyring {
  const ask = (args: readonly string[], stdin = "") => runProgram("/usr/bin/security", args, { stdin, env, timeoutMs: ANSWER_MS });
  return {
    async read(account) {
      const { code, stdout, stderr } = await ask(["find-generic-password", "-s", SERVICE, "-a", account, "-w"]);
      if (code === NOT_FOUND_ON_MAC) return null;
      if (code !== 0) throw failed(stderr);
      return stdout.trimEnd();
    },
    async write(account, value) {
      const { code, stderr } = await ask(["-i"], `add-generic-password -U -s ${SERVICE} -a ${account} -w ${value}\n`);
      if (code !== 0) throw failed(stderr);
    },
    async remove(account) {
      await ask(["delete-generic-password", "-s", SERVICE, "-a", account]);
    },
  };
}

function failed(stderr: string): OperatorError {
  const why = stderr.trim().split("\n").at(-1) ?? "";
  return new OperatorError("not-permitted", {
    message: `The desktop's keyring did not answer${why === "" ? "" : `: ${why}`}`,
    hint: "Unlock it in your desktop's settings (Passwords and Keys, Keychain Access), then try again",
  });
}

async function onPath(name: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of (env.PATH ?? "").split(delimiter).filter((each) => each !== "")) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

interface Answer {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Run {
  readonly stdin: string;
  readonly env: NodeJS.ProcessEnv;
  readonly timeoutMs: number;
}

async function runProgram(program: string, args: readonly string[], { stdin, env, timeoutMs }: Run): Promise<Answer> {
  const child = spawn(program, args, { env: passedOnEnv(env), stdio: "pipe", timeout: timeoutMs });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  // A program that ends before it has read all says so by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const code = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", (status) => resolve(status));
  });
  const text = (chunks: readonly Buffer[]) => Buffer.concat(chunks).toString("utf8");
  return { code, stdout: text(out), stderr: code === null && err.length === 0 ? "no answer" : text(err) };
}
