import { userInfo } from "node:os";
import { buildId } from "#common/build-id.ts";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { NumberedEvent } from "#common/wire/control.ts";
import { AuditLog } from "../audit/audit-log.ts";
import type { Backend, Limits } from "../backends/backend.ts";
import type { Drafting } from "../bottles/blueprint.ts";
import type { CleanupDeps, CleanupPlan } from "../bottles/cleanup.ts";
import { applyCleanup, planCleanup } from "../bottles/cleanup.ts";
import { drainBundle } from "../bottles/drain.ts";
import type { BottleMetadata } from "../bottles/metadata.ts";
import type { KnownBottle } from "../bottles/observe.ts";
import { observeBottles } from "../bottles/observe.ts";
import { BottleRegistry } from "../bottles/registry.ts";
import { AgentReplacer } from "../bottles/replace-agent.ts";
import { BottleStarter } from "../bottles/start.ts";
import { BottleStopper, unknownBottle } from "../bottles/stop.ts";
import { DecisionHistory } from "../egress/decision-history.ts";
import { EventArchive } from "../egress/event-archive.ts";
import { DismissedPushes } from "../git/dismissed-pushes.ts";
import { gateLimits } from "../git/gate-limits.ts";
import { keyLifetimeSeconds } from "../git/key-lifetime.ts";
import { pushAuditRecords } from "../git/push-audit.ts";
import { PushInbox } from "../git/push-inbox.ts";
import { PushRecords } from "../git/push-records.ts";
import type { SshIdentities } from "../git/ssh-identities.ts";
import type { Clock } from "../platform/clock.ts";
import type { HomePaths } from "../platform/home.ts";
import { homeId } from "../platform/home.ts";
import type { Logger } from "../platform/logger.ts";
import type { Secret } from "../platform/secret.ts";
import { auditRecords } from "../proposals/audit-records.ts";
import { AutoRuleBook } from "../proposals/auto-rules.ts";
import { Inbox } from "../proposals/inbox.ts";
import { ProposalStore } from "../proposals/proposal-store.ts";
import { RouteDesk } from "../proposals/route-desk.ts";
import { SecretGift } from "../proposals/secret-gift.ts";
import { Snoozes } from "../proposals/snoozes.ts";
import { bundleEntries } from "../sidecars/bundle-entries.ts";
import { mintCertificateAuthority } from "../sidecars/certificate-authority.ts";
import { readExtraCa } from "../sidecars/extra-ca.ts";
import type { RepoKeys } from "../sidecars/key-supply.ts";
import { LinkPool } from "../sidecars/link-pool.ts";
import { responseTimeoutSeconds } from "../sidecars/response-timeout.ts";
import { BringBack } from "../workspace/bring-back.ts";
import { workspaceCopy } from "../workspace/copy-in.ts";
import { surveyWorkspace } from "../workspace/survey.ts";
import { workspaceFiles } from "../workspace/workspace-files.ts";
import type { RouteWriteBackDeps } from "./route-write-back.ts";
import { RouteWriteBack } from "./route-write-back.ts";

export interface ServicesDeps {
  readonly home: HomePaths;
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly backend: Backend;
  readonly drafting: Drafting;
  readonly role: "panel" | "cli";
  readonly limits: Limits;
  /** Values of those that can be had, for this bottle (ENV-2). */
  resolveSecrets(slug: Slug, refs: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** The private keys of repositories (SSH-4). */
  readonly identities: SshIdentities;
  /** What manifests say, and how they are written. */
  readonly manifests: Pick<RouteWriteBackDeps, "declarations" | "desk">;
}

/** The use-cases, wired; what panel and command line have in common. Disposing closes links and leaves bottles running. */
export interface Services extends AsyncDisposable {
  readonly deps: ServicesDeps;
  readonly registry: BottleRegistry;
  readonly links: LinkPool;
  readonly archive: EventArchive;
  readonly history: DecisionHistory;
  readonly audit: AuditLog;
  readonly inbox: Inbox;
  /** The operator's own edits of live routes (SUP-6). */
  readonly routes: RouteDesk;
  readonly snoozes: Snoozes;
  /** Rules that decide without the operator; none until one is made. */
  readonly rules: AutoRuleBook;
  readonly pushes: PushInbox;
  readonly pushRecords: PushRecords;
  readonly starter: BottleStarter;
  readonly stopper: BottleStopper;
  readonly bringBack: BringBack;
  observe(signal: AbortSignal): Promise<KnownBottle[]>;
  /** The bottle with this slug; an OperatorError where there is none. */
  require(slug: Slug): Promise<KnownBottle>;
  planCleanup(signal: AbortSignal): Promise<CleanupPlan>;
  applyCleanup(plan: CleanupPlan): ReturnType<typeof applyCleanup>;
}

const CONNECT_NEW_MS = 60_000;
const ENGINE_MS = 15_000;
const PUSHES_BYTES = 1024 * 1024;

export function createServices(deps: ServicesDeps): Services {
  const { home, backend, clock, logger } = deps;
  const registry = new BottleRegistry(home);
  const archive = new EventArchive(home);
  const audit = new AuditLog(home, clock);
  const store = new ProposalStore(home);
  const records = new PushRecords(home, new EventArchive(home, PUSHES_BYTES, "pushes"), new DismissedPushes(home));
  const ownHome = once(() => homeId(home));
  const links = new LinkPool({
    buildId,
    role: deps.role,
    logger,
    open: (slug, signal) => backend.openControl(slug, signal),
    archivedSeq: (slug) => archive.lastSeq(slug),
    resolveSecrets: (slug, refs) => deps.resolveSecrets(slug, refs),
    resolveKeys: (slug, repos) => keysOf(deps, registry, slug, repos),
    keep: (slug, events) => keepEvents({ archive, audit, records }, slug, events),
  });
  const history = new DecisionHistory(archive);
  const operator = userInfo().username;
  const { resolveSecrets } = deps;
  const writeBack = new RouteWriteBack({ ...deps.manifests, bottleOf: async (slug) => (await registry.read(slug))?.bottle ?? null });
  const capability = new AgentReplacer({ backend, registry, home, logger });
  const settle = (metadata: BottleMetadata) => capability.settle(metadata);
  const inbox = new Inbox({ links, store, history, audit, clock, logger, operator, capability, writeBack, resolveSecrets });
  const snoozes = new Snoozes(home, clock);
  const pushes = new PushInbox({ links, records, clock, operator, audit: (record) => audit.record(record) });
  const forgetRecords = async (slug: Slug) => void (await Promise.all([archive.forget(slug), records.forget(slug)]));
  const cleaning: CleanupDeps = { backend, registry, home, homeId: ownHome, forgetRecords, settle };
  const observe = (signal: AbortSignal) => observeBottles({ backend, registry, homeId: ownHome, settle }, signal);
  return {
    deps,
    registry,
    links,
    archive,
    history,
    audit,
    inbox,
    routes: new RouteDesk({ links, operator, secrets: new SecretGift({ ...deps, links }) }),
    snoozes,
    rules: new AutoRuleBook(home),
    pushes,
    pushRecords: records,
    starter: createStarter(deps, registry, links, ownHome),
    stopper: new BottleStopper({
      backend,
      registry,
      logger,
      homeId: ownHome,
      drain: (slug) => drainBundle({ links, logger, beforeEnd: (each) => withdrawAll(inbox, pushes, each) }, slug),
      forgetRecords,
    }),
    bringBack: new BringBack({ home, clock, copyOut: (slug, path, signal) => backend.copyOut(slug, path, signal) }),
    observe,
    require: async (slug) => {
      const bottle = (await observe(AbortSignal.timeout(ENGINE_MS))).find((each) => each.slug === slug);
      if (bottle === undefined) throw unknownBottle(slug);
      return bottle;
    },
    planCleanup: (signal) => planCleanup(cleaning, signal),
    applyCleanup: (plan) => applyCleanup(cleaning, plan),
    [Symbol.asyncDispose]: () => {
      snoozes[Symbol.dispose]();
      return links[Symbol.asyncDispose]();
    },
  };
}

function createStarter(deps: ServicesDeps, registry: BottleRegistry, links: LinkPool, ownHome: () => Promise<string>): BottleStarter {
  return new BottleStarter({
    backend: deps.backend,
    registry,
    drafting: deps.drafting,
    clock: deps.clock,
    logger: deps.logger,
    limits: deps.limits,
    versions: { build: buildId, node: process.version },
    homeId: ownHome,
    responseTimeoutSeconds: () => responseTimeoutSeconds(deps.env),
    keyLifetimeSeconds: () => keyLifetimeSeconds(deps.env),
    gateLimits: () => gateLimits(deps.env),
    surveyWorkspace: (hostPath, signal) => surveyWorkspace(hostPath, monotonic, signal),
    copyWorkspace: (slug, place, progress) =>
      workspaceCopy({
        ...place,
        recordFile: workspaceFiles(deps.home, slug).record,
        now: monotonic,
        tell: (text) => progress.detail(text),
      }),
    prepareBundle: async (slug) => {
      const extraCa = await readExtraCa(deps.env);
      const ca = mintCertificateAuthority(slug, deps.clock.now());
      return { caCertificate: ca.certificatePem, entries: (config) => bundleEntries(config, ca, extraCa) };
    },
    connectBundle: (slug, refs, signal) => connectNew(deps, links, slug, refs, signal),
    disconnectBundle: (slug) => links.drop(slug),
  });
}

/** A new bundle is ready once it has every credential its routes and repositories need: the first request must not meet a 503. */
async function connectNew(deps: ServicesDeps, links: LinkPool, slug: Slug, refs: readonly string[], signal: AbortSignal): Promise<void> {
  const client = await links.get(slug).connected(CONNECT_NEW_MS);
  signal.throwIfAborted();
  await links.get(slug).keysIn(CONNECT_NEW_MS);
  if (refs.length === 0) return;
  const values = await deps.resolveSecrets(slug, refs);
  const missing = refs.filter((ref) => values[ref] === undefined);
  if (missing.length > 0) {
    throw new OperatorError("secret-missing", {
      message: `No value for ${missing.join(", ")}`,
      hint: `Store it with \`bot-bottle secrets set ${missing[0]}\` or in the panel's Secrets view, or export it before bot-bottle starts`,
    });
  }
  await client.request({ type: "set-secrets", values: { ...values } });
}

/** The keys of a bottle's repositories, from where its manifest said at its start that they are; one that is not there closes no other. */
async function keysOf(deps: ServicesDeps, registry: BottleRegistry, slug: Slug, repos: readonly string[]): Promise<RepoKeys> {
  const declared = (await registry.read(slug))?.identities ?? {};
  const keys = new Map<string, Secret>();
  let problem: Error | null = null;
  for (const [repo, identity] of Object.entries(declared).filter(([name]) => repos.includes(name))) {
    try {
      for (const [name, key] of await deps.identities.read({ [repo]: identity })) keys.set(name, key);
    } catch (error) {
      if (!(error instanceof OperatorError)) throw error;
      problem ??= error;
    }
  }
  return { keys, problem, lifetimeSeconds: keyLifetimeSeconds(deps.env) };
}

async function withdrawAll(inbox: Inbox, pushes: PushInbox, slug: Slug): Promise<void> {
  await inbox.withdraw(slug);
  await pushes.withdraw(slug);
}

interface Keepers {
  readonly archive: EventArchive;
  readonly audit: AuditLog;
  readonly records: PushRecords;
}

/** Audit first: what is acknowledged is gone from the bundle, and a decision must not be lost between the two. */
async function keepEvents({ archive, audit, records }: Keepers, slug: Slug, events: readonly NumberedEvent[]): Promise<void> {
  for (const record of [...auditRecords(slug, events), ...pushAuditRecords(slug, events)]) await audit.record(record);
  await records.keep(slug, events);
  // Last: its newest number is what the bundle is asked to go on from.
  await archive.append(slug, events);
}

function monotonic(): number {
  return performance.now();
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make();
    return made;
  };
}
