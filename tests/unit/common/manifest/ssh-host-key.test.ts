import { describe, expect, test } from "vitest";
import { hostKeyFault } from "#common/manifest/ssh-host-key.ts";

const ED25519 = "AAAAC3NzaC1lZDI1NTE5AAAAIF/p8eu48sUiFiPfJ/1ZYtJhp9hbkkMQ1MsV08+X9zin";
const ECDSA =
  "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBDDNJvfGpr/xmsVODQWWZuSuVWGtCjJZt9C1A86rWrbdVhAHjEey/sWXV7dBWc2FgJjEpWuLylVpJEq9tQQnsAI=";

/** An SSH key blob of the given parts. */
function blob(...parts: readonly (string | number)[]): string {
  const encoded = parts.map((part) => {
    const bytes = typeof part === "string" ? Buffer.from(part) : Buffer.alloc(part, 0x04);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.byteLength);
    return Buffer.concat([length, bytes]);
  });
  return Buffer.concat(encoded).toString("base64");
}

describe("a host key in a manifest (MAN-5, GIT-3)", () => {
  test.each([
    ["ed25519", `ssh-ed25519 ${ED25519}`],
    ["ecdsa", `ecdsa-sha2-nistp256 ${ECDSA}`],
    ["rsa", `ssh-rsa ${blob("ssh-rsa", 3, 257)}`],
  ])("%s is accepted", (_type, key) => {
    expect(hostKeyFault(key)).toBeNull();
  });

  test.each([
    ["a whole known_hosts line", `github.com ssh-ed25519 ${ED25519}`, 'leave "github.com" out'],
    ["a hashed known_hosts line", `|1|abc=|def= ssh-ed25519 ${ED25519}`, "looks like a line of known_hosts"],
    ["a marker", `@cert-authority * ssh-ed25519 ${ED25519}`, "looks like a line of known_hosts"],
    ["a comment after the key", `ssh-ed25519 ${ED25519} root@host`, "something after the key"],
    ["a space after the key", `ssh-ed25519 ${ED25519} `, "something after the key"],
    ["two spaces", `ssh-ed25519  ${ED25519}`, "something after the key"],
    ["a tab", `ssh-ed25519\t${ED25519}`, "does not start with a type"],
    ["a fingerprint", "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU", "is a fingerprint"],
    ["a fingerprint after its type", "ssh-ed25519 SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU", "not a key that can be read"],
    ["the type alone", "ssh-ed25519", "not a key that can be read"],
    ["the key alone", ED25519, "does not start with a type"],
    ["an old type", `ssh-dss ${blob("ssh-dss", 128)}`, "does not start with a type"],
    ["a certificate", `ssh-ed25519-cert-v01@openssh.com ${ED25519}`, "does not start with a type"],
    ["a name of every object", `constructor ${ED25519}`, "does not start with a type"],
    ["another type inside", `ssh-rsa ${ED25519}`, "the key in it is of another type"],
    ["a key that was cut off", `ssh-ed25519 ${ED25519.slice(0, -4)}`, "not a key that can be read"],
    ["not base64", "ssh-ed25519 %%%%", "not a key that can be read"],
    ["the alphabet of URLs", `ssh-ed25519 ${ED25519.replace("/", "_")}`, "not a key that can be read"],
    ["padding in the middle", `ssh-ed25519 AA==${ED25519}`, "not a key that can be read"],
    ["loose last bits", `ssh-ed25519 ${blob("ssh-ed25519", 32, "").slice(0, -1)}B`, "not a key that can be read"],
    [
      "a length beyond the end",
      `ssh-ed25519 ${Buffer.from([0xff, 0xff, 0xff, 0xff]).toString("base64")}AA==`,
      "not a key that can be read",
    ],
    ["a short ed25519 key", `ssh-ed25519 ${blob("ssh-ed25519", 31)}`, "not a whole ssh-ed25519 key"],
    ["a part too many", `ssh-ed25519 ${blob("ssh-ed25519", 32, "x")}`, "not a whole ssh-ed25519 key"],
    ["another curve", `ecdsa-sha2-nistp256 ${blob("ecdsa-sha2-nistp256", "nistp384", 65)}`, "not a whole ecdsa-sha2-nistp256 key"],
    ["a weak rsa key", `ssh-rsa ${blob("ssh-rsa", 3, 129)}`, "at least 2048 bits"],
    ["nothing", "", "does not start with a type"],
  ])("%s is refused with what to do", (_kind, key, message) => {
    expect(hostKeyFault(key)).toContain(message);
    expect(hostKeyFault(key)).toContain("type");
  });
});
