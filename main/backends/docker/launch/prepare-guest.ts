import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type Docker from "dockerode";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { GuestCommand, GuestEntry, LaunchPlan } from "../../backend.ts";
import { openGuestExec } from "../streams/guest-exec.ts";
import { GUEST_USER } from "./container-options.ts";
import { packGuest } from "./guest-archive.ts";
import { isGated, OPEN_GATE } from "./guest-gate.ts";

export interface GuestToPrepare {
  readonly engine: Docker;
  /** Started, its main process waiting at the gate. */
  readonly agent: Docker.Container;
  readonly plan: Pick<LaunchPlan, "preCopy" | "verify" | "agentEntries">;
  readonly detail: (text: string) => void;
  readonly signal: AbortSignal;
}

/** None of them has a terminal or a network beyond the bundle: one that takes longer waits for what never comes. */
const COMMAND_MS = 60_000;
/** Of what a failed command said, at its end, where programs say why. */
const SAID_CHARACTERS = 500;

/** Entries that go into the container before it starts: with commands to run before the copy, only what is not the guest's. */
export function entriesBeforeStart({ preCopy = [], agentEntries }: LaunchPlan): readonly GuestEntry[] {
  return preCopy.length === 0 ? agentEntries : agentEntries.filter(({ owner }) => owner === "root");
}

/** The provider's commands around the copying of its files, as the guest's user, then the agent (PRV-1). */
export async function prepareGuest(guest: GuestToPrepare): Promise<void> {
  const { preCopy = [], verify = [], agentEntries } = guest.plan;
  if (!isGated(guest.plan)) return;
  for (const command of preCopy) await runCommand(guest, command);
  if (preCopy.length > 0)
    await copyLate(
      guest,
      agentEntries.filter(({ owner }) => owner === "guest"),
    );
  for (const command of verify) await runCommand(guest, command);
  await runCommand(guest, { argv: OPEN_GATE, failure: "the agent could not be let go" });
}

async function runCommand(guest: GuestToPrepare, { argv, failure }: GuestCommand): Promise<void> {
  if (argv !== OPEN_GATE) guest.detail(argv.join(" "));
  await run(guest, argv, failure, Readable.from([]));
}

/** By a program of the guest: the engine's own copy does not reach the files of every runtime once it runs. */
async function copyLate(guest: GuestToPrepare, entries: readonly GuestEntry[]): Promise<void> {
  const tar = Readable.from(packGuest("/", entries, null, guest.signal), { objectMode: false });
  await run(guest, ["tar", "-x", "-p", "-f", "-", "-C", "/"], "the provider's files could not be copied", tar);
}

async function run({ engine, agent, signal }: GuestToPrepare, argv: readonly string[], failure: string, input: Readable): Promise<void> {
  const deadline = AbortSignal.timeout(COMMAND_MS);
  const either = AbortSignal.any([signal, deadline]);
  await using program = await openGuestExec({ engine, container: agent, user: GUEST_USER }, argv, either);
  // A program that ends without reading closes the pipe; its exit code says what that means.
  const [said, , code] = await Promise.all([
    lastWords(program.stdout, program.stderr),
    pipeline(input, program.stdin).catch(() => undefined),
    program.exited.catch(() => null),
  ]);
  signal.throwIfAborted();
  if (code === 0) return;
  const how = deadline.aborted ? `did not end within ${COMMAND_MS / 1000} s` : `ended with code ${code ?? "unknown"}`;
  throw new OperatorError("start-failed", {
    message: `${failure}: \`${argv.join(" ")}\` ${how}${said === "" ? "" : `: ${said}`}`,
    hint: "Check the provider's settings, or start without what they ask for",
  });
}

async function lastWords(...streams: readonly Readable[]): Promise<string> {
  const said = await Promise.all(streams.map(tail));
  return said.join(" ").replace(/\s+/g, " ").trim().slice(-SAID_CHARACTERS);
}

async function tail(stream: Readable): Promise<string> {
  let kept = "";
  try {
    for await (const chunk of stream) kept = `${kept}${String(chunk)}`.slice(-SAID_CHARACTERS);
  } catch {
    // Cut short: what it said until then is what there is.
  }
  return kept;
}
