const esc = "\x1b[";
const blue = `${esc}94m●${esc}0m`;

/** What an agent's screen may look like, with what a hostile one may try. */
export const terminalSample = [
  `${esc}90m─ claude · opus · ~/workspace ${"─".repeat(48)}${esc}0m`,
  `${blue} I'll move the retry logic into one client and add tests.`,
  "",
  `${blue} ${esc}1mBash${esc}0m(npm install p-retry@6)`,
  `  ${esc}90m└${esc}0m  npm error code E403`,
  `  ${esc}90m└${esc}0m  ${esc}31m403 bot-bottle: no route for packages.example.org (GET /p-retry)${esc}0m`,
  "     npm error 403 Forbidden - ask the operator with egress-block",
  "",
  `${blue} The sandbox has no route to the package registry. I'll ask for it.`,
  `     see https://docs.example.org/p-retry and \x1b]8;;https://safe.example.org@evil.example.net/login\x1b\\the manual\x1b]8;;\x1b\\`,
  "",
  `${blue} ${esc}1msupervise · egress-block${esc}0m(host: "packages.example.org", methods: GET, …)`,
  `  ${esc}90m└${esc}0m  ${esc}33mwaiting for the operator… 1 m 04 s${esc}0m`,
  "",
  `\x1b]0;not your title\x07\x1b]52;c;aGVsbG8=\x07${esc}32m✓${esc}0m 48 passed ${esc}31m✗${esc}0m 0 failed ${esc}35mmagenta${esc}0m ${esc}36mcyan${esc}0m ${esc}90mdim${esc}0m`,
  "",
  `${esc}2m> ${esc}0m`,
].join("\r\n");
