import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";

const css = readFileSync(resolve(import.meta.dirname, "../../../../renderer/ui/tokens.css"), "utf8");

function tokensOf(theme: "dark" | "light"): Record<string, string> {
  const block = css.slice(css.indexOf(`[data-theme="${theme}"]`)).split("}")[0] ?? "";
  return Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name!, value!]));
}

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (light! + 0.05) / (dark! + 0.05);
}

const grounds = ["ground", "panel", "raised", "selected"];
const texts = ["text", "dim", "faint", "accent", "ok", "warn", "bad"];
const pairs = [
  ...grounds.flatMap((ground) => texts.map((text) => [text, ground] as const)),
  ...["ok", "warn", "bad", "accent"].flatMap((tone) => [tone, "text", "dim"].map((text) => [text, `${tone}-ground`] as const)),
  ["on-accent", "accent"] as const,
  ["faint", "bad-ground"] as const,
];

describe.each(["dark", "light"] as const)("UI-3: contrast in the %s theme (WCAG 1.4.3, 1.4.11)", (theme) => {
  const tokens = tokensOf(theme);

  test.each(pairs)("%s on %s is at least 4.5", (text, ground) => {
    expect(contrast(tokens[text]!, tokens[ground]!)).toBeGreaterThanOrEqual(4.5);
  });

  test.each(["ground", "panel"])("borders of fields and the focus ring on %s are at least 3", (ground) => {
    expect(contrast(tokens.accent!, tokens[ground]!)).toBeGreaterThanOrEqual(3);
    expect(contrast(tokens.edge!, tokens[ground]!)).toBeGreaterThanOrEqual(3);
  });
});
