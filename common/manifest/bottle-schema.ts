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
    template: ManifestName.optional(),
    /** Image to build in place of the provider's own. */
    dockerfile: z.string().min(1, "must not be empty").optional(),
    auth_token: FreeTokenRef.optional(),
    forward_host_credentials: z.boolean().optional(),
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
  extends: ManifestName.optional(),
  env: z.record(EnvName, EnvText).optional(),
  agent_provider: AgentProvider.optional(),
  "git-gate": BottleGitGate.optional(),
  egress: Egress.optional(),
  supervise: z.boolean().optional(),
});
export type BottleFrontmatter = z.output<typeof BottleFrontmatter>;
