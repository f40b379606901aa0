import { open } from "node:fs/promises";
import type { Readable } from "node:stream";
import { TokenRef } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { SecretsView } from "#common/ipc/secret-methods.ts";
import type { Product } from "../../app/product.ts";
import type { Delivery } from "../../app/secret-delivery.ts";
import { Secret } from "../../platform/secret.ts";
import { readPassphraseFile } from "../../secrets/passphrase-file.ts";
import { askNewPassphrase, askSecret } from "../ask-secret.ts";
import { confirm } from "../confirm.ts";
import type { Command } from "../context.ts";
import { ttyOf } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

const MAX_BYTES = 64 * 1024;

export async function listSecrets(command: Command): Promise<number> {
  const view = await (await command.product()).secretDesk.view();
  command.output.result(view, () => [describeStore(view), describeRows(view)].join("\n"));
  return 0;
}

export async function setSecret(command: Command, name: string, { fromFile }: { readonly fromFile?: string }): Promise<number> {
  const ref = parseRef(name);
  const product = await command.product({ mayAsk: true });
  const { store } = product.secrets;
  if ((await store.view()).state === "absent") await makeStore(command, product, false);
  // A store that cannot be opened is told before anybody types a value.
  await store.ensureOpen();
  const value = await readValue(command, ref, fromFile);
  return told(command, { name: ref, stored: true }, `${ref} is stored`, await product.secretDesk.set(ref, value));
}

export async function removeSecret(command: Command, name: string, { yes }: { readonly yes?: boolean }): Promise<number> {
  const ref = parseRef(name);
  const product = await command.product({ mayAsk: true });
  if (yes !== true && !(await confirm(command, `Remove ${ref} from the store? Running bottles that use it lose it.`))) {
    throw new OperatorError("cancelled", { message: "Nothing was removed" });
  }
  return told(command, { name: ref, stored: false }, `${ref} is removed`, await product.secretDesk.remove(ref));
}

export async function createStore(command: Command, { passphrase }: { readonly passphrase?: boolean }): Promise<number> {
  const product = await command.product({ mayAsk: true });
  await makeStore(command, product, passphrase === true);
  const { store } = await product.secretDesk.view();
  command.output.result({ store }, () => `The secret store is made; ${keptBy(store.protections)}.`);
  return 0;
}

export async function checkUnlock(command: Command): Promise<number> {
  const product = await command.product({ mayAsk: true });
  await product.secrets.store.ensureOpen();
  const { store } = await product.secretDesk.view();
  command.output.result({ store }, () => `The secret store opens here; ${keptBy(store.protections)}.`);
  return 0;
}

export async function changePassphrase(command: Command, { fromFile }: { readonly fromFile?: string }): Promise<number> {
  const { secrets } = await command.product({ mayAsk: true });
  await secrets.store.ensureOpen();
  await secrets.store.changePassphrase(await newPassphrase(command, fromFile));
  command.output.result({ changed: true }, () => "The passphrase is changed; the store has a new key.");
  return 0;
}

/** By the keyring where there is one and nothing else was asked for; by a passphrase otherwise, which only the operator has. */
async function makeStore(command: Command, { secrets }: Product, byPassphrase: boolean): Promise<void> {
  if ((await secrets.store.view()).state !== "absent") throw new OperatorError("conflict", { message: "There is a secret store already" });
  const [best = "passphrase"] = await secrets.offered();
  const protection = byPassphrase ? "passphrase" : best;
  const passphrase = protection === "passphrase" ? await newPassphrase(command, command.env.BOT_BOTTLE_PASSPHRASE_FILE) : null;
  await secrets.store.create(protection, passphrase);
  command.output.say(`The secret store is made; ${keptBy([protection])}.`);
}

async function newPassphrase(command: Command, file: string | undefined): Promise<Secret> {
  if (file !== undefined && file !== "") return await readPassphraseFile(file);
  const tty = ttyOf(command);
  if (tty !== null) return await askNewPassphrase(tty);
  throw new OperatorError("bad-input", {
    message: "There is no terminal to ask for a passphrase on",
    hint: "Name a private file that holds it in BOT_BOTTLE_PASSPHRASE_FILE",
  });
}

async function readValue(command: Command, name: TokenRef, fromFile: string | undefined): Promise<Secret> {
  if (fromFile !== undefined) return asValue(name, await readFileStart(fromFile));
  const tty = ttyOf(command);
  if (tty !== null) return asValue(name, (await askSecret(`Value of ${name}: `, tty)).reveal());
  return asValue(name, await readStart(command.stdin));
}

/** `echo TOKEN |` ends its line, which is no part of the token; a text of several lines, such as a key, is kept as it is. */
function asValue(name: TokenRef, text: string): Secret {
  const line = text.replace(/\r?\n$/, "");
  const value = line.includes("\n") ? text : line;
  if (value.length > MAX_BYTES) throw new OperatorError("bad-input", { message: `The value of ${name} is larger than 64 KiB` });
  if (value.trim() === "") throw new OperatorError("bad-input", { message: `The value of ${name} is empty`, hint: "Nothing was stored" });
  return new Secret(value);
}

async function readFileStart(path: string): Promise<string> {
  try {
    await using file = await open(path, "r");
    return await readStart(file.createReadStream({ autoClose: false, end: MAX_BYTES * 4 }));
  } catch (cause) {
    if (cause instanceof OperatorError) throw cause;
    const why = (cause as NodeJS.ErrnoException).code ?? "unknown";
    throw new OperatorError("bad-input", { message: `${path} cannot be read (${why})`, hint: "Name the file that holds the value", cause });
  }
}

async function readStart(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_BYTES * 4) break;
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function parseRef(name: string): TokenRef {
  const parsed = TokenRef.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new OperatorError("bad-input", {
    message: `${inert(name)} is not a name for a secret`,
    hint: "Use letters, digits and _ as in GITHUB_TOKEN; the value is asked for, never given as an argument",
  });
}

function told(command: Command, result: object, what: string, delivery: Delivery): number {
  for (const { slug, reason } of delivery.failed) command.output.say(`! ${slug} was not told: ${inert(reason)}`);
  command.output.result({ ...result, ...delivery }, () =>
    delivery.given.length === 0 ? `${what}.` : `${what}; live in ${delivery.given.join(", ")}.`,
  );
  return 0;
}

const KEEPERS = { "os-keychain": "the desktop's keychain", keyring: "the desktop's keyring", passphrase: "a passphrase" } as const;

function keptBy(protections: SecretsView["store"]["protections"]): string {
  return `its key is kept by ${protections.map((kind) => KEEPERS[kind]).join(" and by ")}`;
}

function describeStore({ store }: SecretsView): string {
  switch (store.state) {
    case "absent":
      return "There is no secret store yet: `bot-bottle secrets set NAME` makes one.";
    case "broken":
      return `The secret store cannot be used: ${store.problem}`;
    case "locked":
      return `The secret store is locked; ${keptBy(store.protections)}. ${store.problem}`;
    case "open":
      return `The secret store is open; ${keptBy(store.protections)}.`;
  }
}

function describeRows({ rows }: SecretsView): string {
  if (rows.length === 0) return "No manifest names a secret, and none is stored.";
  return formatTable(
    ["NAME", "SOURCE", "STORED", "LAST USED", "BY", "NAMED IN"],
    rows.map(({ name, source, storedAt, lastUsedAt, lastUsedBy, manifests }) => [
      name,
      source,
      storedAt ?? "-",
      lastUsedAt ?? "-",
      lastUsedBy ?? "-",
      manifests.join(", ") || "-",
    ]),
  );
}
