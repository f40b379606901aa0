import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";

/** A zip of one deflated file. */
export function zipOf(name: string, content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  const packed = deflateRawSync(bytes);
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(8, 4);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields, Buffer.from(name), packed]);
  const central = Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), fields, Buffer.alloc(14), Buffer.from(name)]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from("PK\x05\x06"), end]);
}

export async function tarGzOf(name: string, content: string | Buffer): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name }, Buffer.from(content));
  tar.finalize();
  const parts: Buffer[] = [];
  for await (const chunk of tar as AsyncIterable<Buffer>) parts.push(chunk);
  return gzipSync(Buffer.concat(parts));
}
