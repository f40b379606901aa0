import { z } from "zod";
import { FreeTokenRef, ManifestName } from "../domain/names.ts";
import { envValueFault } from "./env-value.ts";
import { BottleGitGate } from "./git-gate-schema.ts";
import { Egress } from "./route-schema.ts";

export const DEFAULT_PROVIDER = "claude";

const EnvName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not the name of an environment variable: only letters, digits and _ are allowed");

const EnvText = z.string().superRefine((value, context) => {
  const fault = envValueFault(value);
  if (fault !== null) context.addIssue({ code: "custom", message: fault });
});

const AgentProvider = z
  .strictObject({
    template: ManifestName.optional().describe(
      "Which provider: claude (the default), codex, shell, or a plugin of your home's contrib folder.",
    ),
    dockerfile: z
      .string()
      .min(1, "must not be empty")
      .optional()
      .describe("Builds the agent's image in place of the provider's own. A path, relative to your home folder of bot-bottle."),
    auth_token: FreeTokenRef.optional().describe("Only for claude: the name of the secret with its token. The agent never sees the value."),
    forward_host_credentials: z
      .boolean()
      .optional()
      .describe("Only for codex: uses your own login of the codex command line, which stays outside of the bottle."),
  })
  .superRefine(({ template = DEFAULT_PROVIDER, ...rest }, context) => {
    const onlyFor = (key: "auth_token" | "forward_host_credentials", provider: string) => {
      if (rest[key] !== undefined && template !== provider) {
        context.addIssue({
          code: "custom",
          path: [key],
          message: `is for the provider ${provider} only, and this bottle uses ${template}`,
        });
      }
    };
    onlyFor("auth_token", "claude");
    onlyFor("forward_host_credentials", "codex");
  });

/** The frontmatter of a bottle as declared (MAN-3): a key that is not there is inherited or gets its default later. */
export const BottleFrontmatter = z.strictObject({
  extends: ManifestName.optional().describe("Another bottle whose settings count where this one says nothing."),
  env: z
    .record(EnvName, EnvText)
    .optional()
    .describe(`Variables of the agent: a text, "?what to ask for" at the start, or a text with \${VARIABLE} of your own environment.`),
  agent_provider: AgentProvider.optional().describe("What kind of agent runs in the bottle."),
  "git-gate": BottleGitGate.optional().describe("Who commits are by, and which repositories can be fetched and pushed."),
  egress: Egress.optional().describe("What the agent may reach. Whatever is not written here is refused."),
  supervise: z.boolean().optional().describe("Lets the agent ask for what it lacks; you decide in the inbox. Default: false."),
});
export type BottleFrontmatter = z.output<typeof BottleFrontmatter>;
