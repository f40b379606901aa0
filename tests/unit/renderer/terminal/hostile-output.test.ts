import headless from "@xterm/headless";
import { expect, test } from "vitest";
import { neutralise } from "../../../../renderer/terminal/hostile-output.ts";

function terminal() {
  const screen = new headless.Terminal({ cols: 40, rows: 4, allowProposedApi: true });
  const sent: string[] = [];
  const titles: string[] = [];
  screen.onData((data) => sent.push(data));
  screen.onTitleChange((title) => titles.push(title));
  neutralise(screen as unknown as Parameters<typeof neutralise>[0]);
  const write = (text: string) => new Promise<void>((resolve) => screen.write(text, resolve));
  return { screen, sent, titles, write };
}

test.each([
  ["device attributes", "\x1b[c\x1b[>c\x1b[=c"],
  ["cursor position and status", "\x1b[6n\x1b[5n\x1b[?6n"],
  ["mode requests", "\x1b[?25$p\x1b[4$p"],
  ["settings requests", "\x1bP$qm\x1b\\"],
  ["colour questions", "\x1b]10;?\x07\x1b]11;?\x07\x1b]4;1;?\x07"],
  ["window reports", "\x1b[18t\x1b[21t"],
])("TRM-4: a window never answers %s: the terminal host does", async (_name, query) => {
  const { sent, write } = terminal();
  await write(query);
  expect(sent).toEqual([]);
});

test("TRM-4: titles, clipboard and notifications go nowhere, the text around them stays", async () => {
  const { screen, titles, write } = terminal();
  await write("a\x1b]0;not yours\x07b\x1b]52;c;aGVsbG8=\x07c\x1b]777;notify;x;y\x07d");
  expect(titles).toEqual([]);
  expect(screen.buffer.active.getLine(0)?.translateToString(true)).toBe("abcd");
});
