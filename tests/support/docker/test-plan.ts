import { randomInt } from "node:crypto";
import type { Slug } from "#common/domain/names.ts";
import { BUNDLE_STATE_DIR } from "#common/wire/ports.ts";
import type { GuestEntry, ImageSpec, LaunchPlan, Progress } from "../../../main/backends/backend.ts";

const LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789";

export function testSlug(prefix: string): Slug {
  return `${prefix}-${Array.from({ length: 5 }, () => LETTERS[randomInt(LETTERS.length)]).join("")}`;
}

/** Stands for the bottle's own CA: what matters here is that it is found again. */
export const TEST_CA = "-----BEGIN CERTIFICATE-----\nYm90LWJvdHRsZSB0ZXN0\n-----END CERTIFICATE-----\n";

export function testPlan(images: { agent: ImageSpec; bundle: ImageSpec }, changes: Partial<LaunchPlan> = {}): LaunchPlan {
  return {
    slug: testSlug("contract"),
    agentImage: images.agent,
    bundleImage: images.bundle,
    command: ["bash", "-l"],
    env: { HTTPS_PROXY: "http://egress:9099", GREETING: "hello" },
    workdir: "/home/node",
    limits: { memoryBytes: 512 * 1024 * 1024, cpus: 1, pids: 128 },
    agentEntries: [],
    workspace: null,
    caCertificate: TEST_CA,
    bundleEntries: (listenHost) => [
      bundleFile("config.json", JSON.stringify({ listenHost })),
      bundleFile("ca.pem", TEST_CA),
      bundleFile("ca-key.pem", "key\n"),
    ],
    labels: { "bot-bottle.agent": "contract", "bot-bottle.bottle": "contract" },
    ...changes,
  };
}

function bundleFile(name: string, content: string): GuestEntry {
  return { kind: "file", path: `${BUNDLE_STATE_DIR}/${name}`, mode: 0o600, owner: "guest", content };
}

export interface RecordedProgress extends Progress {
  readonly begun: string[];
  readonly finished: string[];
  readonly details: string[];
}

export function recordProgress(onBegin: (step: string) => void = () => {}): RecordedProgress {
  const begun: string[] = [];
  const finished: string[] = [];
  const details: string[] = [];
  return {
    begun,
    finished,
    details,
    begin(step) {
      begun.push(step);
      onBegin(step);
    },
    detail: (text) => void details.push(text),
    done: (step) => void finished.push(step),
  };
}
