import { mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CODEX_HOST_TOKEN_REF } from "#common/domain/names.ts";
import { watchHostLogins } from "../../../../main/app/host-login-watch.ts";
import { systemClock } from "../../../../main/platform/clock.ts";
import { HostLogins } from "../../../../main/providers/host-logins.ts";
import { builtInProviders } from "../../../../main/providers/provider-registry.ts";
import { hostileLogin } from "../../../support/providers/codex-login.ts";

const PATIENCE = { timeout: 15_000, interval: 20 };
const NEXT_YEAR = Math.floor(Date.now() / 1000) + 31_536_000;

let userHome: string;
let file: string;
beforeEach(async () => {
  userHome = await mkdtemp(join(tmpdir(), "bot-bottle-login-watch-"));
  file = join(userHome, ".codex/auth.json");
});
afterEach(() => rm(userHome, { recursive: true, force: true }));

function follow() {
  const logins = new HostLogins({ providers: builtInProviders, userHome, clock: systemClock, env: async () => ({}) });
  const delivered = vi.fn(async (_ref: string) => undefined);
  const errors = vi.fn();
  return { logins, delivered, errors, watching: watchHostLogins({ logins, deliver: delivered, onError: errors }) };
}

/** As programs write such a file: beside it, then in its place. */
async function put(text: string): Promise<void> {
  await writeFile(`${file}.new`, text, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

const login = () => hostileLogin({ accountId: "acct-1", expires: NEXT_YEAR }).text;

test("a login that its program refreshed is brought to the bottles (PRV-1, PRV-3)", async () => {
  await mkdir(join(userHome, ".codex"));
  await put(login());
  const { watching, delivered, errors } = follow();
  using _watching = watching;
  await vi.waitFor(async () => {
    await put(login());
    expect(delivered).toHaveBeenCalledWith(CODEX_HOST_TOKEN_REF);
  }, PATIENCE);
  expect(errors).not.toHaveBeenCalled();
});

test("one that cannot be used takes nothing away", async () => {
  await mkdir(join(userHome, ".codex"));
  const { watching, logins, delivered } = follow();
  using _watching = watching;
  const read = vi.spyOn(logins, "tokens");
  await vi.waitFor(async () => {
    await put("{ half");
    expect(read).toHaveBeenCalled();
  }, PATIENCE);
  await Promise.all(read.mock.results.map(({ value }) => value));
  expect(delivered).not.toHaveBeenCalled();
});

test("where nobody has signed in there is nothing to watch, and that is no failure", async () => {
  const { watching, logins, errors } = follow();
  using _watching = watching;
  await logins.files();
  expect(errors).not.toHaveBeenCalled();
});
