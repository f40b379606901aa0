import { once } from "node:events";
import { OperatorError } from "#common/domain/operator-error.ts";
import { methods } from "#common/ipc/contract.ts";
import { egressHandlers } from "../../app/egress-handlers.ts";
import type { Services } from "../../app/services.ts";
import type { NumberedDecision } from "../../egress/traffic.ts";
import { decisionsOf } from "../../egress/traffic.ts";
import { catchUp } from "../catch-up.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { inert } from "../inert.ts";
import { connectIfThere } from "./credentials.ts";

export interface DecisionsOptions {
  readonly follow?: boolean;
  readonly search?: string;
  readonly verdict?: string;
  readonly limit?: string;
  readonly export?: boolean;
}

/** What egress decided, oldest first, one line each; `follow` goes on until interrupted or the bottle ends. */
export async function decisions(command: Command, slug: string, options: DecisionsOptions): Promise<number> {
  if (options.search !== undefined || options.verdict !== undefined) return search(command, slug, options);
  if (options.export === true) return exportAll(command, slug);
  const { services } = await command.product();
  const bottle = await services.require(parseSlug(slug));
  if (bottle.reachable) await catchUp(services, slug);
  let last = await print(command, services, slug, 0);
  if (options.follow !== true) return 0;
  if (!bottle.reachable)
    throw new OperatorError("conflict", { message: `${slug} is ${bottle.state}: nothing more will happen`, hint: "Leave out --follow" });
  const link = services.links.get(slug);
  let printing = Promise.resolve();
  using _events = link.events.subscribe(() => {
    // From the archive, in which another client may have put what this one did not get.
    printing = printing
      .then(() => link.kept())
      .then(async () => {
        last = await print(command, services, slug, last);
      });
  });
  if (!command.signal.aborted) await Promise.race([once(command.signal, "abort"), bottleEnded(services, slug)]);
  await printing;
  return 0;
}

/** Newest first, over everything that is kept. */
async function search(command: Command, text: string, { search: words = "", verdict, limit }: DecisionsOptions): Promise<number> {
  const { services } = await command.product();
  const slug = parseSlug(text);
  await connectIfThere(services, slug);
  const query = methods["decisions.search"].input.safeParse({
    slug,
    text: words,
    verdict: verdict ?? null,
    before: null,
    limit: Number(limit ?? 100),
  });
  if (!query.success)
    throw new OperatorError("bad-input", {
      message: "The search cannot be understood",
      hint: "--verdict is allowed, refused or failed; --limit is 1 to 1000; the words are at most 200 characters",
    });
  const found = await egressHandlers(services)["decisions.search"](query.data);
  if (command.output.json) command.output.result(found, () => "");
  else for (const decision of found.decisions) command.stdout.write(`${asText(decision)}\n`);
  command.output.say(
    `${found.decisions.length} found, ${found.searched} searched${found.more ? ", older ones are left: raise --limit" : ""}`,
  );
  return 0;
}

/** All of them as an HTTP Archive; without headers, bodies and query values, which are never on record. */
async function exportAll(command: Command, text: string): Promise<number> {
  const { services } = await command.product();
  const slug = parseSlug(text);
  await connectIfThere(services, slug);
  const exported = await egressHandlers(services)["decisions.export"]({ slug });
  command.output.result(exported, () => `${exported.entries} decisions are in ${exported.file}`);
  return 0;
}

/** Resolves when the link is lost and the bottle is no longer there to link to. */
function bottleEnded(services: Services, slug: string): Promise<void> {
  return new Promise((resolve) => {
    services.links.get(slug).changed.subscribe((parts) => {
      if (!parts.has("link") || services.links.get(slug).state === "connected") return;
      services.require(slug).then(
        ({ reachable }) => reachable || resolve(),
        () => resolve(),
      );
    });
  });
}

async function print(command: Command, services: Services, slug: string, since: number): Promise<number> {
  const found = decisionsOf(await services.archive.read(slug, since));
  for (const decision of found) command.stdout.write(`${command.output.json ? asJson(decision) : asText(decision)}\n`);
  return found.at(-1)?.seq ?? since;
}

function asJson({ seq, decision }: NumberedDecision): string {
  return JSON.stringify({ seq, ...decision });
}

function asText({ decision }: NumberedDecision): string {
  const { time, verdict, status, method, host, path, rule, reason } = decision;
  return inert(`${time}  ${verdict.padEnd(7)} ${String(status ?? "-").padEnd(3)} ${method} https://${host}${path}  ${rule}: ${reason}`);
}
