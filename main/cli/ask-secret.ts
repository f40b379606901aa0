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
    answers.set(name, await askSecret(`${inert(text)} (${name}): `, tty));
  }
  return answers;
}

const PASSPHRASE_ATTEMPTS = 3;

/** Asks for the secret store's passphrase; gives up after a few. */
export async function askPassphrase(attempt: number, tty: Tty): Promise<Secret | null> {
  if (attempt >= PASSPHRASE_ATTEMPTS) return null;
  return askSecret(`${attempt === 0 ? "" : "That is not it. "}Passphrase of the secret store: `, tty);
}

/** Asks for a new passphrase, twice: nobody sees what they typed. */
export async function askNewPassphrase(tty: Tty): Promise<Secret> {
  const first = await askSecret("New passphrase for the secret store: ", tty);
  const second = await askSecret("The same once more: ", tty);
  if (first.reveal() === second.reveal()) return first;
  throw new OperatorError("bad-input", { message: "The two passphrases differ", hint: "Try again; nothing was changed" });
}

/** Asks one question; what is typed does not show. */
export async function askSecret(question: string, tty: Tty): Promise<Secret> {
  const answer = new Secret(await readHidden(question, tty));
  tty.stdout.write("\n");
  return answer;
}

async function readHidden(question: string, { stdin, stdout }: Tty): Promise<string> {
  const decoder = new TextDecoder();
  let typed = "";
  // Before the question shows: whoever answers at once must not see it echoed.
  stdin.setRawMode(true);
  stdout.write(question);
  try {
    for await (const chunk of stdin.iterator({ destroyOnReturn: false })) {
      const text = decoder.decode(chunk as Buffer, { stream: true });
      if (INTERRUPT.test(text)) throw new OperatorError("cancelled", { message: "Cancelled: nothing was done" });
      const [line = "", ...others] = text.split(ENTER);
      typed = rubOut(typed + line);
      if (others.some((each) => each !== "")) throw severalLines(stdin);
      if (others.length > 0) return typed;
    }
    return typed;
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}

/** What else was pasted would be left to the shell, which would run it, show it and keep it in its history. */
function severalLines(stdin: Tty["stdin"]): OperatorError {
  while (stdin.read() !== null);
  return new OperatorError("bad-input", {
    message: "Several lines were pasted; only one is read here",
    hint: "A key with all its lines is stored by `bot-bottle secrets set NAME --from-file PATH`; see that none of it is left in your terminal",
  });
}

function rubOut(typed: string): string {
  let text = typed;
  while (RUBOUT.test(text)) text = text.replace(/[^\u007f\b]?[\u007f\b]/, "");
  return text;
}
