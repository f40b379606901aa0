import { Secret } from "../platform/secret.ts";
import type { EnvPrompt } from "./resolve-env.ts";

/**
 * What the operator entered for `?prompt` variables (ENV-1): in this process's memory only. An answer serves later starts of the
 * same bottle, as long as the manifest asks the same question.
 */
export class PromptAnswers {
  readonly #answers = new Map<string, Secret>();

  keep(bottle: string, prompt: EnvPrompt, answer: Secret): void {
    this.#answers.set(keyOf(bottle, prompt), answer);
  }

  /** Keeps those of `given` that answer one of `prompts`; an empty one is none. */
  keepGiven(bottle: string, prompts: readonly EnvPrompt[], given: Readonly<Record<string, string>>): void {
    for (const prompt of prompts) {
      const answer = Object.hasOwn(given, prompt.name) ? given[prompt.name] : undefined;
      if (answer !== undefined && answer !== "") this.keep(bottle, prompt, new Secret(answer));
    }
  }

  of(bottle: string, prompts: readonly EnvPrompt[]): ReadonlyMap<string, Secret> {
    return new Map(
      prompts.flatMap((prompt) => {
        const answer = this.#answers.get(keyOf(bottle, prompt));
        return answer === undefined ? [] : [[prompt.name, answer] as const];
      }),
    );
  }
}

function keyOf(bottle: string, { name, text }: EnvPrompt): string {
  return JSON.stringify([bottle, name, text]);
}
