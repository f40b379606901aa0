import { z } from "zod";
import { AgentFrontmatter } from "./agent-schema.ts";
import { BottleFrontmatter } from "./bottle-schema.ts";
import { ProviderDeclaration } from "./provider-schema.ts";

/** What an editor needs to complete and check a frontmatter (MAN-10); drawn from the one definition that loading uses. */
export function editorSchema(kind: "bottle" | "agent") {
  const frontmatter = kind === "bottle" ? BottleFrontmatter : AgentFrontmatter;
  return { title: `Frontmatter of a bot-bottle ${kind}`, ...z.toJSONSchema(frontmatter, { target: "draft-2020-12", io: "input" }) };
}

/** The same for a plugin's `provider.yaml` (PRV-6). */
export function providerSchema() {
  return { title: "A bot-bottle provider", ...z.toJSONSchema(ProviderDeclaration, { target: "draft-2020-12", io: "input" }) };
}
