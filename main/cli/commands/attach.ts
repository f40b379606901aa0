import { OperatorError } from "#common/domain/operator-error.ts";
import type { Product } from "../../app/product.ts";
import type { Command } from "../context.ts";
import { parseSlug, ttyOf } from "../context.ts";
import { DETACH_HINT } from "../detach-keys.ts";
import { runTtySession } from "../tty-session.ts";

export async function attach(command: Command, slug: string): Promise<number> {
  const product = await command.product();
  const bottle = await product.services.require(parseSlug(slug));
  if (!bottle.reachable) {
    throw new OperatorError("conflict", {
      message: `${slug} is ${bottle.state}: there is no terminal to attach to`,
      hint: "See `bot-bottle list`",
    });
  }
  return attachBottle(command, product, bottle.slug);
}

/** Shows the agent's own terminal until it ends or the operator detaches; detaching leaves it running. */
export async function attachBottle(command: Command, product: Product, slug: string): Promise<number> {
  const tty = ttyOf(command);
  if (tty === null)
    throw new OperatorError("bad-input", {
      message: "attach needs a terminal",
      hint: "Use `bot-bottle exec` to run a command without one",
    });
  command.output.say(`attached to ${slug}; ${DETACH_HINT} leaves it running`);
  const end = await runTtySession((size) => product.services.deps.backend.openTerminal(slug, size, command.signal), tty);
  if (end.kind === "detached") {
    command.output.say(`detached; ${slug} goes on. Back with \`bot-bottle attach ${slug}\``);
    return 0;
  }
  return end.code ?? 0;
}
