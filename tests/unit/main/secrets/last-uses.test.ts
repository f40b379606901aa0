import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { LastUses } from "../../../../main/secrets/last-uses.ts";

const AT = "2026-11-22T12:00:00.000Z";
const clock = { now: () => new Date(AT) };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "bot-bottle-uses-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the last uses of secrets (ENV-2)", () => {
  it("are recorded by name, with bottle and time, by several processes at once", async () => {
    const path = join(folder, "uses.json");
    await Promise.all([0, 1, 2, 3].map((at) => new LastUses(path, clock).record([`TOKEN_${at}`, "SHARED"], `demo-aaaa${at}`)));
    const uses = await new LastUses(path, clock).read();
    expect([...uses.keys()].sort()).toEqual(["SHARED", "TOKEN_0", "TOKEN_1", "TOKEN_2", "TOKEN_3"]);
    expect(uses.get("TOKEN_2")).toEqual({ name: "TOKEN_2", at: AT, bottle: "demo-aaaa2" });
  });

  it.each(["", "{", "[]", '{"version":9}', '{"version":1,"uses":[{"name":"a b"}]}'])(
    "a file that is not theirs is as none: %j",
    async (text) => {
      const path = join(folder, "uses.json");
      await writeFile(path, text);
      const uses = new LastUses(path, clock);
      expect((await uses.read()).size).toBe(0);
      await uses.record(["A"], "demo-aaaaa");
      expect((await uses.read()).size).toBe(1);
    },
  );
});
