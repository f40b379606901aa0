import { randomBytes } from "node:crypto";

/** A login of the codex command line as it may look one day, full of secrets of kinds that do not exist yet. */
export interface HostileLogin {
  /** Of `auth.json`. */
  readonly text: string;
  readonly accessToken: string;
  /** Every value in it that is a secret, parts of tokens included. */
  readonly secrets: readonly string[];
}

export interface LoginFacts {
  readonly accountId: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

export function hostileLogin({ accountId, expires }: LoginFacts): HostileLogin {
  const secrets: string[] = [];
  const secret = (name: string): string => {
    const value = `${name}.${randomBytes(12).toString("hex")}`;
    secrets.push(value);
    return value;
  };
  const token = (name: string): string => {
    const payload = {
      exp: expires,
      iat: expires - 86_400,
      email: `${secret(name)}@example.com`,
      email_verified: true,
      session_id: secret(`${name}-session`),
      future_nested: { value: secret(`${name}-nested`) },
      future_list: [secret(`${name}-list`)],
      "https://api.openai.com/auth": {
        chatgpt_plan_type: "pro",
        chatgpt_account_id: accountId,
        chatgpt_user_id: secret(`${name}-user`),
        localhost: true,
        bearer: secret(`${name}-bearer`),
        groups: [secret(`${name}-group`)],
      },
    };
    const jwt = [{ alg: "RS256", typ: "JWT", kid: secret(`${name}-kid`) }, payload].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    const whole = `${jwt.join(".")}.${Buffer.from(secret(`${name}-signature`)).toString("base64url")}`;
    secrets.push(whole);
    return whole;
  };
  const accessToken = token("access");
  const auth = {
    auth_mode: "chatgpt",
    OPENAI_API_KEY: secret("api-key"),
    tokens: {
      id_token: token("id"),
      access_token: accessToken,
      refresh_token: secret("refresh"),
      account_id: accountId,
      refreshSecret: secret("refresh-two"),
      session: { token_value: secret("token-value") },
    },
    last_refresh: "2026-01-01T00:00:00Z",
    session_context: secret("session-context"),
    future_list: [secret("top-list")],
    agent_identity: { private_key: secret("private-key") },
  };
  return { text: JSON.stringify(auth), accessToken, secrets };
}
