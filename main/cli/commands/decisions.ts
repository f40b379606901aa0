import { once } from "node:events";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Services } from "../../app/services.ts";
import type { NumberedDecision } from "../../egress/traffic.ts";
import { decisionsOf } from "../../egress/traffic.ts";
import { catchUp } from "../catch-up.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { inert } from "../inert.ts";

/** What egress decided, oldest first, one line each; `follow` goes on until interrupted or the bottle ends. */
export async function decisions(command: Command, slug: string, options: { readonly follow?: boolean }): Promise<number> {
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
