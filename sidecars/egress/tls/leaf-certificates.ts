import type { KeyObject } from "node:crypto";
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import type { SecureContext } from "node:tls";
import { createSecureContext, DEFAULT_CIPHERS } from "node:tls";
import { encodeCertificate, encodePem } from "#common/wire/certificate-der.ts";

const DAY_MS = 86_400_000;
const BACKDATED_MS = DAY_MS;
// Some clients refuse leaves that live longer than 398 days.
const LIFETIME_MS = 90 * DAY_MS;
const RENEWED_AFTER_MS = 30 * DAY_MS;

// Node's own, with AES-128 first: as strong as the P-256 keys around it, and less work a byte.
const CIPHERS = ["TLS_AES_128_GCM_SHA256", ...DEFAULT_CIPHERS.split(":")].filter((name, at, all) => all.indexOf(name) === at).join(":");

interface CachedContext {
  readonly context: SecureContext;
  readonly mintedAt: number;
}

export interface LeafOptions {
  readonly caCertificatePem: string;
  readonly caKeyPem: string;
  readonly maxContexts: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** TLS contexts for the hosts that agents connect to: one key for all leaves, a certificate per host (EGR-1). */
export class LeafCertificates {
  readonly #options: LeafOptions;
  readonly #caKey: KeyObject;
  readonly #issuer: string;
  readonly #issuerKeyId: Uint8Array;
  readonly #leafKeyPem: string;
  readonly #leafPublicKey: Uint8Array;
  readonly #contexts = new Map<string, CachedContext>();

  constructor(options: LeafOptions) {
    this.#options = options;
    this.#caKey = createPrivateKey(options.caKeyPem);
    const ca = new X509Certificate(options.caCertificatePem);
    if (!ca.checkPrivateKey(this.#caKey)) throw new Error("the CA's key does not belong to its certificate");
    this.#issuer = issuerName(ca);
    this.#issuerKeyId = keyId(createPublicKey(this.#caKey).export({ type: "spki", format: "der" }));
    const leaf = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#leafKeyPem = leaf.privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    this.#leafPublicKey = leaf.publicKey.export({ type: "spki", format: "der" });
  }

  /** The context for a canonical host; most recently used ones are kept. */
  contextFor(host: string): SecureContext {
    const cached = this.#contexts.get(host);
    this.#contexts.delete(host);
    const fresh = cached !== undefined && this.#options.now() - cached.mintedAt < RENEWED_AFTER_MS ? cached : this.#create(host);
    this.#contexts.set(host, fresh);
    if (this.#contexts.size > this.#options.maxContexts) this.#dropOldest();
    return fresh.context;
  }

  /** PEM of a new leaf for `host`. */
  mint(host: string): string {
    const now = this.#options.now();
    const certificate = encodeCertificate(
      {
        serial: randomBytes(16),
        issuer: this.#issuer,
        subject: host,
        notBefore: new Date(now - BACKDATED_MS),
        notAfter: new Date(now + LIFETIME_MS),
        publicKey: this.#leafPublicKey,
        subjectKeyId: keyId(this.#leafPublicKey),
        issuerKeyId: this.#issuerKeyId,
        use: { kind: "server", host },
      },
      (tbs) => sign("sha256", tbs, this.#caKey),
    );
    return encodePem("CERTIFICATE", Buffer.from(certificate).toString("base64"));
  }

  #create(host: string): CachedContext {
    const context = createSecureContext({
      cert: this.mint(host),
      key: this.#leafKeyPem,
      minVersion: "TLSv1.2",
      ciphers: CIPHERS,
      honorCipherOrder: true,
    });
    return { context, mintedAt: this.#options.now() };
  }

  #dropOldest(): void {
    const oldest = this.#contexts.keys().next();
    if (!oldest.done) this.#contexts.delete(oldest.value);
  }
}

// The issuer of a leaf must be spelled as the CA's subject is; our CAs have a common name and nothing else.
function issuerName(ca: X509Certificate): string {
  const name = /^CN=(.+)$/.exec(ca.subject)?.[1];
  if (name === undefined) throw new Error("the CA's subject must be one common name");
  return name;
}

function keyId(spki: Uint8Array): Uint8Array {
  return createHash("sha1").update(spki).digest();
}
