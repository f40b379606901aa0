import type { Browser, JSHandle, Locator, Page } from "playwright-core";
import type { FakeMain } from "./fake-main.ts";
import type { PanelOptions } from "./fake-panel.ts";
import { openPanel } from "./fake-panel.ts";

export interface DrivenPanel extends AsyncDisposable {
  readonly page: Page;
  /** The fake main in the page. */
  readonly main: JSHandle<FakeMain>;
  /** What the window asked of main, by method. */
  calls(method: string): Promise<Record<string, unknown>[]>;
  /** The inbox' row that holds these words. */
  row(words: RegExp | string): Locator;
  press(...keys: string[]): Promise<void>;
}

/** A page of the panel on the fake, closed with the block that holds it. */
export async function drivePanel(browser: Browser, options: PanelOptions): Promise<DrivenPanel> {
  const { page } = await openPanel(browser, options);
  page.setDefaultTimeout(15_000);
  const main = await page.evaluateHandle(() => (window as unknown as { fakeMain: FakeMain }).fakeMain);
  return {
    page,
    main,
    calls: (method) =>
      main.evaluate(
        ({ calls }, name) => calls.filter((call) => call.method === name).map((call) => call.input as Record<string, unknown>),
        method,
      ),
    row: (words) => page.getByRole("listbox", { name: "Inbox" }).getByRole("option", { name: words }),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.press(key);
    },
    [Symbol.asyncDispose]: () => page.context().close(),
  };
}
