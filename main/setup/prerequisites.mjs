// @ts-check
import { existsSync, readFileSync } from "node:fs";
import { whereIs } from "./checkout.mjs";
import { agrees } from "./consent.mjs";
import { run, SetupError } from "./run.mjs";

/**
 * A program of the system that something of ours runs.
 * @typedef {object} Prerequisite
 * @property {string} need
 * @property {readonly string[]} anyOf commands or absolute paths; one of them is enough
 * @property {string} debian the package that brings it on Debian and Ubuntu
 * @property {string} elsewhere how to get it on other systems
 */

/**
 * Elsewhere than on Linux the engine runs in a machine of its own, and its client tells that it is installed.
 * @type {Prerequisite}
 */
const engine = {
  need: "a container engine",
  anyOf: process.platform === "linux" ? ["dockerd", "/var/run/docker.sock"] : ["docker"],
  debian: "docker.io",
  elsewhere: "install Docker Desktop, or the Docker engine of your distribution (package docker or moby-engine)",
};

/** @type {Prerequisite} */
const browser = {
  need: "Chromium, Chrome or Edge",
  anyOf: [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "/Applications/Google Chrome.app",
    "/Applications/Chromium.app",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
    "C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe",
  ],
  debian: "chromium",
  elsewhere: "install Google Chrome or Chromium",
};

/** @type {Prerequisite} */
const virtualDisplay = { need: "a virtual display", anyOf: ["Xvfb"], debian: "xvfb", elsewhere: "install Xvfb (xorg-server-xvfb)" };

/** @type {Prerequisite} */
const debootstrap = {
  need: "debootstrap (builds base images where no image registry answers)",
  anyOf: ["debootstrap"],
  debian: "debootstrap",
  elsewhere: "install debootstrap",
};

/** @type {Prerequisite} */
const openssl = { need: "openssl", anyOf: ["openssl"], debian: "openssl", elsewhere: "install openssl" };

/** @type {Prerequisite} */
const git = { need: "git", anyOf: ["git"], debian: "git", elsewhere: "install git" };

/** @type {Prerequisite} */
const socat = { need: "socat", anyOf: ["socat"], debian: "socat", elsewhere: "install socat" };

/** @type {Prerequisite} */
const ssh = { need: "the ssh client", anyOf: ["ssh"], debian: "openssh-client", elsewhere: "install OpenSSH" };

/** @type {Prerequisite} */
const sshd = {
  need: "sshd (the git gate's tests run one as their upstream)",
  anyOf: ["/usr/sbin/sshd", "sshd"],
  debian: "openssh-server",
  elsewhere: "install the OpenSSH server",
};

/** @type {Prerequisite} */
const ps = { need: "ps", anyOf: ["ps"], debian: "procps", elsewhere: "install procps" };

/** @type {Prerequisite} */
const trustedRoots = {
  need: "the system's trusted certificates",
  anyOf: ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"],
  debian: "ca-certificates",
  elsewhere: "install ca-certificates",
};

/**
 * The shells and the keyring that the operator's secrets are looked for in.
 * @type {readonly Prerequisite[]}
 */
const shellsAndKeyring = [
  { need: "zsh", anyOf: ["zsh"], debian: "zsh", elsewhere: "install zsh" },
  { need: "fish", anyOf: ["fish"], debian: "fish", elsewhere: "install fish" },
  { need: "secret-tool", anyOf: ["secret-tool"], debian: "libsecret-tools", elsewhere: "install libsecret (its tools)" },
  { need: "GNOME's keyring", anyOf: ["gnome-keyring-daemon"], debian: "gnome-keyring", elsewhere: "install gnome-keyring" },
  { need: "a session bus", anyOf: ["dbus-daemon"], debian: "dbus", elsewhere: "install dbus" },
];

/**
 * What this machine needs to show the panel.
 * @param {{ display: boolean }} has
 */
export function neededToStart({ display }) {
  const linux = process.platform === "linux" ? [debootstrap, trustedRoots, ...(display ? [] : [virtualDisplay])] : [];
  const engines = process.env.DOCKER_HOST ? [] : [engine]; // the operator's own, wherever it is
  return [...engines, browser, ...linux];
}

/** What the tests run themselves. */
export function neededForUnitTests() {
  return [git, socat, ssh, ...(process.platform === "linux" ? shellsAndKeyring : [])];
}

/** What the tests need that drive an engine or a window. */
export function neededToTest() {
  return [...neededToStart({ display: process.platform !== "linux" }), ...neededForUnitTests(), openssl, sshd, ps];
}

/** @param {Prerequisite} prerequisite */
function isThere({ anyOf }) {
  return anyOf.some((name) => (/[\\/]/.test(name) ? existsSync(name) : whereIs(name) !== undefined));
}

/**
 * Installs what is missing where we know how to, and says what to do where we do not.
 * @param {readonly Prerequisite[]} wanted
 */
export async function ensurePrerequisites(wanted) {
  const missing = wanted.filter((prerequisite) => !isThere(prerequisite));
  if (missing.length === 0) return;
  if (!isDebianLike()) throw new SetupError(instructions(missing));
  await installWithApt(missing);
  const still = missing.filter((prerequisite) => !isThere(prerequisite));
  if (still.length > 0) throw new SetupError(instructions(still));
}

/** @param {readonly Prerequisite[]} missing */
function instructions(missing) {
  return ["this machine lacks:", ...missing.map(({ need, elsewhere }) => `  - ${need}: ${elsewhere}`)].join("\n");
}

function isDebianLike() {
  if (process.platform !== "linux" || whereIs("apt-get") === undefined) return false;
  return existsSync("/etc/debian_version") || /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync("/etc/os-release", "utf8"));
}

/** @param {readonly Prerequisite[]} missing */
async function installWithApt(missing) {
  const packages = [...new Set(missing.map(({ debian }) => debian))];
  const byHand = `apt-get install --no-install-recommends ${packages.join(" ")}`;
  const become = process.getuid?.() === 0 ? [] : ["sudo"];
  if (become.length > 0 && whereIs("sudo") === undefined) throw new SetupError(`as root, run: ${byHand}`);
  console.error(`This machine lacks ${missing.map(({ need }) => need).join(", ")}.\nAbout to install with apt-get: ${packages.join(" ")}`);
  if (!(await agrees("Go ahead?")))
    throw new SetupError(`not installed. To do it yourself, as root: ${byHand}\nOr say --yes (or CI=true).`);
  await apt(become, "update", "-q");
  await apt(become, "install", "-q", "-y", "--no-install-recommends", ...packages);
}

/**
 * @param {readonly string[]} become
 * @param {...string} args
 */
async function apt(become, ...args) {
  const [command = "", ...rest] = [...become, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", ...args];
  const code = await run(command, rest, { stdio: ["inherit", 2, 2] });
  if (code !== 0) throw new SetupError(`apt-get ${args[0]} failed with exit code ${code}; see above`);
}
