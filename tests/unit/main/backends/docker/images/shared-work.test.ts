import { describe, expect, it } from "vitest";
import { SharedWork } from "../../../../../../main/backends/docker/images/shared-work.ts";

const never = new AbortController().signal;
const silent = () => {};

describe("work that several callers share", () => {
  it("is done once, and tells every caller how it goes", async () => {
    const shared = new SharedWork<number>();
    const go = Promise.withResolvers<void>();
    const told: string[] = [];
    let runs = 0;
    const work = async (detail: (text: string) => void) => {
      runs += 1;
      await go.promise;
      detail("half");
      return runs;
    };
    const both = ["a", "b"].map((name) => shared.run("image", (text) => void told.push(`${name}:${text}`), never, work));
    go.resolve();
    expect(await Promise.all(both)).toEqual([1, 1]);
    expect(told).toEqual(["a:half", "b:half"]);
  });

  it("is kept apart by its key, and done anew once it has ended", async () => {
    const shared = new SharedWork<string>();
    expect(await Promise.all(["a", "b"].map((key) => shared.run(key, silent, never, async () => key)))).toEqual(["a", "b"]);
    expect(await shared.run("a", silent, never, async () => "again")).toBe("again");
  });

  it("goes on for the others when one caller gives up", async () => {
    const shared = new SharedWork<string>();
    const go = Promise.withResolvers<string>();
    const impatient = new AbortController();
    const first = shared.run("image", silent, impatient.signal, () => go.promise);
    const second = shared.run("image", silent, never, () => go.promise);
    impatient.abort(new Error("cancelled"));
    await expect(first).rejects.toThrow("cancelled");
    go.resolve("built");
    expect(await second).toBe("built");
  });

  it("is abandoned when the last caller gives up, and begun anew for the next", async () => {
    const shared = new SharedWork<string>();
    const caller = new AbortController();
    const abandoned = Promise.withResolvers<void>();
    const result = shared.run("image", silent, caller.signal, (_detail, signal) => {
      signal.addEventListener("abort", () => abandoned.resolve());
      return new Promise(() => {});
    });
    caller.abort(new Error("cancelled"));
    await expect(result).rejects.toThrow("cancelled");
    await abandoned.promise;
    expect(await shared.run("image", silent, never, async () => "built")).toBe("built");
  });

  it("fails for all who wait, and can be tried again", async () => {
    const shared = new SharedWork<string>();
    const failing = async () => Promise.reject(new Error("no space left"));
    const outcomes = await Promise.allSettled([1, 2].map(() => shared.run("image", silent, never, failing)));
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(await shared.run("image", silent, never, async () => "built")).toBe("built");
  });

  it("does not begin for a caller that has given up already", async () => {
    const shared = new SharedWork<string>();
    const run = shared.run("image", silent, AbortSignal.abort(new Error("too late")), async () => "built");
    await expect(run).rejects.toThrow("too late");
  });
});
