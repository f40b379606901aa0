import { describe, expect, test } from "vitest";
import type { ManifestSource } from "#common/ipc/manifest-methods.ts";
import { CallFailure } from "../../../../../renderer/bridge/bridge.ts";
import type { DraftCalls } from "../../../../../renderer/manifests/editor/draft.ts";
import { ManifestDraft } from "../../../../../renderer/manifests/editor/draft.ts";
import { FakeManifests } from "../../../../support/fake-bridge/fake-manifests.ts";

const SOURCE = '---\n# mine\nsupervise: true\nenv:\n  A: "1" # first\n---\nText.\n';

/** Main in memory; answers wait for `answer` while it is held back. */
function desk(source = SOURCE) {
  const main = new FakeManifests(() => undefined);
  main.writeElsewhere("bottle", "mine", source);
  const handlers = main.handlers as unknown as Record<string, (input: unknown) => unknown>;
  const waiting: (() => void)[] = [];
  const later: (() => void)[] = [];
  const asked: string[] = [];
  let held = false;
  const call = async (method: string, input: unknown): Promise<unknown> => {
    asked.push(method);
    if (held) await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await handlers[method]?.(input);
    } catch (error) {
      const { code, message } = error as { code: string; message: string };
      throw new CallFailure({ code, message, hint: null });
    }
  };
  const calls: DraftCalls = {
    call: call as DraftCalls["call"],
    later: (_ms, run) => {
      later.push(run);
      return () => void later.splice(later.indexOf(run), 1);
    },
  };
  const opened = handlers["manifests.read"]?.({ kind: "bottle", name: "mine", workspace: null }) as ManifestSource;
  return {
    main,
    asked,
    opened,
    calls,
    draft: new ManifestDraft(opened, calls),
    hold: () => {
      held = true;
    },
    release: () => {
      held = false;
      for (const answer of waiting.splice(0)) answer();
    },
    pause: () => {
      for (const run of later.splice(0)) run();
    },
  };
}

describe("MAN-9: a draft of one file", () => {
  test("a change of the form shows at once, is written into the text, and leaves the comments", async () => {
    const { draft } = desk();
    await expect.poll(() => draft.state.readable).toBe(true);
    draft.change({ path: ["env", "A"], value: "2" });
    expect(draft.state.frontmatter).toMatchObject({ env: { A: "2" } });
    expect(draft.state.source, "not written yet").toBe(SOURCE);
    await expect.poll(() => draft.state.source).toBe(SOURCE.replace('"1"', '"2"'));
    await expect.poll(() => draft.state.frontmatter).toEqual({ supervise: true, env: { A: "2" } });
    expect(draft.dirty).toBe(true);
  });

  test("what is typed while the form's change is on its way is not lost, and neither is the change", async () => {
    const { draft, hold, release } = desk();
    await expect.poll(() => draft.state.readable).toBe(true);
    hold();
    draft.change({ path: ["supervise"], value: false });
    draft.change({ path: ["env", "B"], value: "new" });
    draft.type(SOURCE.replace("# mine", "# ours"));
    expect(draft.state.frontmatter).toMatchObject({ supervise: false, env: { B: "new" } });
    release();
    await expect.poll(() => draft.state.source).toContain("supervise: false");
    expect(draft.state.source).toContain("# ours");
    expect(draft.state.source).toContain("B: new");
  });

  test("a body of its own is written below", async () => {
    const { draft } = desk();
    await expect.poll(() => draft.state.body).toBe("Text.");
    draft.changeBody("Other text.\n");
    expect(draft.state.body).toBe("Other text.\n");
    await expect.poll(() => draft.state.source).toMatch(/---\n+Other text\.\n$/);
  });

  test("a text that cannot be read leaves the form as it was, and says so", async () => {
    const { draft, pause } = desk();
    await expect.poll(() => draft.state.readable).toBe(true);
    draft.type("---\nenv: [\n---\n");
    await expect.poll(() => draft.state.readable).toBe(false);
    expect(draft.state.frontmatter).toMatchObject({ env: { A: "1" } });
    pause();
    await expect.poll(() => draft.state.check?.problems[0]?.severity).toBe("error");
    draft.type(SOURCE);
    await expect.poll(() => draft.state.readable).toBe(true);
  });

  test("typing is checked after a pause, and an answer about an older text is dropped", async () => {
    const { draft, asked, hold, pause, release } = desk();
    await expect.poll(() => draft.state.checkedSource).toBe(SOURCE);
    const checks = () => asked.filter((method) => method === "manifests.check").length;
    const before = checks();
    for (const word of ["a", "b", "c"]) draft.type(`${SOURCE}${word}`);
    expect(checks(), "not at every key").toBe(before);
    hold();
    pause();
    expect(checks()).toBe(before + 1);
    draft.type(`${SOURCE}newer`);
    release();
    await expect.poll(() => draft.state.body).toContain("newer");
    expect(draft.state.checkedSource).toBe(SOURCE);
  });

  test("is saved against what was read; then it is clean", async () => {
    const { draft, main } = desk();
    draft.type(`${SOURCE}More.\n`);
    expect(await draft.save()).toBe(true);
    expect(draft.dirty).toBe(false);
    expect(main.shelf.find("bottle", "mine", null)?.source).toBe(`${SOURCE}More.\n`);
  });

  test("a file that changed elsewhere is taken over while nothing is typed", async () => {
    const { draft, main } = desk();
    main.writeElsewhere("bottle", "mine", `${SOURCE}Theirs.\n`);
    draft.filesChanged();
    await expect.poll(() => draft.state.source).toBe(`${SOURCE}Theirs.\n`);
    expect(draft.dirty).toBe(false);
  });

  test("and is a conflict otherwise, also when only saving finds it; nothing is overwritten until it is decided", async () => {
    const { draft, main } = desk();
    draft.type(`${SOURCE}Mine.\n`);
    main.writeElsewhere("bottle", "mine", `${SOURCE}Theirs.\n`);
    expect(await draft.save()).toBe(false);
    expect(draft.state.conflict?.source).toBe(`${SOURCE}Theirs.\n`);
    expect(draft.state.source).toBe(`${SOURCE}Mine.\n`);
    expect(main.shelf.find("bottle", "mine", null)?.source).toBe(`${SOURCE}Theirs.\n`);
    draft.keepMine();
    expect(draft.state.conflict).toBeNull();
    expect(await draft.save()).toBe(true);
    expect(main.shelf.find("bottle", "mine", null)?.source).toBe(`${SOURCE}Mine.\n`);
  });

  test("theirs can be taken, also by discarding one's own", async () => {
    const { draft, main } = desk();
    draft.type(`${SOURCE}Mine.\n`);
    main.writeElsewhere("bottle", "mine", `${SOURCE}Theirs.\n`);
    draft.filesChanged();
    await expect.poll(() => draft.state.conflict).not.toBeNull();
    draft.discard();
    expect(draft.state).toMatchObject({ source: `${SOURCE}Theirs.\n`, conflict: null });
    expect(draft.dirty).toBe(false);
  });

  test("two who wrote the same do not disagree", async () => {
    const { draft, main } = desk();
    draft.type(`${SOURCE}Same.\n`);
    main.writeElsewhere("bottle", "mine", `${SOURCE}Same.\n`);
    draft.filesChanged();
    await expect.poll(() => draft.dirty).toBe(false);
    expect(draft.state.conflict).toBeNull();
  });

  test("what was typed before the window went away is there again; if the file changed meanwhile, as a conflict", () => {
    const { opened, calls } = desk();
    const resumed = new ManifestDraft(opened, calls, { source: `${SOURCE}Typed.\n`, digest: opened.digest });
    expect(resumed.state).toMatchObject({ source: `${SOURCE}Typed.\n`, conflict: null });
    expect(resumed.dirty).toBe(true);
    const late = new ManifestDraft(opened, calls, { source: `${SOURCE}Typed.\n`, digest: "older" });
    expect(late.state.conflict).toEqual(opened);
    expect(new ManifestDraft({ ...opened, writable: false }, calls, { source: "x", digest: "" }).state.source).toBe(SOURCE);
  });

  test("a deleted file is missed, and saving writes it again", async () => {
    const { draft, main } = desk();
    main.shelf.remove("bottle", "mine");
    draft.filesChanged();
    await expect.poll(() => draft.state.gone).toBe(true);
    expect(draft.dirty).toBe(true);
    expect(await draft.save()).toBe(true);
    expect(main.shelf.find("bottle", "mine", null)?.source).toBe(SOURCE);
    expect(draft.state.gone).toBe(false);
    main.shelf.remove("bottle", "mine");
    draft.filesChanged();
    await expect.poll(() => draft.state.gone).toBe(true);
    draft.discard();
    expect(draft.dirty, "the operator lets it go").toBe(false);
  });
});
