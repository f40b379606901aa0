import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CODEX_HOST_TOKEN_REF } from "#common/domain/names.ts";
import { codexHostLogin } from "../../../../../main/providers/codex/host-login.ts";
import { HostLogins } from "../../../../../main/providers/host-logins.ts";
import { builtInProviders } from "../../../../../main/providers/provider-registry.ts";
import { hostileLogin } from "../../../../support/providers/codex-login.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const SECONDS = NOW.getTime() / 1000;
const LOGIN_HINT = expect.stringContaining("codex login --device-auth");

let userHome: string;
let file: string;
beforeEach(async () => {
  userHome = await mkdtemp(join(tmpdir(), "bot-bottle-codex-"));
  file = join(userHome, ".codex", "auth.json");
  await mkdir(join(userHome, ".codex"));
});
afterEach(() => rm(userHome, { recursive: true, force: true }));

const read = (env: Record<string, string> = {}) => codexHostLogin.read({ env, userHome, now: NOW });

async function put(auth: unknown, path = file): Promise<void> {
  await writeFile(path, typeof auth === "string" ? auth : JSON.stringify(auth), { mode: 0o600 });
}

function jwt(payload: unknown): string {
  return `${Buffer.from('{"alg":"RS256"}').toString("base64url")}.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.c2lnbmF0dXJl`;
}

const signedIn = (payload: unknown = { exp: SECONDS + 86_400 }) => ({
  auth_mode: "chatgpt",
  tokens: { access_token: jwt(payload), account_id: "a" },
});

describe("the operator's own login (PRV-3)", () => {
  test("gives egress the real token and the guest a file without it", async () => {
    const login = hostileLogin({ accountId: "acct-1", expires: SECONDS + 86_400 });
    await put(login.text);
    const { token, guestFile, warnings } = await read();
    expect(token.reveal()).toBe(login.accessToken);
    for (const secret of login.secrets) expect(guestFile).not.toContain(secret);
    expect(warnings).toEqual([]);
  });

  test.each([
    ["CODEX_HOME", "elsewhere", (home: string) => join(home, "elsewhere")],
    ["CODEX_HOME with a tilde", "elsewhere", () => "~/elsewhere"],
  ])("is found where %s says", async (_name, folder, value) => {
    await mkdir(join(userHome, folder));
    await put(signedIn(), join(userHome, folder, "auth.json"));
    expect((await read({ CODEX_HOME: value(userHome) })).guestFile).toContain('"auth_mode": "chatgpt"');
  });

  test("an empty CODEX_HOME is none", async () => {
    await put(signedIn());
    expect((await read({ CODEX_HOME: "" })).warnings).toEqual([]);
  });

  test("a link to it is followed: the folder is the operator's own", async () => {
    await put(signedIn(), join(userHome, "kept.json"));
    await symlink(join(userHome, "kept.json"), file);
    expect((await read()).guestFile).toContain("chatgpt");
  });

  test("says so where other users may read it", async () => {
    await put(signedIn());
    await chmod(file, 0o644);
    expect((await read()).warnings).toEqual([`${file} can be read by other users of this machine: chmod 600 ${file}`]);
  });

  test("says so where it ends soon", async () => {
    await put(signedIn({ exp: SECONDS + 600 }));
    expect((await read()).warnings).toEqual([
      "the login of codex on this machine ends in 10 min: to make a new one, run `codex login --device-auth` on this machine",
    ]);
  });

  const conditions: [string, unknown, string][] = [
    ["no JSON", "{ sk-live-0123", "it is not JSON"],
    ["a list", [1], "it is not a JSON object"],
    ["an API key", { auth_mode: "apikey", OPENAI_API_KEY: "sk-live-0123" }, "it is not the login of a person (user or device mode)"],
    ["the API key mode of old", { ...signedIn(), auth_mode: "api_key" }, "it is not the login of a person (user or device mode)"],
    ["no mode", { tokens: signedIn().tokens }, "it is not the login of a person (user or device mode)"],
    [
      "a mode that is no text",
      { ...signedIn(), auth_mode: { a: "sk-live-0123" } },
      "it is not the login of a person (user or device mode)",
    ],
    ["no tokens", { auth_mode: "chatgpt" }, "it holds no access token"],
    ["an empty token", { auth_mode: "chatgpt", tokens: { access_token: "" } }, "it holds no access token"],
    [
      "an opaque token",
      { auth_mode: "chatgpt", tokens: { access_token: "sk-live-0123" } },
      "its access token is not a JWT that says when it ends",
    ],
    ["no end", signedIn({}), "its access token is not a JWT that says when it ends"],
    ["an end that is text", signedIn({ exp: `${SECONDS + 86_400}` }), "its access token is not a JWT that says when it ends"],
    ["an end beyond time", signedIn({ exp: 1e300 }), "its access token is not a JWT that says when it ends"],
    ["a token that has ended", signedIn({ exp: SECONDS - 1 }), "its access token has expired"],
    ["a token that ends now", signedIn({ exp: SECONDS }), "its access token has expired"],
    ["a megabyte", `"${"sk-live-0123".repeat(100_000)}"`, "it is larger than 1 MiB"],
  ];
  test.each(conditions)("with %s the condition is named, never a value", async (_name, auth, condition) => {
    await put(auth);
    const error: Error = await read().then(
      () => Promise.reject(new Error("it was read")),
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({
      code: "secret-missing",
      message: `The login of codex on this machine (${file}) cannot be forwarded: ${condition}`,
      hint: LOGIN_HINT,
    });
    expect(JSON.stringify(error) + error.stack).not.toContain("sk-live");
  });

  test("with no file", async () => {
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining("it does not exist"), hint: LOGIN_HINT });
  });

  test("with a folder or a pipe in its place, without waiting for a writer", async () => {
    await mkdir(file);
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining("it is not a file") });
    await rm(file, { recursive: true });
    execFileSync("mkfifo", [file]);
    await expect(read()).rejects.toMatchObject({ message: expect.stringContaining("it is not a file") });
  });
});

describe("host-resolved secrets (PRV-1)", () => {
  const logins = () => new HostLogins({ providers: builtInProviders, userHome, clock: { now: () => NOW }, env: async () => ({}) });

  test("are read anew each time: the program refreshes its login behind our back", async () => {
    await put(signedIn());
    const all = logins();
    const first = (await all.tokens([CODEX_HOST_TOKEN_REF, "GITHUB_TOKEN"])).get(CODEX_HOST_TOKEN_REF)?.reveal();
    await put(signedIn({ exp: SECONDS + 90_000 }));
    const second = (await all.tokens([CODEX_HOST_TOKEN_REF])).get(CODEX_HOST_TOKEN_REF)?.reveal();
    expect([first, second]).toEqual([jwt({ exp: SECONDS + 86_400 }), jwt({ exp: SECONDS + 90_000 })]);
  });

  test("stay missing where the login cannot be used", async () => {
    await put(signedIn({ exp: SECONDS - 1 }));
    expect((await logins().tokens([CODEX_HOST_TOKEN_REF])).size).toBe(0);
  });

  test("own their name, and say where they come from", async () => {
    expect([logins().owns(CODEX_HOST_TOKEN_REF), logins().owns("GITHUB_TOKEN")]).toEqual([true, false]);
    expect(await logins().files()).toEqual(new Map([[CODEX_HOST_TOKEN_REF, file]]));
  });
});
