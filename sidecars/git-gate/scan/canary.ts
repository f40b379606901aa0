import { randomInt } from "node:crypto";

/** A line with a made-up secret that the scanner must report. */
export interface Canary {
  readonly line: string;
  readonly rule: string;
}

/** No vowels: no word that a rule lets off can come about by chance. */
const LETTERS = "bcdfghjkmpqrstvwxyz23456789";

/** For the rules that hold for every file. */
export function contentCanary(): Canary {
  return { line: `ghp_${letters(36)}`, rule: "github-pat" };
}

/** For the rules that hold for some files only. */
export function byPathCanary(): Canary {
  return { line: `<add key="ClearTextPassword" value="${letters(20)}" />`, rule: "nuget-config-password" };
}

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join("");
}
