import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { readPrivateKey } from "../../../../main/git/private-key.ts";
import { makePrivateKey } from "../../../support/git-samples.ts";

const KEY = makePrivateKey();

function fault(text: string): string | null {
  const read = readPrivateKey(text);
  return read.ok ? null : read.fault;
}

function pkcs8(type: "ed25519" | "rsa"): string {
  const pair = type === "rsa" ? generateKeyPairSync("rsa", { modulusLength: 2048 }) : generateKeyPairSync("ed25519");
  return String(pair.privateKey.export({ type: "pkcs8", format: "pem" }));
}

/** A key in OpenSSH's form with these fields. */
function openSsh(...fields: readonly (string | Buffer)[]): string {
  const parts = fields.map((field) => (typeof field === "string" ? named(field) : field));
  const blob = Buffer.concat([Buffer.from("openssh-key-v1\0"), ...parts]).toString("base64");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${blob}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

function named(text: string): Buffer {
  return field(Buffer.from(text));
}

function field(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.byteLength);
  return Buffer.concat([length, bytes]);
}

const ONE = Buffer.from([0, 0, 0, 1]);

describe("a private key (SSH-4, MAN-5)", () => {
  it.each([
    ["ed25519", () => KEY],
    ["ecdsa", () => makePrivateKey("-t", "ecdsa")],
    ["rsa", () => makePrivateKey("-t", "rsa", "-b", "2048")],
    ["rsa in PEM", () => makePrivateKey("-t", "rsa", "-b", "2048", "-m", "PEM")],
    ["rsa in PKCS#8", () => pkcs8("rsa")],
    ["one without its last line end", () => KEY.trimEnd()],
    ["one with the line ends of Windows", () => KEY.replaceAll("\n", "\r\n")],
  ])("%s is taken as it is, with uniform line ends", (_kind, make) => {
    const text = make();
    const read = readPrivateKey(text);
    expect(read.ok && read.key.reveal()).toBe(`${text.replaceAll("\r", "").trimEnd()}\n`);
    expect(JSON.stringify(read)).not.toContain("PRIVATE");
  });

  it.each([
    ["nothing", "", "is empty"],
    ["a public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA ada@host", "is a public key"],
    ["a public key in PEM", "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n", "is a public key"],
    ["PuTTY's form", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "puttygen"],
    ["a token", "ghp_0123456789abcdef", "holds no private key"],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "holds no private key"],
    ["a key on one line", KEY.replaceAll("\n", " "), "has lost its line breaks"],
    ["half a key", KEY.slice(0, KEY.length / 2), "is not whole"],
    ["a key cut inside", openSsh("none", "none"), "holds no private key"],
    ["a passphrase", makePrivateKey("-N", "secret-phrase"), "is protected by a passphrase"],
    ["a passphrase in PEM", makePrivateKey("-t", "rsa", "-b", "2048", "-m", "PEM", "-N", "secret-phrase"), "is protected by a passphrase"],
    [
      "a passphrase in PKCS#8",
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n",
      "is protected by a passphrase",
    ],
    ["Ed25519 in PKCS#8", pkcs8("ed25519"), "ssh-keygen -t ed25519"],
    ["a DSA key", "-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----\n", "is a DSA key"],
    ["a broken PEM", "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n", "holds no private key"],
    ["a hardware key", openSsh("none", "none", "", ONE, field(named("sk-ssh-ed25519@openssh.com")), "x"), "hardware token"],
    ["a kind nobody knows", openSsh("none", "none", "", ONE, field(named("ssh-new")), "x"), "of a kind that is not known"],
    [
      "OpenSSH's label on something else",
      "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
      "holds no private key",
    ],
    ["a field that claims four gigabytes", openSsh(Buffer.from([0xff, 0xff, 0xff, 0xff])), "was cut off"],
  ])("%s is refused, without a word of it", (_kind, text, message) => {
    expect(fault(text)).toContain(message);
    for (const line of text.split("\n").filter((each) => each.length > 20 && !each.startsWith("-----")))
      expect(fault(text)).not.toContain(line);
  });
});
