import { ChoiceField } from "./choice-field.tsx";
import { FlagField } from "./flag-field.tsx";
import { useFieldState, useForm } from "./form-scope.ts";
import { FormSection } from "./form-section.tsx";
import { TextField } from "./text-field.tsx";

const AT = ["agent_provider"];

/** The provider that the bottle will have: the file's own, else what it inherits or defaults to. */
function useProvider(): string {
  const { effective } = useForm();
  const { value } = useFieldState([...AT, "template"]);
  const declared = useFieldState(AT).value !== undefined;
  if (typeof value === "string") return value;
  return declared ? "claude" : (effective.find(({ path }) => path.join(".") === "agent_provider.template")?.value ?? "claude");
}

/** Which agent program runs in the bottle, and with whose credential. */
export function ProviderSection() {
  const { names } = useForm();
  const provider = useProvider();
  const token = useFieldState([...AT, "auth_token"]);
  const forward = useFieldState([...AT, "forward_host_credentials"]);
  return (
    <FormSection title="Provider" path={AT}>
      <ChoiceField
        label="Provider"
        path={[...AT, "template"]}
        options={names.providers}
        none="not set"
        hint="The agent program: claude, codex, a plain shell, or a plugin."
      />
      {provider === "claude" || token.value !== undefined ? (
        <TextField
          label="Credential"
          path={[...AT, "auth_token"]}
          names={names.tokenRefs}
          placeholder="CLAUDE_CODE_OAUTH_TOKEN"
          hint="The name of a secret. Egress adds its value; the agent never has it."
        />
      ) : null}
      {provider === "codex" || forward.value !== undefined ? (
        <FlagField
          label="Sign-in"
          path={[...AT, "forward_host_credentials"]}
          hint="On: egress uses this machine's codex sign-in. The agent gets a made-up one."
        />
      ) : null}
      <TextField
        label="Dockerfile"
        path={[...AT, "dockerfile"]}
        placeholder="the provider's own image"
        hint="A path. The image is built from it in place of the provider's."
      />
    </FormSection>
  );
}
