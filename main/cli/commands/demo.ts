import { randomBytes } from "node:crypto";
import { homedir } from "node:os";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { Proposal } from "#common/domain/proposal.ts";
import type { Product } from "../../app/product.ts";
import { openProduct } from "../../app/product.ts";
import { lazyEngine } from "../../backends/docker/engine/connect.ts";
import { objectNames } from "../../backends/docker/names.ts";
import { systemClock } from "../../platform/clock.ts";
import { withDeadline } from "../../platform/deadline.ts";
import type { Command } from "../context.ts";
import { FILE_EGRESS_BLOCK } from "../demo/agent-script.ts";
import { ALLOWED_HOST, ASKED_HOST, makeDemoHome, TOKEN_REF } from "../demo/demo-home.ts";
import { createDemoAuthority, startDemoUpstream } from "../demo/demo-world.ts";
import type { GuestResult } from "../demo/guest.ts";
import { runInGuest } from "../demo/guest.ts";
import { Proofs } from "../demo/proofs.ts";

const PROPOSAL_MS = 30_000;
const NOTE = "fine for the demonstration";

interface Stage {
  readonly product: Product;
  readonly slug: string;
  readonly token: string;
  readonly proofs: Proofs;
  readonly signal: AbortSignal;
}

/** The whole job on this machine, offline, each step with what proves it; nothing of it stays. */
export async function demo(command: Command): Promise<number> {
  const proofs = new Proofs(command.output);
  await using stack = new AsyncDisposableStack();
  const authority = createDemoAuthority(systemClock.now());
  const home = stack.use(await makeDemoHome(authority.certificatePem));
  const token = `demo-${randomBytes(16).toString("hex")}`;
  const env = { ...command.env, BOT_BOTTLE_HOME: home.root, BOT_BOTTLE_EXTRA_CA: home.extraCa, [TOKEN_REF]: token };
  const product = stack.use(await openProduct({ env, role: "cli" }));
  const slug = await startDemo(command, product, proofs);
  stack.defer(() => stopQuietly(product, slug));
  await using upstream = await startDemoUpstream(await lazyEngine({ env, homeDir: homedir() }).client(), {
    network: objectNames(slug).egressNetwork,
    image: (await product.images()).bundle?.ref ?? "",
    name: `bot-bottle-demo-upstream-${slug}`,
    hosts: [ALLOWED_HOST, ASKED_HOST],
    authority,
    authorization: `Bearer ${token}`,
  });
  const stage: Stage = { product, slug, token, proofs, signal: command.signal };
  await proveAllowed(stage);
  await proveBlocked(stage);
  await proveProposal(stage);
  await proveRecorded(stage);
  await upstream[Symbol.asyncDispose]();
  await proveGone(stage);
  command.output.result({ ok: true, proofs: proofs.made }, () => "The whole job works on this machine, and nothing of it is left.");
  return 0;
}

async function startDemo(command: Command, { services }: Product, proofs: Proofs): Promise<string> {
  proofs.note("Starting a bottle with one route; the first time this builds its images…");
  let last = "";
  const start = await services.starter.begin({ agent: "demo", workspace: null }, (_slug, steps) => {
    const detail = steps.find(({ state }) => state === "running")?.detail ?? null;
    if (detail !== null && detail !== last) proofs.note(`    … ${detail}`);
    last = detail ?? last;
  });
  command.signal.addEventListener("abort", () => start.cancel(), { once: true });
  await start.finished;
  const timings = start.steps.map(({ name, durationMs }) => `${name} ${Math.round(durationMs ?? 0)} ms`).join(", ");
  proofs.show(`${start.slug} runs, connected to its sidecars`, true, timings);
  return start.slug;
}

async function proveAllowed(stage: Stage): Promise<void> {
  const answer = await curl(stage, ALLOWED_HOST);
  const genuine = answer.stdout.includes('"credential":"genuine"') && answer.stdout.endsWith("200");
  stage.proofs.show(
    `an allowed request to ${ALLOWED_HOST} is 200, and the credential was added outside the bottle`,
    genuine,
    answer.stdout + answer.stderr,
  );
  const inside = await sh(
    stage,
    "env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null; grep -rhs demo- /home /tmp /etc /run /var/lib 2>/dev/null",
  );
  const held = inside.stdout.includes(stage.token);
  stage.proofs.show(
    "the bottle never held the credential",
    !held,
    held ? "it was found inside" : "not in its environment, processes or files",
  );
}

async function proveBlocked(stage: Stage): Promise<void> {
  const answer = await curl(stage, ASKED_HOST);
  stage.proofs.show(
    `a request to ${ASKED_HOST} is refused, and the refusal names the rule`,
    isRefused(answer),
    answer.stdout + answer.stderr,
  );
}

async function proveProposal(stage: Stage): Promise<void> {
  const { inbox } = stage.product.services;
  const filed = Promise.withResolvers<Proposal>();
  const look = () => void inbox.list().then((all) => all.filter(({ status }) => status === "pending").forEach(filed.resolve), filed.reject);
  using _watching = stage.product.services.links.changed.subscribe(look);
  const args = JSON.stringify({ host: ASKED_HOST, methods: ["GET"], justification: "The demonstration needs one package." });
  const agent = runInGuest(stage.product.backend, stage.slug, ["python3", "-c", FILE_EGRESS_BLOCK, args], stage.signal);
  const proposal = await withDeadline(Promise.race([filed.promise, endedEarly(agent)]), PROPOSAL_MS, noProposal);
  const view = await inbox.view(proposal.id, null);
  stage.proofs.show(
    "the agent asked for the route, and the proposal says what would become possible",
    view.blocked === null,
    [view.sentence, ...view.warnings].join("\n"),
  );
  const basis = { id: proposal.id, digest: proposal.digest, seenRevision: view.liveRevision, note: NOTE };
  const { proposal: decided } = await inbox.approve(basis, null);
  const answer = await agent;
  stage.proofs.show(
    `approved; live as revision ${decided.decision?.appliedRevision}, and the agent's waiting call got the answer`,
    /approved/i.test(answer.stdout),
    answer.stdout + answer.stderr,
  );
  const again = await curl(stage, ASKED_HOST);
  stage.proofs.show(
    `the same request to ${ASKED_HOST} is 200 now, without restarting anything`,
    again.stdout.endsWith("200"),
    again.stdout + again.stderr,
  );
}

async function proveRecorded({ product, slug, proofs }: Stage): Promise<void> {
  const entries = await product.services.audit.list(slug);
  const verdict = await product.services.audit.verify(slug);
  const entry = entries.find(({ action, note }) => action === "approved" && note === NOTE);
  const ok = entry !== undefined && verdict.problems.length === 0;
  proofs.show(
    "the audit log has the decision, and its chain verifies",
    ok,
    entry === undefined ? "no entry" : `${entry.subject} ${entry.action} by ${entry.by}, hash ${entry.hash.slice(0, 16)}…`,
  );
}

async function proveGone({ product, slug, proofs, signal }: Stage): Promise<void> {
  const { removed } = await product.services.stopper.stop(slug);
  const left = (await product.backend.remnants(signal)).filter((remnant) => remnant.slug === slug);
  const things = removed.map(({ kind, name }) => `${kind} ${name}`).join(", ");
  proofs.show(
    "stopped, and nothing of it remains on the engine",
    left.length === 0,
    left.length === 0 ? `removed ${things}` : left.map(({ name }) => name).join(", "),
  );
}

/** The refusal of a CONNECT shows as curl's own error, that of a request as its answer. */
function isRefused({ stdout, stderr }: GuestResult): boolean {
  return (stdout.includes("403") || stderr.includes("403")) && `${stdout}${stderr}`.includes("no-route");
}

function curl(stage: Stage, host: string): Promise<GuestResult> {
  // The refusal of a CONNECT is in the header of its answer, which curl shows only when asked.
  return sh(stage, `curl -sS -D /tmp/header -w '%{http_code}' https://${host}/hello; grep -i '^x-bot-bottle-rule' /tmp/header >&2; true`);
}

function sh({ product, slug, signal }: Stage, script: string): Promise<GuestResult> {
  return runInGuest(product.backend, slug, ["sh", "-c", script], signal);
}

async function endedEarly(agent: Promise<GuestResult>): Promise<never> {
  const { stdout, stderr } = await agent;
  throw new OperatorError("start-failed", { message: `The agent's call ended before it was decided: ${stdout}${stderr}` });
}

function noProposal(): OperatorError {
  return new OperatorError("start-failed", { message: "The agent's request did not arrive in the inbox" });
}

async function stopQuietly({ services, logger }: Product, slug: string): Promise<void> {
  await services.stopper.stop(slug).catch((error: unknown) => logger.log("warn", "demo-stop-failed", { error }));
}
