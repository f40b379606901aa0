/**
 * X.509 v3 certificates of the two shapes a bottle needs, as DER: its own CA and the leaf of one host. Hashing and signing
 * are passed in, so this has no dependency on a platform; a leaf costs microseconds.
 */
export interface CertificateBody {
  /** Positive, at most 20 bytes; unpredictable. */
  readonly serial: Uint8Array;
  readonly issuer: string;
  readonly subject: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo, DER. */
  readonly publicKey: Uint8Array;
  /** Identifiers of the subject's and of the issuer's key (any stable hash). */
  readonly subjectKeyId: Uint8Array;
  readonly issuerKeyId: Uint8Array;
  readonly use: { readonly kind: "ca" } | { readonly kind: "server"; readonly host: string };
}

/** `sign` returns a DER-encoded ECDSA signature over SHA-256 of what it is given. */
export function encodeCertificate(body: CertificateBody, sign: (tbs: Uint8Array) => Uint8Array): Uint8Array {
  const tbs = sequence(
    tagged(0xa0, integer(Uint8Array.of(2))),
    integer(body.serial),
    ECDSA_WITH_SHA256,
    commonName(body.issuer),
    sequence(time(body.notBefore), time(body.notAfter)),
    commonName(body.subject),
    body.publicKey,
    tagged(0xa3, sequence(...extensions(body))),
  );
  return sequence(tbs, ECDSA_WITH_SHA256, bitString(sign(tbs)));
}

/** PEM text, ended by a newline. */
export function encodePem(label: string, base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function extensions(body: CertificateBody): Uint8Array[] {
  const shared = [
    extension(OID.subjectKeyIdentifier, false, octetString(body.subjectKeyId)),
    extension(OID.authorityKeyIdentifier, false, sequence(tagged(0x80, body.issuerKeyId))),
  ];
  if (body.use.kind === "ca") {
    return [
      // pathlen 0: the bottle's CA signs leaves and no further CA.
      extension(OID.basicConstraints, true, sequence(TRUE, integer(Uint8Array.of(0)))),
      extension(OID.keyUsage, true, tagged(0x03, Uint8Array.of(1, 0b0000_0110))), // keyCertSign, cRLSign
      ...shared,
    ];
  }
  return [
    extension(OID.basicConstraints, true, sequence()),
    extension(OID.keyUsage, true, tagged(0x03, Uint8Array.of(7, 0b1000_0000))), // digitalSignature
    extension(OID.extendedKeyUsage, false, sequence(oid(OID.serverAuth))),
    extension(OID.subjectAltName, false, sequence(tagged(0x82, ascii(body.use.host)))),
    ...shared,
  ];
}

const OID = {
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02],
  commonName: [0x55, 0x04, 0x03],
  subjectKeyIdentifier: [0x55, 0x1d, 0x0e],
  keyUsage: [0x55, 0x1d, 0x0f],
  subjectAltName: [0x55, 0x1d, 0x11],
  basicConstraints: [0x55, 0x1d, 0x13],
  authorityKeyIdentifier: [0x55, 0x1d, 0x23],
  extendedKeyUsage: [0x55, 0x1d, 0x25],
  serverAuth: [0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01],
} as const;

const TRUE = Uint8Array.of(0x01, 0x01, 0xff);
const ECDSA_WITH_SHA256 = sequence(oid(OID.ecdsaWithSha256));

// RFC 5280: at most 64 characters in a common name. A leaf's name is in its subjectAltName; this one is for people only.
function commonName(name: string): Uint8Array {
  return sequence(tagged(0x31, sequence(oid(OID.commonName), tagged(0x0c, ascii(name.slice(0, 64))))));
}

function extension(id: readonly number[], critical: boolean, value: Uint8Array): Uint8Array {
  return sequence(oid(id), ...(critical ? [TRUE] : []), octetString(value));
}

// RFC 5280: UTCTime up to 2049, GeneralizedTime after.
function time(date: Date): Uint8Array {
  const text = `${date.toISOString().replace(/\.\d+/, "").replace(/[-:T]/g, "")}`;
  return date.getUTCFullYear() < 2050 ? tagged(0x17, ascii(text.slice(2))) : tagged(0x18, ascii(text));
}

function oid(bytes: readonly number[]): Uint8Array {
  return tagged(0x06, Uint8Array.from(bytes));
}

function integer(bytes: Uint8Array): Uint8Array {
  const start = bytes.findIndex((byte) => byte !== 0);
  const significant = start === -1 ? Uint8Array.of(0) : bytes.subarray(start);
  const negative = (significant[0] ?? 0) >= 0x80;
  return tagged(0x02, negative ? join([Uint8Array.of(0), significant]) : significant);
}

function bitString(bytes: Uint8Array): Uint8Array {
  return tagged(0x03, join([Uint8Array.of(0), bytes]));
}

function octetString(bytes: Uint8Array): Uint8Array {
  return tagged(0x04, bytes);
}

function sequence(...parts: readonly Uint8Array[]): Uint8Array {
  return tagged(0x30, join(parts));
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function tagged(tag: number, content: Uint8Array): Uint8Array {
  return join([Uint8Array.of(tag, ...lengthBytes(content.byteLength)), content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  return [0x82, length >> 8, length & 0xff];
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((total, part) => total + part.byteLength, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.byteLength;
  }
  return all;
}
