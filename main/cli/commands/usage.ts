import type { MethodOutput } from "#common/ipc/contract.ts";
import { egressHandlers } from "../../app/egress-handlers.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";
import { connectIfThere } from "./credentials.ts";

type Usage = MethodOutput<"usage.today">;

/** What a bottle's model calls cost today, and how that stands against its budget. */
export async function usage(command: Command, text: string): Promise<number> {
  const { services } = await command.product();
  const slug = parseSlug(text);
  await connectIfThere(services, slug);
  const today = await egressHandlers(services)["usage.today"]({ slug });
  command.output.result({ slug, ...today }, () =>
    [
      `${slug} on ${today.day}: ${today.tokens} tokens, ${dollars(today.usd)} at list prices`,
      ...(today.models.length === 0
        ? []
        : ["", formatTable(["MODEL", "REQUESTS", "IN", "OUT", "CACHE READ", "CACHE WRITE", "USD"], today.models.map(row))]),
      "",
      budgetLine(today),
    ].join("\n"),
  );
  return 0;
}

function row({ model, requests, input, output, cacheRead, cacheWrite, usd }: Usage["models"][number]): string[] {
  return [inert(model), ...[requests, input, output, cacheRead, cacheWrite].map(String), dollars(usd)];
}

function dollars(usd: number | null): string {
  return usd === null ? "price not known" : `$${usd.toFixed(2)}`;
}

function budgetLine({ budget, state }: Usage): string {
  if (budget === null) return "No budget: set `egress.budget` in the bottle's manifest.";
  const limit = budget.tokensPerDay === null ? dollars(budget.usdPerDay) : `${budget.tokensPerDay} tokens`;
  const words = {
    within: "within it",
    warned: budget.onLimit === "stop" ? "four fifths are spent, model calls stop at the limit" : "four fifths are spent, model calls go on",
    stopped: "spent: model calls are refused until tomorrow. Raise `egress.budget` in the manifest and start the bottle again to go on",
  };
  return `Budget ${limit} a day: ${words[state]}.`;
}
