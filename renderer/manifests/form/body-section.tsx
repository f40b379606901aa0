import { useId } from "react";
import { useTypedText } from "./field.tsx";
import { useForm } from "./form-scope.ts";
import { FormSection } from "./form-section.tsx";

/** The Markdown below the frontmatter: an agent's system prompt, a bottle's description. */
export function BodySection() {
  const { kind, draft, state, inert } = useForm();
  const note = useId();
  const title = kind === "agent" ? "System prompt" : "Description";
  const typed = useTypedText(state.body, (text) => draft.changeBody(text));
  return (
    <FormSection title={title}>
      <textarea
        aria-label={title}
        aria-describedby={note}
        disabled={inert}
        {...typed}
        rows={kind === "agent" ? 12 : 4}
        className="field h-auto w-full resize-y py-1.5 leading-5 disabled:bg-panel disabled:text-dim"
      />
      <p id={note} className="text-sm text-faint">
        {kind === "agent"
          ? "What the agent is told before anything else. Markdown."
          : "What the bottle is for; shown wherever one is chosen."}
      </p>
    </FormSection>
  );
}
