/** Encrypts with a key that only the operator's login can open (ENV-2). */
export interface Keychain {
  encrypt(plain: string): Promise<Uint8Array>;
  decrypt(sealed: Uint8Array): Promise<string>;
}
