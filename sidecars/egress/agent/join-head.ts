/** A head and what follows it in one piece: one write, one TLS record, one packet. */
export function joinHead(head: string, bytes: Buffer): Buffer {
  const all = Buffer.allocUnsafe(head.length + bytes.length);
  all.write(head, 0, "latin1");
  bytes.copy(all, head.length);
  return all;
}
