import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { guestLogin } from "../../../../../main/providers/codex/guest-login.ts";
import { hostileLogin } from "../../../../support/providers/codex-login.ts";

const NOW = new Date("2026-06-01T12:00:00.000Z");
const EXPIRES = 2_000_000_000;
const AUTH_CLAIM = "https://api.openai.com/auth";

function jwt(payload: unknown, header: unknown = { alg: "RS256", kid: "k" }, signature = "c2lnbmF0dXJlLXNlY3JldA"): string {
  return [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".")
    .concat(`.${signature}`);
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
}

interface GuestFile {
  readonly [key: string]: unknown;
  readonly tokens: Readonly<Record<string, unknown>> & { readonly access_token: string; readonly id_token: string };
}

const synthesise = (host: Record<string, unknown>): GuestFile => JSON.parse(guestLogin({ host, expires: EXPIRES, now: NOW }));

/** Everything in a file that can be read as text: as it stands, unescaped, and decoded wherever something is base64. */
function readings(text: string): string {
  const unescaped = JSON.stringify(JSON.parse(text));
  const decoded = [...text.matchAll(/[A-Za-z0-9_+/-]{8,}={0,2}/g)].flatMap(([part]) => [
    Buffer.from(part, "base64url").toString("utf8"),
    Buffer.from(part, "base64url").toString("latin1"),
  ]);
  return [text, unescaped, ...decoded].join("\n");
}

describe("the login a guest gets (PRV-4)", () => {
  const payload = {
    exp: 1_900_000_000,
    iat: 1,
    email: "ada@example.com",
    email_verified: true,
    jti: "token-id-secret",
    amr: ["pwd"],
    nested: { deep: "nested-secret" },
    [AUTH_CLAIM]: {
      chatgpt_plan_type: "plus",
      chatgpt_account_id: "6f0c-account",
      chatgpt_user_id: "user-secret",
      localhost: true,
      organizations: [{ id: "org-secret" }],
    },
    "https://api.openai.com/profile": { email: "ada@example.com", email_verified: true },
  };
  const host = {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: "sk-secret",
    tokens: { id_token: jwt(payload), access_token: jwt(payload), refresh_token: "refresh-secret", account_id: "6f0c-account" },
    last_refresh: "2020-01-01T00:00:00Z",
  };

  test("keeps the mode and the selected account, ends when the host's token does, and was refreshed just now", () => {
    const guest = synthesise(host);
    expect(guest).toMatchObject({
      auth_mode: "chatgpt",
      OPENAI_API_KEY: null,
      last_refresh: "2026-06-01T12:00:00.000Z",
      tokens: { refresh_token: "bot-bottle-placeholder", account_id: "6f0c-account" },
    });
    for (const token of [guest.tokens.access_token, guest.tokens.id_token]) {
      expect(claimsOf(token)).toEqual({
        sub: "bot-bottle-placeholder",
        exp: EXPIRES,
        iat: "bot-bottle-placeholder",
        email: "bot-bottle@example.invalid",
        email_verified: true,
        jti: "bot-bottle-placeholder",
        amr: [],
        nested: {},
        [AUTH_CLAIM]: {
          chatgpt_plan_type: "plus",
          chatgpt_account_id: "6f0c-account",
          chatgpt_user_id: "bot-bottle-placeholder",
          user_id: "bot-bottle-placeholder",
          localhost: true,
          organizations: [],
        },
        "https://api.openai.com/profile": { email: "bot-bottle@example.invalid", email_verified: true },
      });
    }
  });

  test("its tokens are unsigned: no algorithm, and a word where the signature was", () => {
    const [header, , signature] = synthesise(host).tokens.access_token.split(".");
    expect(JSON.parse(Buffer.from(header ?? "", "base64url").toString())).toEqual({ alg: "none", typ: "JWT" });
    expect(signature).toBe("placeholder");
  });

  test("unknown fields keep their name and lose their value, by kind", () => {
    const guest = synthesise({
      ...host,
      session_context: "s",
      future_list: ["s"],
      future_map: { s: "s" },
      future_number: 7,
      future_flag: false,
      gone: null,
    });
    expect(guest).toMatchObject({
      session_context: "bot-bottle-placeholder",
      future_list: [],
      future_map: {},
      future_number: "bot-bottle-placeholder",
      future_flag: false,
      gone: null,
    });
  });

  test.each(["agent_identity", "personal_access_token", "bedrock_api_key", "bedrock_access_keys"])("another login, %s, is none", (name) => {
    expect(synthesise({ ...host, [name]: { private_key: "s" } })[name]).toBeNull();
  });

  test.each([
    ["no tokens", { auth_mode: "chatgpt" }],
    ["tokens of another shape", { auth_mode: "chatgpt", tokens: ["s"] }],
    ["tokens that are no JWTs", { auth_mode: "chatgpt", tokens: { access_token: "opaque-secret", id_token: 7 } }],
    ["a JWT of a list", { auth_mode: "chatgpt", tokens: { access_token: jwt(["list-secret"]) } }],
  ])("with %s it still is a login of the right shape", (_name, auth) => {
    const guest = synthesise(auth);
    expect(claimsOf(guest.tokens.access_token)).toMatchObject({ exp: EXPIRES, sub: "bot-bottle-placeholder" });
    expect(JSON.stringify(guest)).not.toContain("secret");
  });

  test.each([
    ["auth_mode", { auth_mode: "sk-live.0123456789abcdef" }],
    ["account_id", { tokens: { account_id: "v4.local.0123456789" } }],
    ["plan type", { tokens: { access_token: jwt({ [AUTH_CLAIM]: { chatgpt_plan_type: "sk-live-0123456789" } }) } }],
    ["a key", { "sk-live-0123456789": true, tokens: { "sk.live": 1, access_token: jwt({ "sk-live-0123456789": {} }) } }],
    ["__proto__", JSON.parse('{"__proto__": {"auth_mode": "sk-live-0123456789"}}')],
  ])("a kept field that holds what it never holds is not kept: %s", (_name, auth) => {
    const text = guestLogin({ host: auth, expires: EXPIRES, now: NOW });
    expect(readings(text)).not.toMatch(/sk-live|sk\.live|v4\.local|0123456789/);
  });
});

describe("no string of the original secrets survives (PRV-4)", () => {
  test("a login full of fields that do not exist yet", () => {
    const login = hostileLogin({ accountId: "acct-1", expires: EXPIRES });
    const shown = readings(guestLogin({ host: JSON.parse(login.text), expires: EXPIRES, now: NOW }));
    for (const secret of login.secrets) {
      // A whole token shares the names of its claims with ours.
      const looked = secret.startsWith("eyJ") ? [secret] : pieces(secret);
      for (const piece of looked) expect(shown.includes(piece), `${piece} of ${secret}`).toBe(false);
    }
  });

  // No value may survive, nor any eight characters of it: in no field, under no key, as no claim, in no encoding.
  test("whatever the fields are called and wherever the secrets stand", () => {
    fc.assert(
      fc.property(hostileAuth, ({ auth, secrets }) => {
        const shown = readings(guestLogin({ host: auth, expires: EXPIRES, now: NOW }));
        for (const secret of secrets) {
          for (const piece of pieces(secret))
            if (shown.includes(piece)) throw new Error(`${JSON.stringify(piece)} of ${JSON.stringify(secret)} survives`);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function pieces(secret: string): string[] {
  const length = 8;
  if (secret.length <= length) return [secret];
  return Array.from({ length: secret.length - length + 1 }, (_, at) => secret.slice(at, at + length));
}

/** Values that no template of ours holds, in several alphabets: every one is looked for in the outcome. */
const secret = fc.tuple(fc.nat(), fc.constantFrom("hex", "token", "jwt", "escaped")).map(([seed, kind]) => {
  const digest = createHash("sha256").update(`${seed}`).digest();
  if (kind === "hex") return digest.toString("hex");
  if (kind === "token") return `sk-${digest.toString("base64url")}`;
  if (kind === "jwt") return `v4.local.${digest.toString("base64url")}.${digest.subarray(0, 9).toString("base64url")}0`;
  return `"${digest.toString("hex").replaceAll("a", "ä\\n").replaceAll("b", '"')}`;
});

const KNOWN_KEYS = [
  "auth_mode",
  "OPENAI_API_KEY",
  "last_refresh",
  "account_id",
  "refresh_token",
  "id_token",
  "access_token",
  "chatgpt_plan_type",
  "chatgpt_account_id",
  "email",
  AUTH_CLAIM,
];

interface Hostile {
  readonly value: unknown;
  readonly secrets: readonly string[];
}

/** Maps, lists and scalars with secrets as values, as keys, and inside tokens. */
const hostile: fc.Arbitrary<Hostile> = fc.letrec<{ value: Hostile; map: Hostile; list: Hostile; token: Hostile }>((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf(), tie("map"), tie("list"), tie("token")),
  map: fc.array(fc.tuple(key(), tie("value")), { maxLength: 6 }).map((entries) => ({
    value: Object.fromEntries(entries.map(([name, { value }]) => [name.value, value])),
    secrets: entries.flatMap(([name, { secrets }]) => [...name.secrets, ...secrets]),
  })),
  list: fc
    .array(tie("value"), { maxLength: 4 })
    .map((items) => ({ value: items.map(({ value }) => value), secrets: items.flatMap(({ secrets }) => secrets) })),
  token: fc.tuple(tie("map"), secret).map(([{ value, secrets }, signature]) => {
    const signed = Buffer.from(signature).toString("base64url");
    return { value: jwt(value, { alg: "RS256" }, signed), secrets: [...secrets, signed] };
  }),
})).map;

function leaf(): fc.Arbitrary<Hostile> {
  return fc.oneof(
    secret.map((value) => ({ value, secrets: [value] })),
    fc.constantFrom<Hostile>({ value: true, secrets: [] }, { value: null, secrets: [] }, { value: 7, secrets: [] }),
  );
}

function key(): fc.Arbitrary<{ value: string; secrets: string[] }> {
  return fc.oneof(
    fc.constantFrom(...KNOWN_KEYS).map((value) => ({ value, secrets: [] })),
    fc.stringMatching(/^[a-z]{3,10}_[a-z]{3,10}$/).map((value) => ({ value, secrets: [] })),
    secret.map((value) => ({ value, secrets: [value] })),
  );
}

const hostileAuth = fc.tuple(hostile, hostile, hostile).map(([top, tokens, claims]) => {
  const token = jwt({ ...(claims.value as object), exp: EXPIRES });
  const held = tokens.value as Record<string, unknown>;
  return {
    auth: { ...(top.value as object), tokens: { ...held, access_token: token, id_token: held.id_token ?? token } },
    secrets: [...top.secrets, ...tokens.secrets, ...claims.secrets],
  };
});
