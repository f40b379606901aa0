import { openOperatorSecrets } from "../../../main/app/operator-secrets.ts";
import { systemClock } from "../../../main/platform/clock.ts";
import { homePaths } from "../../../main/platform/home.ts";

// What a panel, or with `cli` a command, that was started as this process was finds under the name; for its tests alone.
const [role = "panel", name = ""] = process.argv.slice(2);
const { source, env } = openOperatorSecrets({
  home: homePaths(process.env),
  env: process.env,
  clock: systemClock,
  role: role === "cli" ? "cli" : "panel",
  keychain: null,
  askPassphrase: null,
});
const value = await source.resolve(name);
process.stdout.write(`${JSON.stringify({ value: value?.reveal() ?? null, loginShell: env.loginShell?.state ?? null })}\n`);
