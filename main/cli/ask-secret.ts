import { OperatorError } from "#common/domain/operator-error.ts";
import { Secret } from "../platform/secret.ts";
import type { EnvPrompt } from "../secrets/resolve-env.ts";
import { inert } from "./inert.ts";
import type { Tty } from "./tty-session.ts";

const ENTER = /[\r\n]/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: the keys of an operator who changed their mind.
const INTERRUPT = /[\u0003\u0004]/;
const RUBOUT = /[\u007f\b]/;

/** Asks for values that only the operator can give (ENV-1), one after the other; what is typed does not show. */
export async function askSecrets(prompts: readonly EnvPrompt[], tty: Tty): Promise<ReadonlyMap<string, Secret>> {
  const answers = new Map<string, Secret>();
  for (const { name, text } of prompts) {
    tty.stdout.write(`${inert(text)} (${name}): `);
    answers.set(name, new Secret(await readHidden(tty)));
    tty.stdout.write("\n");
  }
  return answers;
}

async function readHidden({ stdin }: Tty): Promise<string> {
  const decoder = new TextDecoder();
  let typed = "";
  stdin.setRawMode(true);
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      if (INTERRUPT.test(text)) throw new OperatorError("cancelled", { message: "Nothing was started" });
      typed = rubOut(typed + (text.split(ENTER)[0] ?? ""));
      if (ENTER.test(text)) return typed;
    }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

function rubOut(typed: string): string {
  let text = typed;
  while (RUBOUT.test(text)) text = text.replace(/[^\u007f\b]?[\u007f\b]/, "");
  return text;
}
