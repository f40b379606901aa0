import { describe, expect, test } from "vitest";
import { parseIdentity, parseSshUrl } from "#common/manifest/git-gate-schema.ts";
import { validateBottle } from "#common/manifest/validate.ts";

function messages(repo: Record<string, unknown>): string[] {
  const result = validateBottle({ "git-gate": { repos: { app: { url: "ssh://git@h.example/a.git", identity: "KEY", ...repo } } } });
  return result.ok ? [] : result.findings.map(({ message }) => message);
}

describe("git-gate.repos (MAN-5)", () => {
  test.each([
    ["~/.ssh/id_ed25519", { kind: "file", path: "~/.ssh/id_ed25519" }],
    ["/keys/app", { kind: "file", path: "/keys/app" }],
    ["C:\\Users\\ada\\.ssh\\id", { kind: "file", path: "C:\\Users\\ada\\.ssh\\id" }],
    ["GIT_KEY", { kind: "secret", ref: "GIT_KEY" }],
  ])("the identity %s", (identity, parsed) => {
    expect(parseIdentity(identity)).toEqual(parsed);
    expect(messages({ identity })).toEqual([]);
  });

  test.each([
    ["keys/app", "must be an absolute path or start with ~/"],
    ["./app", "must be an absolute path or start with ~/"],
    ["~root/.ssh/id", "must be an absolute path or start with ~/"],
    ["~", "must be an absolute path or start with ~/"],
    ["not a name", "must be the path of a private key"],
    ["-----BEGIN OPENSSH PRIVATE KEY-----", "must name the key, not hold it"],
    ["one\ntwo", "must be one line"],
  ])("the identity %j is refused: %s", (identity, message) => {
    expect(messages({ identity }).join()).toContain(message);
    expect(messages({ identity }).join()).not.toContain("OPENSSH");
  });

  test("a host key that is none is refused in the file (GIT-3)", () => {
    expect(messages({ host_key: "github.com ssh-ed25519 AAAA" })).toEqual([
      expect.stringContaining('git-gate.repos.app.host_key looks like a line of known_hosts: leave "github.com" out'),
    ]);
  });

  test.each([
    ["ssh://git@host/a/b.git", { user: "git", host: "host", port: 22, path: "a/b.git" }],
    ["ssh://git@host:2222/~/b", { user: "git", host: "host", port: 2222, path: "~/b" }],
    ["ssh://git@[2001:db8::1]:22/b", { user: "git", host: "[2001:db8::1]", port: 22, path: "b" }],
  ])("%s", (url, parts) => {
    expect(parseSshUrl(url)).toEqual(parts);
  });

  test.each([
    "ssh://git:secret@host/a",
    "ssh://host/a",
    "ssh://-oProxyCommand=x@host/a",
    "ssh://git@-oProxyCommand=x/a",
    "ssh://git@host:0/a",
    "ssh://git@host:65536/a",
    "ssh://git@host/",
    "ssh://git@host/a b",
    "ssh://git@host/a\nb",
    "git@host:a",
    "https://host/a",
    "ext::sh -c x",
    "file:///etc",
  ])("%j is no upstream", (url) => {
    expect(parseSshUrl(url)).toBeNull();
  });
});
