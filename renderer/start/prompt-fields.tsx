import { useEffect, useRef } from "react";
import { Button } from "../ui/button.tsx";
import { InertText } from "../ui/inert-text.tsx";
import type { SecretElement } from "../ui/secret-field.tsx";
import { SecretField } from "../ui/secret-field.tsx";
import type { Prompt, Prompts } from "./use-prompts.ts";

function PromptField({ prompt, prompts }: { prompt: Prompt; prompts: Prompts }) {
  const field = useRef<SecretElement>(null);
  const { name, text } = prompt;
  const { register } = prompts;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the field is registered once for its name
  useEffect(() => {
    register(name, field.current);
    return () => register(name, null);
  }, [name]);
  return (
    <SecretField
      label={
        <>
          <InertText text={text} /> <span className="data text-faint">{name}</span>
        </>
      }
      field={field}
      onFilled={(filled) => prompts.setFilled(name, filled)}
    />
  );
}

/** What the bottle asks the operator for: kept in memory, for the agent's environment and nothing else (ENV-1). */
export function PromptFields({ prompts }: { prompts: Prompts }) {
  if (prompts.all.length === 0) return null;
  const answered = prompts.all.filter((prompt) => !prompts.shown.includes(prompt));
  return (
    <fieldset className="flex flex-col gap-2.5 rounded-lg border border-line bg-ground px-3 pt-1.5 pb-3">
      <legend className="px-1 text-dim">The bottle asks for</legend>
      {prompts.shown.map((prompt) => (
        <PromptField key={prompt.name} prompt={prompt} prompts={prompts} />
      ))}
      {answered.map(({ name, text }) => (
        <div key={name} className="flex items-center gap-3">
          <span className="min-w-0 grow text-dim">
            <InertText text={text} /> <span className="data text-faint">{name}</span>
            <span className="block text-sm text-faint">entered before; kept in memory until the panel closes</span>
          </span>
          <Button aria-label={`Enter ${name} again`} onClick={() => prompts.again(name)}>
            Enter again
          </Button>
        </div>
      ))}
    </fieldset>
  );
}
