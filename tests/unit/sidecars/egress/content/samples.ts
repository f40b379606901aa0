/** A made-up credential of every common kind, put together here so that no scanner takes this file for a leak. */
export interface Sample {
  readonly rule: string;
  /** What stands in a text. */
  readonly text: string;
  /** What no event, log or answer may hold: the secret but for the first characters that an excerpt shows. */
  readonly canary: string;
}

const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const UPPER = LOWER.toUpperCase();
const ALL = UPPER + LOWER + DIGITS;

/** The same letters in every run. */
function letters(count: number, alphabet = ALL, seed = count): string {
  let state = seed * 7919 + 17;
  return Array.from({ length: count }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return alphabet[Math.floor((state / 2_147_483_648) * alphabet.length)];
  }).join("");
}

const hex = (count: number) => letters(count, `${DIGITS}abcdef`);
const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function sample(rule: string, prefix: string, rest: string, around: readonly [string, string] = ["", ""]): Sample {
  return { rule, text: `${around[0]}${prefix}${rest}${around[1]}`, canary: rest.slice(4) };
}

const dashes = "-".repeat(5);

export const samples: readonly Sample[] = [
  sample("github-pat", "ghp_", letters(36)),
  sample("github-fine-grained-pat", "github_pat_", letters(82)),
  sample("github-app-token", "ghs_", letters(36, ALL, 5)),
  sample("gitlab-pat", "glpat-", letters(20)),
  sample("aws-access-token", "AKIA", letters(16, `${UPPER}234567`)),
  sample("anthropic-api-key", "sk-ant-api03-", `${letters(93)}AA`),
  sample("openai-api-key", "sk-", `${letters(20)}T3BlbkFJ${letters(20, ALL, 3)}`),
  sample("gcp-api-key", "AIza", letters(35)),
  sample("slack-bot-token", "xoxb-", `${letters(12, DIGITS)}-${letters(12, DIGITS, 5)}-${letters(24)}`),
  sample("slack-webhook-url", "https://hooks.slack.com/services/", `T${letters(10)}/B${letters(10)}/${letters(24)}`),
  sample("stripe-access-token", "sk_live_", letters(24)),
  sample("npm-access-token", "npm_", letters(36)),
  sample("pypi-upload-token", "pypi-AgEIcHlwaS5vcmc", letters(70)),
  sample("huggingface-access-token", "hf_", letters(34, LOWER + UPPER)),
  sample("twilio-api-key", "SK", hex(32)),
  sample("digitalocean-pat", "dop_v1_", hex(64)),
  sample("vault-service-token", "hvs.", letters(95)),
  sample("sendgrid-api-token", "SG.", letters(66)),
  sample("adafruit-api-key", "", letters(32, LOWER + DIGITS), ['adafruit_key = "', '"']),
  sample("jwt", `${base64url({ alg: "HS256", typ: "JWT" })}.`, `${base64url({ sub: letters(12), admin: true })}.${letters(43)}`),
  sample("private-key", `${dashes}BEGIN RSA PRIVATE KEY${dashes}\n`, `${letters(64)}\n${letters(64, ALL, 9)}\n`, [
    "",
    `${dashes}END RSA PRIVATE KEY${dashes}\n`,
  ]),
];

export function sampleOf(rule: string): Sample {
  const found = samples.find((one) => one.rule === rule);
  if (found === undefined) throw new Error(`there is no sample of ${rule}`);
  return found;
}
