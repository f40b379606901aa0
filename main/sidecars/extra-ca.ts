import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { OperatorError } from "#common/domain/operator-error.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * Further roots that egress trusts upstream (EGR-9), from the file that `BOT_BOTTLE_EXTRA_CA` names; null where none is set.
 * Only certificates are passed on: whatever else lies in the file (a private key put there by mistake) stays here.
 */
export async function readExtraCa(env: NodeJS.ProcessEnv): Promise<string | null> {
  const file = env.BOT_BOTTLE_EXTRA_CA;
  if (file === undefined || file === "") return null;
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw wrong(file, "cannot be read", error);
  });
  const certificates = text.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) throw wrong(file, "holds no certificate in PEM form");
  for (const certificate of certificates) requireReadable(file, certificate);
  return `${certificates.join("\n")}\n`;
}

function requireReadable(file: string, certificate: string): void {
  try {
    new X509Certificate(certificate);
  } catch (error) {
    throw wrong(file, "holds a certificate that cannot be read", error);
  }
}

function wrong(file: string, what: string, cause?: unknown): OperatorError {
  return new OperatorError("bad-input", {
    message: `BOT_BOTTLE_EXTRA_CA: ${file} ${what}`,
    hint: "Name a PEM file with the certificates of the authorities to trust, or unset the variable",
    cause,
  });
}
