import { TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { MethodOutput } from "#common/ipc/contract.ts";
import type { CredentialCuts } from "#common/wire/control.ts";
import { egressHandlers } from "../../app/egress-handlers.ts";
import { healthOf } from "../../app/handlers.ts";
import type { Services } from "../../app/services.ts";
import { catchUp } from "../catch-up.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

type Activity = MethodOutput<"credentials.activity">["credentials"][number];

export interface CutOptions {
  readonly all?: boolean;
}

/** Which credential of a bottle was used where, when and how often; never a value. */
export async function credentials(command: Command, text: string): Promise<number> {
  const { services } = await command.product();
  const slug = parseSlug(text);
  await connectIfThere(services, slug);
  const activity = await egressHandlers(services)["credentials.activity"]({ slug });
  const { missingSecrets } = healthOf(slug, services.links.peek(slug));
  const shown = activity.credentials.map((each) => ({ ...each, missing: missingSecrets.includes(each.tokenRef) }));
  command.output.result({ cuts: activity.cuts, credentials: shown }, () =>
    shown.length === 0
      ? `${slug} has no credentials: none of its routes adds one.`
      : [
          ...(activity.cuts.all
            ? [`Every credential of ${slug} is cut off. Restore them with \`bot-bottle restore ${slug} --all\`.`, ""]
            : []),
          formatTable(["CREDENTIAL", "STATE", "USES", "LAST", "HOSTS"], shown.map(row)),
        ].join("\n"),
  );
  return 0;
}

/** The kill switch: returns once no request of the bottle gets them any more. */
export async function cut(command: Command, text: string, refs: readonly string[], options: CutOptions): Promise<number> {
  return change(command, text, refs, options, ({ all, refs: before }) =>
    options.all === true ? { all: true, refs: before } : { all, refs: [...new Set([...before, ...refs])] },
  );
}

export async function restore(command: Command, text: string, refs: readonly string[], options: CutOptions): Promise<number> {
  return change(command, text, refs, options, ({ all, refs: before }) => {
    if (options.all === true) return { all: false, refs: [] };
    if (all) {
      throw new OperatorError("conflict", {
        message: `Every credential of ${text} is cut off, so one alone cannot be restored`,
        hint: `Restore them all with \`bot-bottle restore ${text} --all\`, then cut off what shall stay so`,
      });
    }
    return { all, refs: before.filter((ref) => !refs.includes(ref)) };
  });
}

async function change(
  command: Command,
  text: string,
  refs: readonly string[],
  options: CutOptions,
  next: (cuts: CredentialCuts) => CredentialCuts,
): Promise<number> {
  const { services } = await command.product();
  const slug = parseSlug(text);
  if ((refs.length === 0) === (options.all !== true))
    throw new OperatorError("bad-input", {
      message: "Name credentials, or --all of them",
      hint: `See which there are with \`bot-bottle credentials ${slug}\``,
    });
  await connectIfThere(services, slug);
  const handlers = egressHandlers(services);
  const before = await handlers["credentials.activity"]({ slug });
  requireKnown(slug, refs, before.credentials);
  const cuts = next(before.cuts);
  await handlers["credentials.cut"]({ slug, cuts });
  command.output.result({ slug, cuts }, () => said(slug, cuts));
  return 0;
}

/** A name that is misspelt would otherwise leave the operator believing that it is cut. */
function requireKnown(slug: string, refs: readonly string[], known: readonly Activity[]): void {
  const unknown = refs.find((ref) => !TokenRef.safeParse(ref).success || !known.some(({ tokenRef }) => tokenRef === ref));
  if (unknown === undefined) return;
  throw new OperatorError("not-found", {
    message: `${slug} has no credential ${inert(unknown)}`,
    hint: known.length === 0 ? "None of its routes adds one" : `It has ${known.map(({ tokenRef }) => tokenRef).join(", ")}`,
  });
}

function said(slug: string, { all, refs }: CredentialCuts): string {
  if (all) return `No request of ${slug} gets a credential any more`;
  return refs.length === 0 ? `Requests of ${slug} get their credentials again` : `Cut off for ${slug}: ${refs.join(", ")}`;
}

function row({ tokenRef, cut: isCut, missing, uses, lastAt, hosts }: Activity & { readonly missing: boolean }): string[] {
  const state = isCut ? "cut" : missing ? "missing" : "ready";
  const places = hosts.map(({ host, live }) => `${inert(host)}${live ? "" : " (no route any more)"}`);
  return [tokenRef, state, String(uses), lastAt ?? "never", places.join(" ")];
}

/** Up to date where the bottle runs; else what was kept of it. */
export async function connectIfThere(services: Services, slug: string): Promise<void> {
  const { reachable } = await services.require(slug);
  if (reachable) await catchUp(services, slug);
}
