import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { IpcReply } from "#common/ipc/contract.ts";
import { createTopicBus } from "../../../main/ipc/topic-bus.ts";
import type { Logger } from "../../../main/platform/logger.ts";
import { writeFixtureRenderer } from "../../support/panel/fixture-renderer.ts";
import type { LaunchedWindow } from "../../support/panel/launch-window.ts";
import { launchWindow } from "../../support/panel/launch-window.ts";

declare global {
  var botBottle: {
    call(method: string, input: unknown): Promise<IpcReply>;
    subscribe(topic: string, listener: (payload: unknown) => void): () => void;
  };
  var events: unknown[];
}

let stack: AsyncDisposableStack;
let opened: LaunchedWindow;
let calls: { method: string; input: unknown }[];
let logged: string[];
const bus = createTopicBus();

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  calls = [];
  logged = [];
  const rendererFolder = await mkdtemp(join(tmpdir(), "bot-bottle-renderer-"));
  stack.defer(() => rm(rendererFolder, { recursive: true, force: true }));
  await writeFixtureRenderer(rendererFolder);
  vi.stubEnv("BOT_BOTTLE_CLAUDE_OAUTH_TOKEN", "canary-browser-1");
  vi.stubEnv("SSH_AUTH_SOCK", "/canary-browser-2");
  const logger: Logger = { log: (_level, event) => void logged.push(event) };
  const dispatch = async (method: string, input: unknown): Promise<IpcReply> => {
    calls.push({ method, input });
    if (method === "terminal.open") return { ok: true, value: { terminalId: "t1", snapshot: "" } };
    return { ok: true, value: { echoed: input } };
  };
  opened = stack.use(await launchWindow({ rendererFolder, dispatch, bus, logger }));
  await ready();
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await stack.disposeAsync();
});

/** Playwright's waitForFunction compiles in the page, which its policy forbids. */
function ready(): Promise<void> {
  return opened.page.getByText("ready").waitFor();
}

function notice(text: string): void {
  bus.publish("notice", { tone: "info", text });
}

describe("the bridge", () => {
  test("is there before the page's first script and answers it", () => {
    expect(calls).toEqual([{ method: "app.info", input: {} }]);
  });

  test("moves any JSON value whole", async () => {
    const input = { text: "grün 🧪 \u2028 \0 </script>", big: "x".repeat(2_000_000), deep: [[{ a: null }]] };
    const reply = await opened.page.evaluate((value) => globalThis.botBottle.call("echo", value), input);
    expect(reply).toEqual({ ok: true, value: { echoed: input } });
  });

  test("keeps the order of topics", async () => {
    for (let index = 0; index < 1000; index++) notice(String(index));
    await expect.poll(() => opened.page.evaluate(() => globalThis.events.length)).toBe(1000);
    const events = await opened.page.evaluate(() => globalThis.events as { payload: { text: string } }[]);
    expect(events.map((event) => Number(event.payload.text))).toEqual(Array.from({ length: 1000 }, (_, index) => index));
  });

  test("can be neither replaced nor reached around by a script of the page (SEC-1)", async () => {
    const found = await opened.page.evaluate(() => {
      const before = globalThis.botBottle;
      try {
        globalThis.botBottle = { call: async () => ({ ok: true, value: null }), subscribe: () => () => undefined };
      } catch {
        // Frozen in strict code.
      }
      return { same: globalThis.botBottle === before, binding: typeof (globalThis as Record<string, unknown>).__botBottleSend };
    });
    expect(found).toEqual({ same: true, binding: "undefined" });
  });

  test("is not in a frame, and what calls the binding from one is refused (SEC-1)", async () => {
    const inFrame = await opened.page.evaluate(() => {
      const frame = document.createElement("iframe");
      document.body.append(frame);
      const inner = frame.contentWindow as unknown as Record<string, unknown>;
      const send = inner.__botBottleSend;
      if (typeof send === "function") send(JSON.stringify({ id: 1, method: "bottles.stop", input: {} }));
      return { bridge: typeof inner.botBottle };
    });
    expect(inFrame).toEqual({ bridge: "undefined" });
    await opened.page.evaluate(() => globalThis.botBottle.call("after", {}));
    expect(calls.map((call) => call.method)).toEqual(["app.info", "after"]);
  });
});

describe("the window stays where it belongs (SEC-1)", () => {
  test("inline script does not run, own files do", async () => {
    expect(await opened.page.title()).toBe("fixture");
    expect(await opened.page.evaluate(() => getComputedStyle(document.getElementById("state") as Element).color)).toBe("rgb(1, 2, 3)");
  });

  test.runIf(process.platform === "linux")(
    "none of its processes inherits a credential of the operator's environment (ENV-3)",
    async () => {
      const { processInfo } = (await opened.shell.pipe.send("SystemInfo.getProcessInfo")) as { processInfo: { id: number }[] };
      const environments = await Promise.all(processInfo.map(({ id }) => readFile(`/proc/${id}/environ`, "utf8")));
      expect(environments.length).toBeGreaterThan(1);
      expect(environments.join("\n")).toContain("PATH=");
      expect(environments.join("\n")).not.toContain("canary-browser");
    },
  );

  test("a script put into the page does not run", async () => {
    const refused = await opened.page.evaluate(
      () =>
        new Promise((resolve) => {
          const script = document.createElement("script");
          script.textContent = "globalThis.injected = true";
          document.body.append(script);
          setTimeout(() => resolve((globalThis as Record<string, unknown>).injected === undefined), 0);
        }),
    );
    expect(refused).toBe(true);
  });

  test.each(["https://example.com/", "http://127.0.0.1:1/", "https://app.invalid.example.com/", "file:///etc/passwd", "about:blank"])(
    "navigation to %s leaves the page where it is",
    async (url) => {
      await opened.page.evaluate((target) => {
        location.href = target;
      }, url);
      await ready();
      notice(url);
      await expect.poll(() => opened.page.evaluate(() => JSON.stringify(globalThis.events))).toContain(url);
      expect(opened.page.url()).toBe("https://app.invalid/");
    },
  );

  test("nothing outside can be fetched", async () => {
    const outcome = await opened.page.evaluate(() =>
      fetch("https://example.com/").then(
        () => "fetched",
        () => "refused",
      ),
    );
    expect(outcome).toBe("refused");
  });

  test("no path outside the build is served", async () => {
    const statuses = await opened.page.evaluate(() =>
      Promise.all(["/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/nothing"].map(async (path) => (await fetch(path)).status)),
    );
    expect(statuses).toEqual([404, 404, 404]);
  });

  test("a new window is closed and its opener goes on", async () => {
    await opened.page.evaluate(() => void window.open("https://app.invalid/", "_blank"));
    expect(await opened.page.evaluate(() => globalThis.botBottle.call("still-here", {}))).toMatchObject({ ok: true });
    const pages = async () =>
      ((await opened.shell.pipe.send("Target.getTargets")) as { targetInfos: { type: string }[] }).targetInfos.filter(
        (each) => each.type === "page",
      );
    await expect.poll(async () => (await pages()).length).toBe(1);
  });

  test("permissions are denied without a question", async () => {
    expect(await opened.page.evaluate(() => Notification.requestPermission())).toBe("denied");
    const place = await opened.page.evaluate(
      () =>
        new Promise((resolve) =>
          navigator.geolocation.getCurrentPosition(
            () => resolve("given"),
            () => resolve("denied"),
          ),
        ),
    );
    expect(place).toBe("denied");
  });
});

describe("what happens to the window", () => {
  test("a reload closes its terminals and joins again", async () => {
    await opened.page.evaluate(() => globalThis.botBottle.call("terminal.open", { slug: "demo-aaaaa", cols: 80, rows: 24 }));
    await opened.page.reload();
    await ready();
    expect(calls).toContainEqual({ method: "terminal.close", input: { terminalId: "t1" } });
  });

  test("a window gets bytes of the terminals it opened and of no other", async () => {
    await opened.page.evaluate(() => globalThis.botBottle.call("terminal.open", { slug: "demo-aaaaa", cols: 80, rows: 24 }));
    bus.publish("terminal", { kind: "data", terminalId: "other", data: "secret" });
    bus.publish("terminal", { kind: "data", terminalId: "t1", data: "mine" });
    await expect.poll(() => opened.page.evaluate(() => globalThis.events.length)).toBeGreaterThan(0);
    expect(await opened.page.evaluate(() => globalThis.events)).toEqual([
      { topic: "terminal", payload: { kind: "data", terminalId: "t1", data: "mine" } },
    ]);
  });

  test("a crash of the renderer is recovered from", async () => {
    const crashed = new Promise((resolve) => opened.page.once("crash", resolve));
    await Promise.all([crashed, opened.page.goto("chrome://crash").catch(() => undefined)]);
    await expect.poll(() => calls.filter((call) => call.method === "app.info").length).toBe(2);
    expect(logged).toContain("chromium.renderer-crashed");
  });

  test("closing it ends the shell", async () => {
    // As the window's own button does; the answer need not come any more.
    opened.page.close().catch(() => undefined);
    await opened.shell.closed;
  });
});
