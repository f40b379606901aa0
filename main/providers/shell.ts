import type { GuestEntry } from "../backends/backend.ts";
import type { Provider, ProviderRequest, ProvisionPlan } from "./provider.ts";

/** A login shell as the agent, without credentials: what the first run, the demo and the tests use (PRV-5). */
export const shellProvider: Provider = {
  name: "shell",
  provision: (request): ProvisionPlan => ({
    provider: "shell",
    image: { kind: "built-in", name: "agent" },
    command: ["bash", "-l"],
    bypassArgs: [],
    promptArgs: [],
    resumeArgs: [],
    sessionFiles: null,
    takesMessage: false,
    env: {},
    hiddenEnvNames: [],
    fixedEnvNames: [],
    entries: startupFiles(request),
    skillsFolder: null,
    preCopy: [],
    verify: [],
    routes: [],
    hostSecrets: [],
  }),
};

/** The prompt says which agent this terminal is: several look alike. The agent's name holds only a-z, 0-9 and -. */
function startupFiles({ agent, guestHome }: ProviderRequest): GuestEntry[] {
  const prompt = `PS1='\\[\\e[1;34m\\]${agent}\\[\\e[0m\\]:\\w\\$ '\n`;
  return [
    { kind: "file", path: `${guestHome}/.bashrc`, mode: 0o644, owner: "guest", content: `${prompt}alias ls='ls --color=auto'\n` },
    { kind: "file", path: `${guestHome}/.bash_profile`, mode: 0o644, owner: "guest", content: ". ~/.bashrc\n" },
  ];
}
