// What every process that loads `common` has, Node or browser; the zone itself is compiled with the types of neither.
declare class TextEncoder {
  encode(input: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input: Uint8Array): string;
}
/** For the IDNA mapping of host names only. */
declare class URL {
  constructor(url: string);
  readonly hostname: string;
}
