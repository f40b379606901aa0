import { randomBytes, randomInt } from "node:crypto";

/** A made-up credential, composed while the test runs, so that no file of this repository holds anything like one. */
export interface FakeToken {
  /** The rule of gitleaks that is to see it; null for the kind that it is known to miss. */
  readonly rule: string | null;
  /** How it would stand in a file. */
  readonly text: string;
  /** The part that must never be told. */
  readonly secret: string;
}

const DIGITS = "23456789";
const LOWER = "bcdfghjkmpqrstvwxyz";
const UPPER = LOWER.toUpperCase();

function pick(alphabet: string, count: number): string {
  return Array.from({ length: count }, () => alphabet[randomInt(alphabet.length)]).join("");
}

const alnum = (count: number) => pick(LOWER + UPPER + DIGITS, count);

function bare(rule: string, secret: string): FakeToken {
  return { rule, text: `value = "${secret}"`, secret };
}

function privateKey(): FakeToken {
  const mark = (word: string) => `-----${word} RSA ${"PRIVATE"} KEY-----`;
  const body = Array.from({ length: 12 }, () => randomBytes(48).toString("base64"));
  return { rule: "private-key", text: [mark("BEGIN"), ...body, mark("END")].join("\n"), secret: body[3] ?? "" };
}

function webToken(): FakeToken {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const secret = [part({ alg: "HS256", typ: "JWT" }), part({ sub: alnum(12), name: alnum(8) }), alnum(43)].join(".");
  return { rule: "jwt", text: `bearer ${secret} `, secret };
}

function databaseUrl(): FakeToken {
  const secret = alnum(14);
  return { rule: null, text: `postgres://app:${secret}@db.example.test/app`, secret };
}

/** Fourteen kinds, as agents meet them; new ones at each call. */
export function fakeTokens(): readonly FakeToken[] {
  const generic = alnum(32);
  return [
    bare("github-pat", `ghp_${alnum(36)}`),
    bare("github-fine-grained-pat", `github_${"pat"}_${alnum(82)}`),
    bare("gitlab-pat", `glpat-${alnum(20)}`),
    bare("aws-access-token", `AKIA${pick(`${UPPER}234567`, 16)}`),
    bare("slack-bot-token", `xoxb-${pick(DIGITS, 12)}-${pick(DIGITS, 12)}-${alnum(24)}`),
    bare("stripe-access-token", `sk_live_${alnum(24)}`),
    bare("npm-access-token", `npm_${pick(LOWER + DIGITS, 36)}`),
    bare("gcp-api-key", `AIza${alnum(35)}`),
    bare("anthropic-api-key", `sk-ant-api03-${alnum(93)}AA`),
    bare("openai-api-key", `sk-${alnum(20)}T3BlbkFJ${alnum(20)}`),
    { rule: "generic-api-key", text: `api_key = "${generic}"`, secret: generic },
    privateKey(),
    webToken(),
    databaseUrl(),
  ];
}

export function githubToken(): FakeToken {
  return bare("github-pat", `ghp_${alnum(36)}`);
}
