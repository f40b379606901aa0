import { isMap, valueAt } from "../editor/json-path.ts";
import { BodySection } from "./body-section.tsx";
import { ChoiceField } from "./choice-field.tsx";
import { EnvSection } from "./env-section.tsx";
import { InSourceOnly } from "./field.tsx";
import { FlagField } from "./flag-field.tsx";
import { useFieldState, useForm } from "./form-scope.ts";
import { FormSection } from "./form-section.tsx";
import { GitSection, GitUserFields } from "./git-section.tsx";
import { ProviderSection } from "./provider-section.tsx";
import { RoutesSection } from "./routes-section.tsx";
import { LinesField } from "./text-field.tsx";

const keysShown = {
  bottle: ["extends", "agent_provider", "supervise", "egress", "env", "git-gate"],
  agent: ["bottle", "skills", "git-gate"],
};

/** Keys that have no field here: a Claude Code subagent's, or mistyped ones. */
function OtherKeys() {
  const { kind, state } = useForm();
  const keys = isMap(state.frontmatter) ? Object.keys(state.frontmatter).filter((key) => !keysShown[kind].includes(key)) : [];
  const budget = kind === "bottle" && valueAt(state.frontmatter, ["egress", "budget"]) !== undefined;
  if (keys.length === 0 && !budget) return null;
  return (
    <FormSection title="In the source only">
      <div className="flex flex-col gap-1.5 pb-1">
        {keys.map((key) => (
          <OtherKey key={key} path={[key]} />
        ))}
        {budget ? <OtherKey path={["egress", "budget"]} /> : null}
      </div>
    </FormSection>
  );
}

function OtherKey({ path }: { path: readonly string[] }) {
  const field = useFieldState(path);
  return <InSourceOnly what={path.join(".")} line={field.line} jump={field.jump} />;
}

function BottleSections() {
  const { name, names } = useForm();
  return (
    <>
      <FormSection title="Basics">
        <ChoiceField
          label="Extends"
          path={["extends"]}
          options={names.bottles.filter((each) => each !== name)}
          none="nothing"
          hint="Another bottle, of which this one is a variation."
        />
        <FlagField label="Supervise" path={["supervise"]} hint="On: the agent can ask you for what it lacks." />
      </FormSection>
      <ProviderSection />
      <RoutesSection />
      <EnvSection />
      <GitSection />
    </>
  );
}

function AgentSections() {
  const { names } = useForm();
  return (
    <>
      <FormSection title="Basics">
        <ChoiceField
          label="Bottle"
          path={["bottle"]}
          options={names.bottles}
          none="choose a bottle"
          required
          hint="What the agent may do: its sandbox, routes and credentials."
        />
        <LinesField
          label="Skills"
          path={["skills"]}
          hint={
            names.skills.length > 0
              ? `One a line. There are: ${names.skills.join(", ")}`
              : "One a line. Each is a folder of skills/ in the home."
          }
        />
      </FormSection>
      <FormSection title="Git identity" path={["git-gate"]}>
        <GitUserFields />
      </FormSection>
    </>
  );
}

/** The file as fields. Every change is written into the text, and nothing that has no field is lost. */
export function ManifestForm() {
  const { kind } = useForm();
  return (
    <>
      {kind === "agent" ? <AgentSections /> : <BottleSections />}
      <BodySection />
      <OtherKeys />
    </>
  );
}
