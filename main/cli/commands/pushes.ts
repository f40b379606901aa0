import type { HeldPush, PushFile, PushFinding } from "#common/domain/git.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { PushView } from "#common/ipc/git-methods.ts";
import { requireReachable } from "../../app/require-reachable.ts";
import type { Services } from "../../app/services.ts";
import { catchUp } from "../catch-up.ts";
import { connectReachable } from "../connect-reachable.ts";
import type { Command } from "../context.ts";
import { parseSlug } from "../context.ts";
import { inert } from "../inert.ts";
import { formatTable } from "../table.ts";

const BUNDLE_MS = 10_000;

export interface ForwardOptions {
  readonly note?: string;
  readonly allow?: readonly string[];
  readonly allowAll?: boolean;
}

export async function listPushes(command: Command): Promise<number> {
  const services = await connectReachable(command);
  const connected = services.links.all().filter(({ state }) => state === "connected");
  await Promise.all(connected.map(({ slug }) => catchUp(services, slug)));
  const pushes = await services.pushes.list();
  const refusals = await services.pushRecords.refusals();
  command.output.result({ pushes, refusals }, () =>
    [
      pushes.length === 0
        ? "No held pushes."
        : formatTable(["ID", "REPO", "REFS", "COMMITS", "FINDINGS", "STATUS", "PUSHED"], pushes.map(row)),
      ...(refusals.length === 0
        ? []
        : ["", "Refused:", ...refusals.map(({ push }) => `  ${push.id}  ${push.repo}  ${inert(push.reason)}`)]),
    ].join("\n"),
  );
  return 0;
}

export async function showPush(command: Command, id: string): Promise<number> {
  const services = await connectReachable(command);
  const { push } = await services.pushes.find(id);
  const view = await services.pushes.view(push.id);
  command.output.result(view, () => describeView(view));
  return 0;
}

export async function forwardPush(command: Command, id: string, options: ForwardOptions): Promise<number> {
  const services = await connectReachable(command);
  const held = await services.pushes.find(id);
  const allowed = options.allowAll === true ? held.push.findings.map(({ fingerprint }) => fingerprint) : (options.allow ?? []);
  requireAllowed(held, allowed);
  return told(command, await services.pushes.forward(basisOf(held, options.note), allowed));
}

export async function refusePush(command: Command, id: string, options: { readonly note: string }): Promise<number> {
  const services = await connectReachable(command);
  const held = await services.pushes.find(id);
  return told(command, await services.pushes.refuse(basisOf(held, options.note)));
}

export async function dismissPushes(command: Command, ids: readonly string[]): Promise<number> {
  const { services } = await command.product();
  const refused = new Set((await services.pushRecords.refusals()).map(({ push }) => push.id));
  const unknown = ids.find((id) => !refused.has(id));
  if (unknown !== undefined) {
    throw new OperatorError("not-found", {
      message: `There is no refused push ${inert(unknown)}`,
      hint: "See them with `bot-bottle pushes list`",
    });
  }
  await services.pushRecords.dismiss(ids);
  command.output.result(
    { dismissed: ids },
    () => `${ids.length === 1 ? "1 refused push is" : `${ids.length} refused pushes are`} put away`,
  );
  return 0;
}

export async function listRepos(command: Command, text: string): Promise<number> {
  const { services } = await command.product();
  const slug = parseSlug(text);
  await requireReachable(services, slug);
  const { snapshot } = await services.links.get(slug).connected(BUNDLE_MS);
  const repos = services.links.peek(slug)?.view?.repos ?? snapshot.repos;
  command.output.result({ repos }, () =>
    repos.length === 0
      ? `${slug} has no repositories: add them under git-gate.repos of its manifest.`
      : formatTable(
          ["REPO", "UPSTREAM", "KEY", "REFRESHED", "BRANCHES", "TAGS", ""],
          repos.map((repo) => [
            repo.name,
            inert(repo.upstream),
            repo.key,
            repo.refreshedAt ?? repo.refresh,
            String(repo.branches),
            String(repo.tags),
            inert(repo.problem ?? ""),
          ]),
        ),
  );
  return 0;
}

export async function refreshRepo(command: Command, text: string, repo: string): Promise<number> {
  const { services } = await command.product();
  const slug = parseSlug(text);
  await requireReachable(services, slug);
  const client = await services.links.get(slug).connected(BUNDLE_MS);
  requireRepo(services, slug, repo);
  await client.request({ type: "refresh-repo", repo });
  command.output.result({ slug, repo, refreshed: true }, () => `${repo} is as its upstream is now`);
  return 0;
}

function row({ push, status }: HeldPush): string[] {
  const refs = push.refs.map(({ ref }) => ref).join(" ");
  return [push.id, push.repo, inert(refs), String(push.commitCount), String(push.findingCount), status, push.time];
}

function describeView(view: PushView): string {
  const { push, status } = view.held;
  return [
    `${push.id}  ${push.repo}  ${status}  pushed ${push.time}`,
    "",
    inert(view.sentence),
    ...view.warnings.map((warning) => `  ! ${inert(warning)}`),
    ...(view.blocked === null ? [] : [`  ✗ ${inert(view.blocked)}`]),
    ...listed(
      "Commits",
      push.commits.map(({ id, author, subject }) => `${id.slice(0, 12)}  ${author}  ${subject}`),
    ),
    ...listed("Findings", push.findings.flatMap(describeFinding)),
    ...view.files.flatMap(describeFile),
  ].join("\n");
}

/** What `--allow` takes stands on a line of its own, to be copied. */
function describeFinding(finding: PushFinding): string[] {
  const place = finding.path === null ? finding.place : `${finding.path}${finding.line === null ? "" : `:${finding.line}`}`;
  return [`${finding.rule}  ${place}  ${finding.description}`, `  ${finding.excerpt}`, `  --allow '${finding.fingerprint}'`];
}

function describeFile(file: PushFile): string[] {
  const name = file.oldPath === null ? file.path : `${file.oldPath} → ${file.path}`;
  const body = file.binary ? ["  (binary)"] : file.patch.split("\n").filter((line) => line !== "");
  return ["", inert(`${file.change} ${name}  +${file.added} -${file.removed}`), ...body.map(inert), ...(file.cut ? ["  (cut here)"] : [])];
}

function listed(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `${title}:`, ...lines.map((line) => `  ${inert(line)}`)];
}

function basisOf({ push, digest }: HeldPush, note: string | undefined) {
  return { id: push.id, digest, note: note ?? "" };
}

/** Said in the words of the command line, where findings are let pass one by one or all at once. */
function requireAllowed({ push, status }: HeldPush, allowed: readonly string[]): void {
  if (status !== "held" || push.findings.every(({ fingerprint }) => allowed.includes(fingerprint))) return;
  throw new OperatorError("bad-input", {
    message: `${push.id} has ${push.findingCount} findings, of which ${allowed.length} are let pass`,
    hint: `See them with \`bot-bottle pushes show ${push.id}\`; let each pass with --allow, or all of them with --allow-all`,
  });
}

function requireRepo(services: Services, slug: string, repo: string): void {
  const names = (services.links.peek(slug)?.view?.repos ?? []).map(({ name }) => name);
  if (names.includes(repo)) return;
  throw new OperatorError("not-found", {
    message: `${slug} has no repository ${repo}`,
    hint: names.length === 0 ? "Its manifest declares none" : `Repositories: ${names.join(", ")}`,
  });
}

function told(command: Command, { push, status }: HeldPush): number {
  command.output.result({ id: push.id, status }, () => `${push.id} ${status}`);
  return 0;
}
