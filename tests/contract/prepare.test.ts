import { beforeAll, describe, expect, it } from "vitest";
import type { LaunchPlan } from "../../main/backends/backend.ts";
import { runInGuest } from "../support/docker/run-in-guest.ts";
import { recordProgress } from "../support/docker/test-plan.ts";
import type { Subject } from "./subjects.ts";
import { subjects } from "./subjects.ts";

describe.each(subjects)("commands around the copying of a provider's files on the backend $name (PRV-1)", (source) => {
  const signal = AbortSignal.timeout(900_000);
  let subject: Subject;
  beforeAll(async () => {
    subject = await source.prepare();
  }, 900_000);

  const shell = (script: string) => ["/bin/sh", "-c", script];
  const plan = (changes: Partial<LaunchPlan>) =>
    subject.plan({
      command: shell("touch ~/agent-was-here; exec sleep 3600"),
      agentEntries: [{ kind: "file", path: `${subject.backend.guest.home}/.tool/config`, mode: 0o640, owner: "guest", content: "ours\n" }],
      ...changes,
    });

  it("run before the files are there, and with them before the agent", async () => {
    const before = shell("test ! -e ~/.tool && mkdir ~/.tool && echo stale > ~/.tool/state");
    const after = shell('test "$(cat ~/.tool/config)" = ours && test "$(id -u)" != 0 && test ! -e ~/agent-was-here');
    const prepared = plan({ preCopy: [{ argv: before, failure: "not clean" }], verify: [{ argv: after, failure: "not prepared" }] });
    try {
      await subject.backend.launch(prepared, recordProgress(), signal);
      const inside = await runInGuest(
        subject.backend,
        prepared.slug,
        "timeout 60 sh -c 'until [ -e ~/agent-was-here ]; do sleep 0.05; done'; stat -c %a-%u ~/.tool/config; cat ~/.tool/state",
      );
      expect(inside.stdout).toMatch(new RegExp(`^640-${subject.backend.guest.uid}\\nstale\\n`));
    } finally {
      await subject.backend.stop(prepared.slug, 0);
    }
  });

  it.each([
    ["preCopy", "the folder is not clean"],
    ["verify", "the login was not accepted"],
  ] as const)("a %s that fails ends the start, says why, and leaves nothing", async (when, failure) => {
    const failing = plan({ [when]: [{ argv: shell("echo 'Not logged in' >&2; exit 3"), failure }] });
    await expect(subject.backend.launch(failing, recordProgress(), signal)).rejects.toMatchObject({
      code: "start-failed",
      message: expect.stringMatching(new RegExp(`^${failure}: .* ended with code 3: Not logged in$`)),
    });
    expect((await subject.backend.remnants(signal)).filter(({ slug }) => slug === failing.slug)).toEqual([]);
  });
});
