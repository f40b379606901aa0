import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Bridge } from "#common/ipc/bridge.ts";
import { IpcReply, methods } from "#common/ipc/contract.ts";
import type { Panel } from "../support/panel/launch-panel.ts";
import { launchPanel } from "../support/panel/launch-panel.ts";

let home: string;
let panel: Panel;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "bot-bottle-smoke-"));
  panel = await launchPanel({ home });
});

afterAll(async () => {
  await panel?.close();
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

async function call(method: string, input: unknown): Promise<IpcReply> {
  const reply = await panel.page.evaluate(
    ([name, value]) => (globalThis as unknown as { botBottle: Bridge }).botBottle.call(name as string, value),
    [method, input],
  );
  return IpcReply.parse(reply);
}

describe("the panel's window", () => {
  test("opens with the panel in it", async () => {
    await expect.poll(() => panel.page.locator("body").innerText()).not.toBe("");
    await panel.page.screenshot({ path: join("test-artifacts", "e2e", "smoke.png") });
  });

  test("reaches the product through the bridge", async () => {
    const reply = await call("app.info", {});
    expect(reply.ok && methods["app.info"].output.parse(reply.value)).toMatchObject({ shell: "chromium", home });
  });

  test("is refused what the contract does not name or allow (SEC-1)", async () => {
    expect(await call("bottles.explode", {})).toMatchObject({ ok: false, failure: { code: "unknown-method" } });
    expect(await call("__proto__", {})).toMatchObject({ ok: false, failure: { code: "unknown-method" } });
    expect(await call("bottles.stop", { slug: "../../etc" })).toMatchObject({ ok: false, failure: { code: "bad-input" } });
    expect(await call("app.info", { extra: 1 })).toMatchObject({ ok: false, failure: { code: "bad-input" } });
    expect(await call("link.open", { url: "file:///etc/passwd" })).toMatchObject({ ok: false, failure: { code: "bad-input" } });
  });

  test("goes nowhere else (SEC-1)", async () => {
    await panel.page.evaluate(() => {
      location.href = "https://example.com/";
    });
    expect(await call("app.info", {})).toMatchObject({ ok: true });
    expect(new URL(panel.page.url()).origin).toBe("https://app.invalid");
  });

  test("runs no script but its own (SEC-1)", async () => {
    const policy = await panel.page.evaluate(async () => (await fetch("/")).headers.get("content-security-policy"));
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    const ran = await panel.page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "globalThis.injected = true";
      document.body.append(script);
      return "injected" in globalThis;
    });
    expect(ran).toBe(false);
  });
});
