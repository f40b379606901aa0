/** What a provider's texts may stand in for, known once a bottle is planned. */
export const GUEST_VALUES = ["agent", "ca_bundle", "guest_home", "prompt_file", "supervise_url", "workdir"] as const;
export type GuestValues = Readonly<Record<(typeof GUEST_VALUES)[number], string>>;

const PLACE = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Why a text with `{{name}}` in it cannot be filled in, or null. */
export function guestTemplateFault(text: string): string | null {
  for (const [, name = ""] of text.matchAll(PLACE)) {
    if (!isValueName(name)) return `holds {{${name}}}, which stands for nothing; known: ${GUEST_VALUES.join(", ")}`;
  }
  return null;
}

export function fillTemplate(text: string, values: GuestValues): string {
  return text.replaceAll(PLACE, (whole, name: string) => (isValueName(name) ? values[name] : whole));
}

function isValueName(name: string): name is (typeof GUEST_VALUES)[number] {
  return GUEST_VALUES.some((known) => known === name);
}
