import type { FileHandle } from "node:fs/promises";
import { constants, open } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { CODEX_HOST_TOKEN_REF } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import { Secret } from "../../platform/secret.ts";
import type { HostLogin, HostLoginReader, HostSurroundings } from "../provider.ts";
import { guestLogin } from "./guest-login.ts";
import { expiryOf, readClaims } from "./jwt.ts";

const LOGIN = "run `codex login --device-auth` on this machine";
/** Real ones have a few kilobytes. */
const MAX_BYTES = 1024 * 1024;
/** A bottle that starts with less has to be restarted soon. */
const SOON_SECONDS = 3600;
/** How the login modes of a person are called; keys of organisations and agents are none. */
const PERSONAL_MODES = new Set(["chatgpt", "device", "user"]);

/** Others' file: what it holds beyond this is not asked about, and the guest's copy is emptied of it. */
const AuthFile = z.looseObject({ auth_mode: z.unknown().optional(), tokens: z.unknown().optional() });
const Tokens = z.looseObject({ access_token: z.string().min(1) });

/** The operator's own login of the codex command line (PRV-3). Messages name conditions and never repeat a value. */
export const codexHostLogin: HostLoginReader = {
  tokenRef: CODEX_HOST_TOKEN_REF,
  envNames: ["CODEX_HOME"],
  file: authPath,
  read: readHostLogin,
};

function authPath({ env, userHome }: HostSurroundings): string {
  const home = env.CODEX_HOME;
  if (!home) return join(userHome, ".codex", "auth.json");
  return resolve(home === "~" || home.startsWith("~/") ? join(userHome, home.slice(1)) : home, "auth.json");
}

async function readHostLogin(host: HostSurroundings): Promise<HostLogin> {
  const path = authPath(host);
  const { text, mode } = await readFile(path);
  const auth = parse(path, text);
  const token = accessToken(path, auth);
  const claims = readClaims(token);
  const expires = claims === null ? null : expiryOf(claims);
  if (expires === null) throw unusable(path, "its access token is not a JWT that says when it ends");
  if (expires * 1000 <= host.now.getTime()) throw unusable(path, "its access token has expired");
  return {
    token: new Secret(token),
    guestFile: guestLogin({ host: auth, expires, now: host.now }),
    warnings: warningsOf(path, mode, expires - host.now.getTime() / 1000),
  };
}

function warningsOf(path: string, mode: number, secondsLeft: number): string[] {
  const open = (mode & 0o077) !== 0;
  const minutes = Math.max(1, Math.floor(secondsLeft / 60));
  return [
    ...(open ? [`${path} can be read by other users of this machine: chmod 600 ${path}`] : []),
    ...(secondsLeft < SOON_SECONDS ? [`the login of codex on this machine ends in ${minutes} min: to make a new one, ${LOGIN}`] : []),
  ];
}

/** A link is followed: it is the operator's own folder. What a pipe or a device holds is not waited for. */
async function readFile(path: string): Promise<{ text: string; mode: number }> {
  try {
    await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile()) throw unusable(path, "it is not a file");
    return { text: await readBounded(path, file), mode: stat.mode };
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const code = error instanceof Error && "code" in error ? error.code : "unknown error";
    if (code === "ENOENT") throw unusable(path, "it does not exist");
    throw unusable(path, code === "EACCES" ? "it may not be read: permission denied" : `it cannot be read (${String(code)})`);
  }
}

async function readBounded(path: string, file: FileHandle): Promise<string> {
  const buffer = Buffer.alloc(MAX_BYTES + 1);
  let filled = 0;
  for (let read = -1; read !== 0 && filled < buffer.length; filled += read) {
    read = (await file.read(buffer, filled, buffer.length - filled, filled)).bytesRead;
  }
  if (filled > MAX_BYTES) throw unusable(path, "it is larger than 1 MiB");
  return buffer.toString("utf8", 0, filled);
}

function parse(path: string, text: string): z.output<typeof AuthFile> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes what it stumbled over.
    throw unusable(path, "it is not JSON");
  }
  const auth = AuthFile.safeParse(value);
  if (!auth.success) throw unusable(path, "it is not a JSON object");
  return auth.data;
}

function accessToken(path: string, { auth_mode: mode, tokens }: z.output<typeof AuthFile>): string {
  if (typeof mode !== "string" || !PERSONAL_MODES.has(mode.toLowerCase()))
    throw unusable(path, "it is not the login of a person (user or device mode)");
  const parsed = Tokens.safeParse(tokens);
  if (!parsed.success) throw unusable(path, "it holds no access token");
  return parsed.data.access_token;
}

function unusable(path: string, condition: string): OperatorError {
  return new OperatorError("secret-missing", {
    message: `The login of codex on this machine (${path}) cannot be forwarded: ${condition}`,
    hint: `To make a new one, ${LOGIN}; or take forward_host_credentials out of the bottle`,
  });
}
