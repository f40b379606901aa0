import { join } from "node:path";
import { DNS_PORT, EGRESS_PORT, GIT_GATE_PORT, SUPERVISE_PORT } from "#common/wire/ports.ts";
import { log } from "../kit/log.ts";
import { ControlDesk } from "./control-desk.ts";
import { ControlServer } from "./control-server.ts";
import type { Daemon } from "./daemon.ts";
import { DnsResponder } from "./dns/dns-responder.ts";
import { EgressDaemon } from "./egress-daemon.ts";
import { GitGateDaemon } from "./git-gate-daemon.ts";
import { GrantKeeper } from "./grant-keeper.ts";
import { Journal } from "./journal.ts";
import { Ledger } from "./ledger.ts";
import { PolicyBook } from "./policy-book.ts";
import { DEFAULT_DESK_LIMITS, ProposalDesk } from "./proposal-desk.ts";
import { PushBook } from "./push-book.ts";
import { SecretVault } from "./secret-vault.ts";
import { SpendingRecord } from "./spending-record.ts";
import type { StateFolder } from "./state-folder.ts";
import { SuperviseDaemon } from "./supervise-daemon.ts";

/** Where the workers' programs are, and what they listen on. */
export interface BundleSite {
  readonly egressEntry: URL;
  readonly superviseEntry: URL;
  readonly gitGateEntry: URL;
  /** The scanner's program. */
  readonly gitleaks: string;
  /** Where git and ssh are looked up. */
  readonly programs: string;
  readonly ports: { readonly egress: number; readonly supervise: number; readonly gitGate: number; readonly dns: number };
  readonly now: () => Date;
}

export const STANDARD_PORTS = { egress: EGRESS_PORT, supervise: SUPERVISE_PORT, gitGate: GIT_GATE_PORT, dns: DNS_PORT };

export interface RunningBundle {
  /** Begins the shutdown; never blocks, and a second call changes nothing. */
  shutdown(): void;
  /** Resolves with the exit code once everything has ended: the worst positive one of a daemon, else 0 (SID-1). */
  readonly ended: Promise<number>;
}

const NO_GATE = { type: "failed", callId: 1, code: "not-found", message: "this bundle has no git-gate" } as const;
const STOP_GRACE_MS = 2000;
const APPLY_TIMEOUT_MS = 5000;

/** Starts one bottle's sidecars on what is in its folder. Returns when the control channel is open; daemons may still be starting. */
export async function startBundle(folder: StateFolder, site: BundleSite): Promise<RunningBundle> {
  const stack = new AsyncDisposableStack();
  try {
    const bundle = new Bundle(folder, site, stack);
    await bundle.start();
    return bundle;
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

class Bundle implements RunningBundle {
  readonly #folder: StateFolder;
  readonly #site: BundleSite;
  readonly #stack: AsyncDisposableStack;
  readonly #ended = Promise.withResolvers<number>();
  readonly #journal: Journal;
  readonly #ledger: Ledger;
  readonly #vault = new SecretVault();
  readonly #spending: SpendingRecord;
  readonly #policy: PolicyBook;
  readonly #grants: GrantKeeper;
  readonly #egress: EgressDaemon;
  readonly #supervise: SuperviseDaemon | null;
  readonly #pushes: PushBook;
  readonly #gitGate: GitGateDaemon | null;
  readonly #desk: ControlDesk;
  #control: ControlServer | null = null;
  #stopping = false;

  constructor(folder: StateFolder, site: BundleSite, stack: AsyncDisposableStack) {
    this.#folder = folder;
    this.#site = site;
    this.#stack = stack;
    this.#journal = stack.use(Journal.open(join(folder.path, "journal")));
    this.#ledger = Ledger.open(join(folder.path, "state.json"), folder.config.table, this.#journal);
    this.#spending = stack.use(new SpendingRecord(this.#ledger));
    this.#policy = this.#createPolicy();
    this.#grants = stack.use(new GrantKeeper({ ledger: this.#ledger, now: site.now, endGrants: () => this.#policy.endGrants() }));
    this.#egress = this.#createEgress();
    this.#supervise = folder.config.supervise ? this.#createSupervise() : null;
    this.#pushes = this.#createPushBook();
    this.#gitGate = folder.config.repos.length > 0 ? this.#createGitGate() : null;
    this.#desk = new ControlDesk({
      slug: folder.config.slug,
      journal: this.#journal,
      ledger: this.#ledger,
      vault: this.#vault,
      policy: this.#policy,
      pushes: this.#gitGate === null ? null : this.#pushes,
      daemons: this.#daemons,
      shutdown: () => this.shutdown(),
    });
  }

  get ended(): Promise<number> {
    return this.#ended.promise;
  }

  async start(): Promise<void> {
    const { config, path } = this.#folder;
    await this.#grants.start();
    // The threads load while the sockets are opened.
    for (const daemon of this.#daemons) daemon.start();
    this.#stack.defer(() => this.#stopDaemons().then(() => undefined));
    if (config.dns) this.#stack.use(await DnsResponder.listen(config.listenHost, this.#site.ports.dns));
    this.#control = this.#stack.use(await ControlServer.listen(join(path, "control.sock"), this.#desk));
    log("info", "bundle-listening", { slug: config.slug });
  }

  shutdown(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#desk.close();
    this.#shutDown().then(this.#ended.resolve, this.#ended.reject);
  }

  async #shutDown(): Promise<number> {
    const code = await this.#stopDaemons();
    await this.#stack.disposeAsync();
    log("info", "bundle-ended", { slug: this.#folder.config.slug, code });
    return code;
  }

  async #stopDaemons(): Promise<number> {
    const codes = await Promise.all(this.#daemons.map((daemon) => daemon.stop(STOP_GRACE_MS)));
    return Math.max(0, ...codes);
  }

  get #daemons(): readonly Daemon[] {
    return [this.#egress, this.#gitGate, this.#supervise].flatMap((each) => (each === null ? [] : [each.daemon]));
  }

  #createEgress(): EgressDaemon {
    const { config, caCertificate, caKey, extraCa } = this.#folder;
    return new EgressDaemon({
      entry: this.#site.egressEntry,
      start: { listenHost: config.listenHost, port: this.#site.ports.egress, caCertificate, caKey, extraCa, budget: config.budget },
      applyTimeoutMs: APPLY_TIMEOUT_MS,
      now: this.#site.now,
      current: () => {
        const { table, cuts } = this.#ledger;
        return { policy: { table, cuts, spent: this.#spending.latest }, secrets: this.#vault.reveal() };
      },
      onGrantUsed: (grantId, left) => this.#grants.used(grantId, left),
      onSpent: (spent) => this.#spending.note(spent),
      onDecisions: (decisions) => this.#journal.appendOrCount(decisions.map((decision) => ({ type: "egress-decision", decision }))),
      onHealth: (health) => this.#tellHealth(health),
    });
  }

  #createSupervise(): SuperviseDaemon {
    const { slug, listenHost, responseTimeoutSeconds, capability } = this.#folder.config;
    const { now } = this.#site;
    const proposals = new ProposalDesk({ slug, ledger: this.#ledger, limits: DEFAULT_DESK_LIMITS, now, capability });
    return new SuperviseDaemon({
      entry: this.#site.superviseEntry,
      start: { slug, listenHost, port: this.#site.ports.supervise, responseTimeoutSeconds, capability },
      now,
      file: (request, justification) => proposals.file(request, justification),
      table: () => this.#ledger.table,
      proposal: (id) => this.#ledger.proposal(id),
      push: (id) => this.#ledger.push(id),
      onHealth: (health) => this.#tellHealth(health),
    });
  }

  #createPushBook(): PushBook {
    return new PushBook({
      slug: this.#folder.config.slug,
      ledger: this.#ledger,
      journal: this.#journal,
      now: this.#site.now,
      repos: () => this.#gitGate?.repos ?? [],
      ask: async (request) => (await this.#gitGate?.ask(request)) ?? NO_GATE,
      tellEnded: (push) => this.#gitGate?.tellEnded(push),
      changed: () => this.#control?.tellGit(),
    });
  }

  #createGitGate(): GitGateDaemon {
    const { slug, listenHost, repos, gateLimits, responseTimeoutSeconds } = this.#folder.config;
    const { gitleaks, programs, ports, gitGateEntry, now } = this.#site;
    const folder = join(this.#folder.path, "git");
    return new GitGateDaemon({
      entry: gitGateEntry,
      start: { slug, listenHost, port: ports.gitGate, folder, path: programs, gitleaks, repos, limits: gateLimits, responseTimeoutSeconds },
      now,
      book: this.#pushes,
      pushes: () => this.#ledger.pushes,
      statusChanged: () => this.#control?.tellGit(),
      onHealth: (health) => this.#tellHealth(health),
    });
  }

  #createPolicy(): PolicyBook {
    return new PolicyBook({
      ledger: this.#ledger,
      now: this.#site.now,
      applyTable: (table) => this.#egress.applyTable(table),
      applySecrets: async (values) => {
        this.#vault.update(values);
        await this.#egress.applySecrets(values, this.#ledger.table);
        this.#control?.tellHealth();
      },
      enforceTable: (table) => this.#egress.enforceTable(table),
      enforceCuts: (cuts) => this.#egress.enforceCuts(cuts),
      decided: (proposal) => this.#supervise?.tellDecided(proposal),
      failed: (proposal) => this.#supervise?.tellFailed(proposal),
      tableChanged: () => {
        this.#grants.tableChanged();
        this.#control?.tellHealth();
      },
    });
  }

  #tellHealth(health: Daemon["health"]): void {
    this.#journal.appendOrCount([{ type: "daemon", health }]);
    this.#control?.tellHealth();
  }
}
