import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A certificate authority of the tests and one server certificate of it, as PEM. */
export interface TestCertificates {
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes a throw-away authority that vouches for `hosts`; by openssl, so that nothing under test checks itself. */
export async function makeTestCertificates(hosts: readonly string[]): Promise<TestCertificates> {
  const folder = await mkdtemp(join(tmpdir(), "bot-bottle-test-ca-"));
  try {
    const at = (name: string) => join(folder, name);
    const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
    await run("openssl", [
      "req",
      "-x509",
      ...newKey,
      "-keyout",
      at("ca.key"),
      "-out",
      at("ca.pem"),
      "-days",
      "2",
      "-subj",
      "/CN=Test world CA",
    ]);
    await run("openssl", ["req", ...newKey, "-keyout", at("key.pem"), "-out", at("request.pem"), "-subj", "/CN=world"]);
    await writeFile(at("extensions"), `subjectAltName=${hosts.map((host) => `DNS:${host}`).join(",")}\nextendedKeyUsage=serverAuth\n`);
    const sign = ["x509", "-req", "-in", at("request.pem"), "-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial", "-days", "2"];
    await run("openssl", [...sign, "-extfile", at("extensions"), "-out", at("cert.pem")]);
    const [authority, certificate, key] = await Promise.all(
      [at("ca.pem"), at("cert.pem"), at("key.pem")].map((file) => readFile(file, "utf8")),
    );
    return { authority: authority as string, certificate: certificate as string, key: key as string };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
