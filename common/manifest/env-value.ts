/** What the value of an `env` key asks for at start (ENV-1). */
export type EnvValue =
  | { readonly kind: "literal"; readonly value: string }
  | { readonly kind: "prompt"; readonly text: string }
  | { readonly kind: "template"; readonly parts: readonly TemplatePart[] };

export type TemplatePart = { readonly text: string } | { readonly hostVar: string };

const HOST_VAR = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

export function parseEnvValue(value: string): EnvValue {
  if (value.startsWith("?")) return { kind: "prompt", text: value.slice(1).trim() };
  const parts = splitTemplate(value);
  return parts.some((part) => "hostVar" in part) ? { kind: "template", parts } : { kind: "literal", value };
}

/** Why a value cannot be used, or null. */
export function envValueFault(value: string): string | null {
  if (value.includes("\0")) return "holds a NUL character, which no variable can";
  if (value.startsWith("?") && value.slice(1).trim() === "") return 'has no text after "?"; write what to ask for, for example "?API key"';
  if (value.replaceAll(HOST_VAR, "").includes("${"))
    return `holds \${ without the name of a variable; write \${NAME}, without defaults or expressions`;
  return null;
}

function splitTemplate(value: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const match of value.matchAll(HOST_VAR)) {
    if (match.index > end) parts.push({ text: value.slice(end, match.index) });
    parts.push({ hostVar: match[1] ?? "" });
    end = match.index + match[0].length;
  }
  if (end < value.length) parts.push({ text: value.slice(end) });
  return parts;
}
