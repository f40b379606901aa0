import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { encodeCertificate, encodePem } from "#common/wire/certificate-der.ts";

export interface CertificateAuthority {
  readonly certificatePem: string;
  /** PKCS #8. Goes into the bundle's private state folder and nowhere else. */
  readonly keyPem: string;
}

const DAY_MS = 86_400_000;
// Guests may lag behind (a virtual machine resumed from sleep), and no bottle should outlive its CA.
const BACKDATED_MS = DAY_MS;
const LIFETIME_MS = 5 * 365 * DAY_MS;

/** A new ECDSA P-256 CA for one bottle: nobody but its agent ever trusts it (EGR-1). */
export function mintCertificateAuthority(slug: string, now: Date): CertificateAuthority {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const spki = publicKey.export({ type: "spki", format: "der" });
  const keyId = createHash("sha1").update(spki).digest();
  const name = `bot-bottle ${slug} CA`;
  const certificate = encodeCertificate(
    {
      serial: randomBytes(16),
      issuer: name,
      subject: name,
      notBefore: new Date(now.getTime() - BACKDATED_MS),
      notAfter: new Date(now.getTime() + LIFETIME_MS),
      publicKey: spki,
      subjectKeyId: keyId,
      issuerKeyId: keyId,
      use: { kind: "ca" },
    },
    (tbs) => sign("sha256", tbs, privateKey),
  );
  return {
    certificatePem: encodePem("CERTIFICATE", Buffer.from(certificate).toString("base64")),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}
