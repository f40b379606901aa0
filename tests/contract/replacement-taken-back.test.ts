import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Slug } from "#common/domain/names.ts";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { AgentReplacement, ReplacementStep } from "../../main/backends/backend.ts";
import { mainProcess, recordReplacement, replacementOf } from "../support/docker/replacement.ts";
import { runInGuest } from "../support/docker/run-in-guest.ts";
import { recordProgress } from "../support/docker/test-plan.ts";
import type { Subject } from "./subjects.ts";
import { subjects } from "./subjects.ts";

/** Writes a number more each time it is asked: one that was ended and begun again would start over. */
const COUNTING = "mkfifo ~/ask; exec 3<>~/ask; n=0; while read -r _ <&3; do n=$((n+1)); echo $n > ~/answer; done";
const ASK = 'rm -f ~/answer; echo > ~/ask; timeout 30 sh -c "until [ -s ~/answer ]; do sleep 0.02; done"; cat ~/answer';

const refuse = () => Promise.reject(new OperatorError("already-decided", { message: "it was decided by somebody else" }));

type Case = readonly [name: string, instructions: string, changes: Partial<AgentReplacement>, code: string, message: RegExp];
const FAILURES: readonly Case[] = [
  ["a build that fails", "RUN echo no such package >&2; exit 100", {}, "image-missing", /no such package/],
  ["an image without a shell", "USER root\nRUN rm -rf /bin/sh /usr/bin/sh\nUSER node", {}, "image-missing", /could not be built/],
  ["an agent that ends", "ENV A=1", { command: ["bash", "-c", "echo what-it-said; exit 3"] }, "start-failed", /code 3: what-it-said/],
  ["a command that is not there", "ENV A=1", { command: ["/no/such/program"] }, "start-failed", /no\/such\/program|127/],
  ["an approval that ended meanwhile", "ENV A=1", { confirm: refuse }, "already-decided", /decided by somebody else/],
  ["a failed check", "ENV A=1", { verify: [{ argv: ["false"], failure: "it is not logged in" }] }, "start-failed", /it is not logged in/],
  ["another image", "FROM debian", {}, "bad-input", /FROM/],
  ["files of other images", "COPY --from=bot-bottle-sidecars / /", {}, "bad-input", /COPY/],
  ["what the engine itself would fetch", "ADD http://127.0.0.1/ /x", {}, "bad-input", /ADD/],
  ["an instruction that goes on into what follows it", "RUN true \\", {}, "bad-input", /cannot be built/],
  ["labels of another bottle", 'LABEL bot-bottle.slug="other-abcde"', {}, "bad-input", /LABEL/],
];

describe.each(subjects)("an agent that cannot be moved, on the backend $name (SUP-5, BKD-1)", (source) => {
  const signal = AbortSignal.timeout(900_000);
  let subject: Subject;
  let slug: Slug;
  let process: string;
  let things: string[];
  let asked = 0;

  const names = async () =>
    (await subject.backend.remnants(signal))
      .filter((remnant) => remnant.slug === slug)
      .map(({ name }) => name)
      .toSorted();

  beforeAll(async () => {
    subject = await source.prepare();
    const plan = subject.plan({ command: ["bash", "-c", COUNTING] });
    slug = plan.slug;
    await subject.backend.launch(plan, recordProgress(), signal);
    process = await mainProcess(subject.backend, slug);
    things = await names();
  }, 900_000);

  /** The same process in the middle of what it did, and nothing else. */
  afterEach(async () => {
    expect(await mainProcess(subject.backend, slug)).toBe(process);
    asked += 1;
    expect((await runInGuest(subject.backend, slug, ASK)).stdout).toBe(`${asked}\n`);
    const listed = (await subject.backend.list(signal)).filter((bottle) => bottle.slug === slug);
    expect(listed).toMatchObject([{ state: "running", problem: null }]);
    expect(await names()).toEqual(things);
  });

  afterAll(() => subject.backend.stop(slug, 0));

  it.each(FAILURES)("because of %s goes on as it was, and the reason is told", async (_name, instructions, changes, code, message) => {
    const outcome = subject.backend.replaceAgent(replacementOf(slug, instructions, changes), recordReplacement(), signal);
    await expect(outcome).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it.each<ReplacementStep>(["build", "create", "pause", "copy", "start", "ready"])(
    "because it was cancelled at %s goes on as it was",
    async (step) => {
      const cancel = new AbortController();
      const cut = () => cancel.abort(new Error("cancelled by the operator"));
      const progress = recordReplacement((begun) => begun === step && setImmediate(cut));
      const outcome = subject.backend.replaceAgent(replacementOf(slug, `RUN echo ${step} && sleep 1`), progress, cancel.signal);
      await expect(outcome).rejects.toThrow("cancelled by the operator");
    },
  );

  it("because it was cancelled in the middle of a large home's copy goes on as it was", async () => {
    await runInGuest(subject.backend, slug, "truncate -s 4G ~/hole");
    const cancel = new AbortController();
    const progress = recordReplacement((step) => step === "copy" && setTimeout(() => cancel.abort(new Error("enough")), 700));
    await expect(subject.backend.replaceAgent(replacementOf(slug, "ENV A=1"), progress, cancel.signal)).rejects.toThrow("enough");
    await runInGuest(subject.backend, slug, "rm ~/hole");
  });
});
