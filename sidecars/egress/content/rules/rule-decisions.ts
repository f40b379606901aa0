/** Rules of the release that are not asked of what leaves a bottle, each with the reason. ADR 0011 has the figures. */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "generic-api-key": "any long word after key, token or auth: source code is full of them, and one would end an agent's whole conversation",
  "curl-auth-header": "costs more than linear time; the tokens in such lines have rules of their own",
  "curl-auth-user": "costs more than linear time, and examples in documentation match",
  "kubernetes-secret-yaml": "costs more than linear time; base64 in it is decoded and scanned by every other rule",
  "hashicorp-tf-password": 'made for Terraform files: everywhere else `password = "example"` is a form field or a test',
  "pkcs12-file": "a file name alone",
};

/** Rules whose keyword is not where a match begins, or that a stream cannot be searched by as they are. */
export const REWRITTEN: Readonly<Record<string, { readonly pattern?: string; readonly keywords?: readonly string[] }>> = {
  "1password-service-account-token": { pattern: "ops_eyJ[a-zA-Z0-9+/]{250}" },
  "azure-ad-client-secret": {
    pattern: String.raw`(?<=(?:^|[\\'"\x60\s>=:(,)])[a-zA-Z0-9_~.]{3}\d)(Q~[a-zA-Z0-9_~.-]{31,34})(?:$|[\\'"\x60\s<),])`,
  },
  "facebook-access-token": { pattern: String.raw`(?i)(?<=\b\d{15,16})(\|[0-9a-z\-_]{27,40})(?:[\x60'"\s;]|\\[nr]|$)`, keywords: ["|"] },
  "facebook-page-access-token": { pattern: String.raw`\b(EAA[MC](?i)[a-z0-9]{100,400})(?:[\x60'"\s;]|\\[nr]|$)` },
  "freemius-secret-key": { pattern: String.raw`(?i)secret_key["']\s{0,20}=>\s{0,20}["'](sk_[\S]{29})["']` },
  "hashicorp-tf-api-token": {
    pattern: String.raw`(?<=[a-zA-Z0-9]{14}\.)(atlasv1\.(?i)[a-z0-9\-_=]{60,70})`,
  },
  "intra42-client-secret": { keywords: ["s-s4t2ud-", "s-s4t2af-"] },
  // A token's header is an object in JSON: `{"` is eyJ.
  jwt: {
    pattern: String.raw`\b(ey[a-zA-Z0-9]{17,1024}\.ey[a-zA-Z0-9\/\\_-]{17,4096}\.(?:[a-zA-Z0-9\/\\_-]{10,1024}={0,2})?)(?:[\x60'"\s;]|\\[nr]|$)`,
    keywords: ["eyj"],
  },
  "lob-api-key": { keywords: ["lob"] },
  "lob-pub-api-key": { keywords: ["lob"] },
  "maxmind-license-key": { pattern: String.raw`(?<=\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29})(_mmk)(?:[\x60'"\s;]|\\[nr]|$)` },
  "microsoft-teams-webhook": {
    pattern: String.raw`webhook\.office\.com/webhookb2/[a-z0-9-]{36}@[a-z0-9-]{36}/IncomingWebhook/[a-z0-9]{32}/[a-z0-9-]{36}`,
    keywords: ["webhook.office.com"],
  },
  "new-relic-browser-api-token": { keywords: ["new-relic", "newrelic", "new_relic"] },
  "new-relic-insert-key": { keywords: ["new-relic", "newrelic", "new_relic"] },
  "new-relic-user-api-key": { keywords: ["new-relic", "newrelic", "new_relic"] },
  "nuget-config-password": { pattern: String.raw`(?i)<add key=\"(?:ClearText)?Password\"\s{1,20}value=\"([^"\r\n$%{]{8,200})\"` },
  "openai-api-key": { keywords: ["sk-"] },
  // The end of a key need not have come: its beginning is a key already.
  "private-key": {
    pattern: String.raw`(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,200}?([a-z0-9+/]{40})`,
  },
  "pypi-upload-token": { pattern: String.raw`pypi-AgEIcHlwaS5vcmc[\w-]{50}` },
  "sidekiq-sensitive-url": {
    pattern: String.raw`(?i)(?<=\bhttps?://[a-f0-9]{8}:[a-f0-9]{8})(@(?:gems.contribsys.com|enterprise.contribsys.com))(?:[\/|\#|\?|:]|$)`,
    keywords: ["@gems.contribsys.com", "@enterprise.contribsys.com"],
  },
  "slack-config-access-token": { keywords: ["xoxe"] },
  "slack-webhook-url": { pattern: String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{43,56}` },
  "sourcegraph-access-token": {
    pattern: String.raw`(?i)\b(sgp_(?:(?:[a-f0-9]{16}|local)_)?[a-f0-9]{40})\b`,
    keywords: ["sgp_"],
  },
  "typeform-api-token": { keywords: ["typeform"] },
};
