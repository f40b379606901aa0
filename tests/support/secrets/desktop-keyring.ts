import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export interface DesktopKeyring extends AsyncDisposable {
  /** What a session of this desktop has in its environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** A session bus of its own that starts nothing by itself, and on it, unlocked, GNOME's keyring: as after a graphical login. */
export async function startDesktopKeyring(): Promise<DesktopKeyring> {
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-keyring-"));
  const config = join(folder, "bus.conf");
  await writeFile(config, busConfig(folder));
  const bus = spawn("dbus-daemon", [`--config-file=${config}`, "--nofork", "--nopidfile", "--print-address=1"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [address] = (await once(createInterface({ input: bus.stdout }), "line")) as [string];
  const env = { PATH: process.env.PATH, HOME: folder, XDG_RUNTIME_DIR: folder, DBUS_SESSION_BUS_ADDRESS: address };
  const daemon = spawn("gnome-keyring-daemon", ["--foreground", "--unlock", "--components=secrets"], {
    env: { ...env, XDG_DATA_HOME: join(folder, "data") },
    stdio: ["pipe", "ignore", "ignore"],
  });
  daemon.stdin.end("login passphrase");
  return {
    env,
    [Symbol.asyncDispose]: async () => {
      for (const child of [daemon, bus]) {
        child.kill("SIGKILL");
        if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      }
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function busConfig(folder: string): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=${folder}</listen>
  <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`;
}
