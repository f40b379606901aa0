import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { GateRepo } from "#common/domain/git.ts";

/** The longest path of a socket, with what ssh appends to it while it binds. */
const MAX_CONTROL_PATH = 107 - 18;
const SHARED_SECONDS = 3;

/** Names the pinned key in `known_hosts`, whatever host and port are: nothing of a URL has to be quoted there. */
const KEY_ALIAS = "pinned-upstream";

/** Files that ssh reads for one repository. None of them holds a secret. */
export interface SshFiles {
  readonly config: string;
  readonly knownHosts: string;
  readonly publicKey: string;
  readonly agentSocket: string;
  readonly controlPath: string;
}

export function sshFiles(folder: string, index: number, agentSocket: string): SshFiles {
  const file = (ending: string): string => join(folder, `${index}.${ending}`);
  return {
    config: file("conf"),
    knownHosts: file("hosts"),
    publicKey: file("pub"),
    agentSocket,
    controlPath: file("ssh"),
  };
}

/** Writes what does not change while the gate runs. */
export function writeSshFiles(files: SshFiles, repo: GateRepo): void {
  writeFileSync(files.knownHosts, repo.hostKey === "" ? "" : `${KEY_ALIAS} ${repo.hostKey}\n`, { mode: 0o600 });
  writeFileSync(files.config, sshConfig(files, repo), { mode: 0o600 });
}

/**
 * Every option that could make ssh ask, trust, run or forward something is set here, and no other configuration is read.
 * `IdentitiesOnly` with the public key's file: of the keys in the agent only this repository's is offered.
 */
export function sshConfig(files: SshFiles, repo: GateRepo): string {
  const options: Record<string, string> = {
    StrictHostKeyChecking: "yes",
    HostKeyAlias: KEY_ALIAS,
    UserKnownHostsFile: quoted(files.knownHosts),
    GlobalKnownHostsFile: "/dev/null",
    HostKeyAlgorithms: hostKeyAlgorithms(repo.hostKey),
    CheckHostIP: "no",
    VerifyHostKeyDNS: "no",
    UpdateHostKeys: "no",
    KnownHostsCommand: "none",
    CanonicalizeHostname: "no",
    BatchMode: "yes",
    ConnectTimeout: "8",
    ConnectionAttempts: "1",
    ServerAliveInterval: "4",
    ServerAliveCountMax: "2",
    PreferredAuthentications: "publickey",
    PasswordAuthentication: "no",
    KbdInteractiveAuthentication: "no",
    GSSAPIAuthentication: "no",
    HostbasedAuthentication: "no",
    IdentitiesOnly: "yes",
    IdentityFile: quoted(files.publicKey),
    IdentityAgent: quoted(files.agentSocket),
    AddKeysToAgent: "no",
    ProxyCommand: "none",
    ProxyJump: "none",
    PermitLocalCommand: "no",
    RemoteCommand: "none",
    ForwardAgent: "no",
    ForwardX11: "no",
    ClearAllForwardings: "yes",
    Tunnel: "no",
    RequestTTY: "no",
    EscapeChar: "none",
    ControlMaster: "no",
    ControlPath: "none",
    LogLevel: "ERROR",
  };
  return `Host *\n${Object.entries(options)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => `  ${name} ${value}\n`)
    .join("")}`;
}

/** For `GIT_SSH_COMMAND`; `shared` lets the connections of one push be one. */
export function sshCommand(files: SshFiles, shared: boolean): string {
  const plain = `ssh -F ${shellQuoted(files.config)}`;
  if (!shared || files.controlPath.length > MAX_CONTROL_PATH) return plain;
  const path = shellQuoted(`ControlPath=${quoted(files.controlPath)}`);
  return `${plain} -o ControlMaster=auto -o ControlPersist=${SHARED_SECONDS} -o ${path}`;
}

/** Arguments that end the shared connection, if there is one. */
export function endSharing(files: SshFiles): string[] {
  return ["-F", files.config, "-o", `ControlPath=${quoted(files.controlPath)}`, "-O", "exit", KEY_ALIAS];
}

/** An RSA key serves both newer signatures; SHA-1 is refused with it. */
function hostKeyAlgorithms(hostKey: string): string {
  const [type = ""] = hostKey.split(" ");
  return type === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type;
}

/** A path in ssh's own syntax, where `%` begins a token and `$` may begin a variable. */
function quoted(path: string): string {
  if (/["\n\\]|\$\{/.test(path)) throw new Error("ssh cannot be given a path with quotes, backslashes or variables in it");
  return `"${path.replaceAll("%", "%%")}"`;
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
