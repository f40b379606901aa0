/** What lies at one path, as far as bringing back is concerned; null is nothing. */
export type EntryState =
  | { readonly kind: "file"; readonly executable: boolean; readonly size: number; readonly sha256: string }
  | { readonly kind: "link"; readonly target: string }
  | { readonly kind: "folder" };

/** Whether two sides hold the same. Modes count as git counts them: executable or not. */
export function sameState(a: EntryState | null, b: EntryState | null): boolean {
  if (a === null || b === null) return a === b;
  if (a.kind === "file" && b.kind === "file") return sameContent(a, b) && a.executable === b.executable;
  if (a.kind === "link" && b.kind === "link") return a.target === b.target;
  return a.kind === "folder" && b.kind === "folder";
}

export function sameContent(a: EntryState | null, b: EntryState | null): boolean {
  return a?.kind === "file" && b?.kind === "file" && a.sha256 === b.sha256 && a.size === b.size;
}

/** The state as it is bound into a comparison's digest. */
export function stateKey(state: EntryState | null): readonly (string | number | boolean)[] {
  if (state === null) return ["none"];
  if (state.kind === "file") return ["file", state.executable, state.size, state.sha256];
  return state.kind === "link" ? ["link", state.target] : ["folder"];
}
