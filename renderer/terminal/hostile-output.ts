import type { Terminal } from "@xterm/xterm";

const swallow = () => true;
const swallowQuery = (data: string) => data.includes("?");

/** Title, icon, working folder, notifications, clipboard and vendor commands: output never reaches past its own screen (TRM-4). */
const refusedOsc = [0, 1, 2, 7, 9, 22, 50, 52, 99, 133, 633, 777, 1337];

/** Colours may be set but not asked for. */
const queriedOsc = [4, 5, 10, 11, 12, 17, 19];

/**
 * Takes from terminal output what it could do to the operator, and the questions it asks: the terminal host's own screen answers
 * those (it is there when no window is), so a second answer from here would be typed into the agent.
 */
export function neutralise({ parser }: Pick<Terminal, "parser">): void {
  for (const code of refusedOsc) parser.registerOscHandler(code, swallow);
  for (const code of queriedOsc) parser.registerOscHandler(code, swallowQuery);
  for (const prefix of ["", ">", "="]) parser.registerCsiHandler({ ...(prefix ? { prefix } : {}), final: "c" }, swallow);
  for (const prefix of ["", "?"]) {
    parser.registerCsiHandler({ ...(prefix ? { prefix } : {}), final: "n" }, swallow);
    parser.registerCsiHandler({ ...(prefix ? { prefix } : {}), intermediates: "$", final: "p" }, swallow);
  }
  parser.registerCsiHandler({ prefix: ">", final: "q" }, swallow);
  parser.registerCsiHandler({ prefix: "?", final: "u" }, swallow);
  parser.registerCsiHandler({ final: "t" }, swallow);
  for (const intermediates of ["$", "+"]) parser.registerDcsHandler({ intermediates, final: "q" }, swallow);
}
