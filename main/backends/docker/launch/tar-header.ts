/** One entry's header; names are bytes, because those of a project need not be UTF-8. */
export interface TarEntry {
  readonly type: "file" | "folder" | "link";
  readonly name: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: Date;
  readonly target?: Buffer;
}

export const TAR_BLOCK = 512;
/** Two empty blocks close an archive. */
export const TAR_END = Buffer.alloc(2 * TAR_BLOCK);

const TYPE_FLAGS = { file: "0", folder: "5", link: "2", pax: "x" } as const;
const NAME_BYTES = 100;
/** What eleven octal digits hold. */
const OCTAL_MAX = 0o77777777777;

/**
 * A header in the ustar format, preceded by a pax one where the name, the target or the size does not fit it. Written here
 * because tar-stream takes names as text only, and a project may hold others.
 */
export function tarHeader(entry: TarEntry): Buffer {
  const name = entry.type === "folder" ? Buffer.concat([entry.name, Buffer.from("/")]) : entry.name;
  const target = entry.target ?? Buffer.alloc(0);
  const records: Buffer[] = [];
  if (name.length > NAME_BYTES) records.push(paxRecord("path", name));
  if (target.length > NAME_BYTES) records.push(paxRecord("linkpath", target));
  if (entry.size > OCTAL_MAX) records.push(paxRecord("size", Buffer.from(String(entry.size))));
  const own = ustarBlock({ ...entry, name, target, flag: TYPE_FLAGS[entry.type] });
  if (records.length === 0) return own;
  const body = Buffer.concat(records);
  const pax = ustarBlock({
    ...entry,
    name: Buffer.from("pax"),
    target: Buffer.alloc(0),
    mode: 0o600,
    size: body.length,
    flag: TYPE_FLAGS.pax,
  });
  return Buffer.concat([pax, body, tarPadding(body.length), own]);
}

/** What fills the last block of a content of this size. */
export function tarPadding(size: number): Buffer {
  return Buffer.alloc((TAR_BLOCK - (size % TAR_BLOCK)) % TAR_BLOCK);
}

type Ustar = Omit<TarEntry, "type" | "target"> & { readonly target: Buffer; readonly flag: string };

function ustarBlock({ name, mode, uid, gid, size, mtime, flag, target }: Ustar): Buffer {
  const block = Buffer.alloc(TAR_BLOCK);
  name.copy(block, 0, 0, NAME_BYTES);
  writeOctal(block, 100, 7, mode);
  writeOctal(block, 108, 7, uid);
  writeOctal(block, 116, 7, gid);
  writeOctal(block, 124, 11, Math.min(size, OCTAL_MAX));
  writeOctal(block, 136, 11, Math.min(Math.max(0, Math.floor(mtime.getTime() / 1000)), OCTAL_MAX));
  block.write(flag, 156, "latin1");
  target.copy(block, 157, 0, NAME_BYTES);
  block.write("ustar\0" + "00", 257, "latin1");
  writeChecksum(block);
  return block;
}

function writeOctal(block: Buffer, offset: number, digits: number, value: number): void {
  block.write(value.toString(8).padStart(digits, "0"), offset, "latin1");
}

/** The sum of all bytes, its own field counted as spaces. */
function writeChecksum(block: Buffer): void {
  block.fill(0x20, 148, 156);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
}

/** `<length> <key>=<value>\n`, where the length counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from("\n")]);
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
