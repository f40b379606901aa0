import { dummyToken, isMap, readClaims } from "./jwt.ts";

const PLACEHOLDER = "bot-bottle-placeholder";
/** A name reserved for never being one (RFC 2606). */
const PLACEHOLDER_EMAIL = "bot-bottle@example.invalid";

const AUTH_CLAIM = "https://api.openai.com/auth";
const PROFILE_CLAIM = "https://api.openai.com/profile";

/** Further logins that the file may hold; emptied objects are not among what the program reads there, nothing is. */
const OTHER_LOGINS = new Set(["OPENAI_API_KEY", "agent_identity", "personal_access_token", "bedrock_api_key", "bedrock_access_keys"]);

type Fields = Readonly<Record<string, unknown>>;

export interface GuestLoginFacts {
  /** The operator's `auth.json`, as parsed. */
  readonly host: Fields;
  /** When the host's access token ends, in seconds since 1970. */
  readonly expires: number;
  readonly now: Date;
}

/**
 * The `auth.json` a guest gets in place of the operator's (PRV-4): written from a list of what may be there, never by taking
 * away what may not. Fields of versions to come keep their name and lose their value, so that no new kind of secret slips
 * through. The tokens end when the real one does: the program would otherwise refresh them, which it cannot from a bottle.
 */
export function guestLogin({ host, expires, now }: GuestLoginFacts): string {
  const { auth_mode: mode, tokens } = host;
  const login = {
    ...mapFields(host, (key, value) => (OTHER_LOGINS.has(key) ? null : emptied(value))),
    auth_mode: keepWord(mode),
    OPENAI_API_KEY: null,
    tokens: guestTokens(isMap(tokens) ? tokens : {}, expires),
    last_refresh: now.toISOString(),
  };
  return `${JSON.stringify(login, null, 2)}\n`;
}

function guestTokens(tokens: Fields, expires: number): Fields {
  return {
    ...mapFields(tokens, (key, value) => (key === "oauth_provenance" ? null : emptied(value))),
    id_token: guestToken(tokens.id_token, expires),
    access_token: guestToken(tokens.access_token, expires),
    refresh_token: PLACEHOLDER,
    // Checked against the account list before each turn: it has to be the real one, and opens nothing by itself.
    ...(tokens.account_id === undefined ? {} : { account_id: keepId(tokens.account_id) }),
  };
}

function guestToken(token: unknown, expires: number): string {
  const claims = (typeof token === "string" ? readClaims(token) : null) ?? {};
  const kept = mapFields(claims, (key, value) => {
    if (key === AUTH_CLAIM) return authClaim(isMap(value) ? value : {});
    if (key === PROFILE_CLAIM) return { email: PLACEHOLDER_EMAIL, email_verified: isMap(value) && value.email_verified === true };
    return key === "email" ? PLACEHOLDER_EMAIL : emptied(value);
  });
  return dummyToken({ sub: PLACEHOLDER, ...kept, exp: expires });
}

function authClaim(claim: Fields): Fields {
  const kept = mapFields(claim, (key, value) => {
    if (key === "chatgpt_plan_type") return keepWord(value);
    return key === "chatgpt_account_id" ? keepId(value) : emptied(value);
  });
  return { chatgpt_plan_type: "unknown", chatgpt_account_id: PLACEHOLDER, chatgpt_user_id: PLACEHOLDER, user_id: PLACEHOLDER, ...kept };
}

/** Nothing but the kind of a value is left: a flag says no more than its name. */
function emptied(value: unknown): unknown {
  if (typeof value === "boolean" || value === null) return value;
  if (Array.isArray(value)) return [];
  return typeof value === "object" ? {} : PLACEHOLDER;
}

// A word, and an identifier no longer than a UUID with a prefix: what a token looks like fits neither.
const WORD = /^[A-Za-z][A-Za-z_-]{0,31}$/;
const ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,43}$/;

function keepWord(value: unknown): string {
  return typeof value === "string" && WORD.test(value) ? value : PLACEHOLDER;
}

function keepId(value: unknown): string {
  return typeof value === "string" && ID.test(value) ? value : PLACEHOLDER;
}

/** Names of fields, and the two that are addresses: anything else as a key may itself be the secret. */
const FIELD_NAME = /^[A-Za-z][A-Za-z_]{0,47}$/;

function mapFields(fields: Fields, change: (key: string, value: unknown) => unknown): Record<string, unknown> {
  const kept = Object.entries(fields).filter(([key]) => FIELD_NAME.test(key) || key === AUTH_CLAIM || key === PROFILE_CLAIM);
  return Object.fromEntries(kept.map(([key, value]) => [key, change(key, value)]));
}
