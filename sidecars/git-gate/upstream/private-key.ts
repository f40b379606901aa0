import type { Programs } from "../programs.ts";

export type ReadKey =
  | { readonly ok: true; readonly publicKey: string /** As ssh-add wants it. */; readonly text: string }
  | { readonly ok: false; readonly problem: string };

/**
 * The public half of a private key. ssh-keygen opens its input by name, which works for a pipe and not for the socket that a
 * child's standard input is here: hence the `cat`.
 */
export async function readPublicKey(programs: Programs, privateKey: string): Promise<ReadKey> {
  const text = `${privateKey.replace(/\r\n?/g, "\n").trim()}\n`;
  if (!/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----\n/.test(text))
    return failed("is not a private key: give what ssh-keygen wrote, not the .pub file");
  if (isProtected(text)) {
    return failed(
      "is protected by a passphrase, which nobody can type here: give one without, for example a deploy key of this repository",
    );
  }
  const { code, stdout } = await programs.run("sh", ["-c", "cat | ssh-keygen -y -P '' -f /dev/stdin"], { input: text });
  const [type = "", key = ""] = stdout.trim().split(" ");
  if (code === 0 && /^[a-z0-9@.-]+$/.test(type) && key !== "") return { ok: true, publicKey: `${type} ${key}`, text };
  return failed("cannot be read: give an OpenSSH or PEM private key, whole and unchanged");
}

const OPENSSH_MAGIC = "openssh-key-v1\0";

/** OpenSSH's format names its cipher after the magic; the older ones say it in words. */
function isProtected(text: string): boolean {
  if (/^-----BEGIN ENCRYPTED |^Proc-Type: 4,ENCRYPTED$/m.test(text)) return true;
  const body = Buffer.from(text.replace(/-----[^-]+-----/g, ""), "base64");
  if (body.toString("latin1", 0, OPENSSH_MAGIC.length) !== OPENSSH_MAGIC || body.length < OPENSSH_MAGIC.length + 8) return false;
  const length = body.readUInt32BE(OPENSSH_MAGIC.length);
  return body.toString("latin1", OPENSSH_MAGIC.length + 4, OPENSSH_MAGIC.length + 4 + Math.min(length, 64)) !== "none";
}

function failed(problem: string): ReadKey {
  return { ok: false, problem };
}
