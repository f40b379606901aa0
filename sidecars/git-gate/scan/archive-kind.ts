/** File names that make gitleaks open a file, by what the file begins with; its own name may say anything. */
const KINDS: readonly { readonly magic: readonly number[]; readonly at?: number; readonly endings: readonly string[] }[] = [
  { magic: [0x50, 0x4b, 0x03, 0x04], endings: [".zip"] },
  { magic: [0x50, 0x4b, 0x05, 0x06], endings: [".zip"] },
  { magic: [0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], endings: [".7z"] },
  { magic: [0x52, 0x61, 0x72, 0x21, 0x1a, 0x07], endings: [".rar"] },
  { magic: [0x75, 0x73, 0x74, 0x61, 0x72], at: 257, endings: [".tar"] },
  // Whether a tar lies inside shows only when it is opened: tried both ways.
  { magic: [0x1f, 0x8b], endings: [".tar.gz", ".gz"] },
  { magic: [0x42, 0x5a, 0x68], endings: [".tar.bz2", ".bz2"] },
  { magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], endings: [".tar.xz", ".xz"] },
  { magic: [0x28, 0xb5, 0x2f, 0xfd], endings: [".tar.zst", ".zst"] },
  { magic: [0x04, 0x22, 0x4d, 0x18], endings: [".tar.lz4", ".lz4"] },
  { magic: [0x4c, 0x5a, 0x49, 0x50], endings: [".tar.lz", ".lz"] },
  { magic: [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59], endings: [".tar.sz", ".sz"] },
];

/** Long enough for every kind. */
export const MAGIC_BYTES = 262;

/** The endings under which an archive is opened; none for what is no archive. Brotli alone has no mark and goes by its name. */
export function archiveEndings(head: Buffer, path: string | null): readonly string[] {
  const kind = KINDS.find(({ magic, at = 0 }) => head.subarray(at, at + magic.length).equals(Buffer.from(magic)));
  if (kind !== undefined) return kind.endings;
  return path !== null && /\.br$/i.test(path) ? [".tar.br", ".br"] : [];
}
