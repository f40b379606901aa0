import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { buildId } from "#common/build-id.ts";
import type { Slug } from "#common/domain/names.ts";
import type { ImageSpec } from "../backends/backend.ts";
import type { DockerBackend } from "../backends/docker/docker-backend.ts";
import { createDockerBackend } from "../backends/docker/docker-backend.ts";
import { engineVariables } from "../backends/docker/engine/engine-variables.ts";
import { describeBundleImage } from "../backends/docker/images/bundle-image.ts";
import { SshIdentities } from "../git/ssh-identities.ts";
import { createTopicBus } from "../ipc/topic-bus.ts";
import { ensureHome } from "../manifests/first-home.ts";
import { FollowedWorkspaces } from "../manifests/followed-workspaces.ts";
import type { ManifestSet } from "../manifests/manifest-set.ts";
import { watchManifests } from "../manifests/watch-manifests.ts";
import type { Clock } from "../platform/clock.ts";
import { systemClock } from "../platform/clock.ts";
import type { HomePaths } from "../platform/home.ts";
import { homePaths } from "../platform/home.ts";
import type { Logger } from "../platform/logger.ts";
import { fileLogger } from "../platform/logger.ts";
import { HostLogins } from "../providers/host-logins.ts";
import { describeAgentImages } from "../providers/images/agent-images.ts";
import { builtInProviders } from "../providers/provider-registry.ts";
import { availableTokens } from "../secrets/token-refs.ts";
import { startHostProcess } from "../terminals/start-host.ts";
import { createTerminalSessions } from "../terminals/terminal-sessions.ts";
import type { AgentImageDeps } from "./agent-image.ts";
import { describeAgentImage } from "./agent-image.ts";
import type { Application } from "./application.ts";
import type { Declarations } from "./declared.ts";
import { createDeclarations } from "./declared.ts";
import type { DraftingDeps } from "./drafting.ts";
import { createDrafting } from "./drafting.ts";
import { watchHostLogins } from "./host-login-watch.ts";
import { startApplication } from "./live-application.ts";
import { ManifestDesk } from "./manifest-desk.ts";
import { createManifestHandlers } from "./manifest-handlers.ts";
import { createManifestListing } from "./manifest-listing.ts";
import type { OperatorSecrets, OperatorSecretsOptions } from "./operator-secrets.ts";
import { openOperatorSecrets } from "./operator-secrets.ts";
import { SecretDelivery } from "./secret-delivery.ts";
import { SecretDesk } from "./secret-desk.ts";
import { createSecretHandlers } from "./secret-handlers.ts";
import { watchSecrets } from "./secrets-watch.ts";
import type { Services } from "./services.ts";
import { createServices } from "./services.ts";

export interface ProductOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly role: "panel" | "cli";
  readonly ask?: DraftingDeps["ask"];
  readonly keychain?: OperatorSecretsOptions["keychain"];
  readonly askPassphrase?: OperatorSecretsOptions["askPassphrase"];
  readonly clock?: Clock;
}

/** The whole product on this machine's home, without a window. */
export interface Product extends AsyncDisposable {
  readonly home: HomePaths;
  readonly env: NodeJS.ProcessEnv;
  readonly logger: Logger;
  readonly backend: DockerBackend;
  readonly services: Services;
  readonly secrets: OperatorSecrets;
  readonly secretDesk: SecretDesk;
  /** The operator's own logins of provider programs (PRV-3). */
  readonly hostLogins: HostLogins;
  /** All images a bottle may need, by name. */
  images(): Promise<Readonly<Record<string, ImageSpec>>>;
  readonly manifestDesk: ManifestDesk;
  /** Project folders whose agents are shown, and so watched. */
  readonly workspaces: FollowedWorkspaces;
  loadManifests(workspace: string | null): Promise<ManifestSet>;
}

/** Folder that holds the product: two above, from the sources (main/app) as from the build (dist/main). */
export const productRoot = resolve(import.meta.dirname, "../..");

/** What one agent may take of the machine. */
const AGENT_LIMITS = { memoryBytes: 4 * 1024 ** 3, cpus: 2, pids: 1024 };

export async function openProduct(options: ProductOptions): Promise<Product> {
  const { env } = options;
  const clock = options.clock ?? systemClock;
  const home = homePaths(env);
  await ensureHome(home);
  const logger = fileLogger(home.logs, options.role, clock);
  const backend = createDockerBackend({ env, homeDir: homedir(), cacheDir: cacheFolder(env) });
  const agentImages = () => describeAgentImages(join(productRoot, "main/providers/images"));
  const bundleImage = () => describeBundleImage(productRoot);
  const secrets = openOperatorSecrets({
    home,
    env,
    clock,
    role: options.role,
    keychain: options.keychain ?? null,
    askPassphrase: options.askPassphrase ?? null,
  });
  const hostLogins = new HostLogins({ providers: builtInProviders, userHome: homedir(), clock, env: (names) => secrets.env.pick(names) });
  const declarations = createDeclarations(home);
  const workspaces = new FollowedWorkspaces();
  const identities = new SshIdentities({ userHome: homedir(), resolveSecret: (ref) => secrets.source.resolve(ref) });
  const manifestDesk = new ManifestDesk({ home, userHome: homedir(), declarations, workspaces });
  const services = createServices({
    home,
    env,
    clock,
    logger,
    backend,
    role: options.role,
    limits: AGENT_LIMITS,
    drafting: createDrafting({
      home,
      env: secrets.env,
      secrets: secrets.source,
      identities,
      hostLogins,
      loadDeclared: (workspace) => declarations.load(workspace),
      userHome: homedir(),
      backend,
      agentImages,
      bundleImage,
      ask: options.ask ?? null,
    }),
    identities,
    manifests: { declarations, desk: manifestDesk },
    resolveSecrets: (slug, refs) => secretsForBottle(secrets, hostLogins, slug, refs),
  });
  const load = async (workspace: string | null) => (await declarations.load(workspace)).manifests;
  return {
    home,
    env,
    logger,
    backend,
    services,
    secrets,
    hostLogins,
    secretDesk: new SecretDesk({ secrets, services, loadManifests: () => load(null), isHostLogin: (ref) => hostLogins.owns(ref) }),
    images: async () => ({
      bundle: await bundleImage(),
      ...(await agentImages()),
      ...(await pluginImages(declarations, { home, userHome: homedir(), agentImages })),
    }),
    manifestDesk,
    workspaces,
    loadManifests: load,
    [Symbol.asyncDispose]: () => services[Symbol.asyncDispose](),
  };
}

/** The product for a window: handlers, and topics that tell what changes (D1). */
export async function createApplication(options: Pick<ProductOptions, "env" | "keychain">): Promise<Application> {
  const product = await openProduct({ ...options, role: "panel", ask: "with-request" });
  const { home, logger, services } = product;
  const bus = createTopicBus();
  const terminals = createTerminalSessions({
    socketPath: join(home.root, "run", "pty-host.sock"),
    build: buildId,
    bus,
    startHost: () => startTerminalHost(home, options.env),
    backendOf: async (slug) => (await services.registry.read(slug))?.backend ?? "docker",
  });
  try {
    const application = await startApplication({
      services,
      bus,
      terminals: terminals.handlers,
      secrets: createSecretHandlers(product.secretDesk, product.secrets, bus),
      watchSecrets: async () => {
        using stack = new DisposableStack();
        stack.use(await watchSecrets(product.secretDesk, product.secrets, bus, logger));
        stack.use(
          watchHostLogins({
            logins: product.hostLogins,
            deliver: (ref) => new SecretDelivery({ secrets: product.secrets, services }).deliver(ref),
            onError: (error) => logger.log("warn", "host-login-watch-failed", { error }),
          }),
        );
        return stack.move();
      },
      listManifests: createManifestListing((workspace) => {
        product.workspaces.follow(workspace);
        return product.loadManifests(workspace);
      }),
      manifests: createManifestHandlers(product.manifestDesk),
      watchManifests: (onChange) =>
        watchManifests({
          home,
          workspaces: product.workspaces,
          onChange: async () => onChange(),
          onError: (error) => logger.log("warn", "manifest-watch-failed", { error }),
        }),
    });
    return {
      ...application,
      [Symbol.asyncDispose]: async () => {
        terminals[Symbol.dispose]();
        await application[Symbol.asyncDispose]();
      },
    };
  } catch (error) {
    terminals[Symbol.dispose]();
    throw error;
  }
}

/** Images of provider plugins, by their names. */
async function pluginImages(declarations: Declarations, deps: AgentImageDeps): Promise<Record<string, ImageSpec>> {
  const declared = [...(await declarations.load(null)).pluginImages];
  return Object.fromEntries(await Promise.all(declared.map(async ([name, image]) => [name, await describeAgentImage(image, deps)])));
}

async function startTerminalHost(home: HomePaths, env: NodeJS.ProcessEnv): Promise<void> {
  const furtherEnv = await engineVariables({ env, homeDir: homedir() });
  await startHostProcess({ node: process.execPath, entry: hostEntry(), logFolder: home.logs, env, furtherEnv });
}

/** Values of the refs that have one; the rest stay missing, and their routes answer so (SID-4). */
async function secretsForBottle(
  { source, uses }: OperatorSecrets,
  hostLogins: HostLogins,
  slug: Slug,
  refs: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const logins = await hostLogins.tokens(refs);
  const values = new Map([
    ...(await availableTokens(
      refs.filter((ref) => !hostLogins.owns(ref)),
      source,
    )),
    ...logins,
  ]);
  await uses.record([...values.keys()], slug);
  return Object.fromEntries([...values].map(([ref, secret]) => [ref, secret.reveal()]));
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "bot-bottle");
}

/** Beside this module when built; among the sources otherwise. */
function hostEntry(): string {
  const built = import.meta.filename.endsWith(".js");
  return built ? join(import.meta.dirname, "pty-host.js") : join(productRoot, "main/terminals/pty-host.ts");
}
