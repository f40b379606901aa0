import { describe, expect, test } from "vitest";
import { OperatorError } from "#common/domain/operator-error.ts";
import type { AppHandlers, ShellHandlers } from "../../../../main/ipc/handlers.ts";
import { createRouter } from "../../../../main/ipc/router.ts";
import { createTopicBus } from "../../../../main/ipc/topic-bus.ts";
import { createWindowGateway } from "../../../../main/ipc/window-gateway.ts";

const logged: string[] = [];
const logger = { log: (_level: string, event: string, fields?: unknown) => void logged.push(`${event} ${JSON.stringify(fields)}`) };

function router(handlers: Partial<AppHandlers & ShellHandlers>) {
  return createRouter(handlers as AppHandlers & ShellHandlers, logger);
}

describe("a call of a window (SEC-1)", () => {
  test.each(["bottles.explode", "__proto__", "constructor", "toString", ""])("is refused where the contract has no %j", async (method) => {
    expect(await router({})(method, {})).toMatchObject({ ok: false, failure: { code: "unknown-method" } });
  });

  test.each([
    ["bottles.stop", { slug: "../../x" }],
    ["bottles.stop", { slug: "demo-abcde", force: true }],
    ["bottles.stop", null],
    ["link.open", { url: "javascript:alert(1)" }],
    ["terminal.write", { terminalId: "t", data: "x".repeat(1024 * 1024 + 1) }],
  ])("%s is refused before the use-case sees a wrong input", async (method, input) => {
    const touched = () => Promise.reject(new Error("reached"));
    const reply = await router({ "bottles.stop": touched, "link.open": touched, "terminal.write": touched })(method, input);
    expect(reply).toMatchObject({ ok: false, failure: { code: "bad-input" } });
  });

  test("an operator's error keeps code and hint", async () => {
    const stop = async () => {
      throw new OperatorError("not-found", { message: "No bottle.", hint: "Start one." });
    };
    expect(await router({ "bottles.stop": stop })("bottles.stop", { slug: "demo-abcde" })).toEqual({
      ok: false,
      failure: { code: "not-found", message: "No bottle.", hint: "Start one." },
    });
  });

  test("a bug is logged and told to the window without detail", async () => {
    const stop = async () => {
      throw new Error("secret detail");
    };
    const reply = await router({ "bottles.stop": stop })("bottles.stop", { slug: "demo-abcde" });
    expect(reply).toMatchObject({ ok: false, failure: { code: "internal" } });
    expect(JSON.stringify(reply)).not.toContain("secret detail");
    expect(logged.join()).toContain("secret detail");
  });

  test("an answer of a wrong shape does not leave", async () => {
    const leak = (async () => ({ slug: "demo-abcde", token: "canary" })) as unknown as AppHandlers["bottles.start"];
    const reply = await router({ "bottles.start": leak })("bottles.start", { agent: "demo", workspace: null });
    expect(reply).toMatchObject({ ok: false, failure: { code: "internal" } });
    expect(JSON.stringify(reply)).not.toContain("canary");
  });
});

describe("topics", () => {
  test("of a wrong shape reach no window (SEC-1)", () => {
    const bus = createTopicBus();
    const seen: unknown[] = [];
    using gateway = createWindowGateway({ dispatch: router({}), bus, logger });
    gateway.connect((topic, payload) => seen.push({ topic, payload }));
    bus.publish("notice", { tone: "info", text: "hello" });
    bus.publish("notice", { tone: "info", text: "leak", token: "canary" } as never);
    expect(seen).toEqual([{ topic: "notice", payload: { tone: "info", text: "hello" } }]);
  });

  test("stop with the window, and its terminals are closed", async () => {
    const bus = createTopicBus();
    const closed: string[] = [];
    const dispatch = router({
      "terminal.open": async () => ({ terminalId: "t1", snapshot: "" }),
      "terminal.close": async ({ terminalId }) => {
        closed.push(terminalId);
        return {};
      },
    });
    using gateway = createWindowGateway({ dispatch, bus, logger });
    const seen: unknown[] = [];
    const window = gateway.connect((_topic, payload) => seen.push(payload));
    await window.call("terminal.open", { slug: "demo-abcde", cols: 80, rows: 24 });
    window.close();
    bus.publish("notice", { tone: "info", text: "late" });
    expect(seen).toEqual([]);
    expect(closed).toEqual(["t1"]);
  });
});
