import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** A renderer of two files, for what a shell must do whatever it shows. */
export async function writeFixtureRenderer(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, "index.html"),
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>fixture</title><link rel="stylesheet" href="/page.css"></head>
<body><h1 id="state">starting</h1><script>document.title = "inline ran";</script><script type="module" src="/page.js"></script></body></html>`,
  );
  await writeFile(join(folder, "page.css"), "h1 { color: rgb(1, 2, 3); }");
  await writeFile(
    join(folder, "page.js"),
    `globalThis.events = [];
for (const topic of ["notice", "terminal"]) globalThis.botBottle.subscribe(topic, (payload) => globalThis.events.push({ topic, payload }));
const reply = await globalThis.botBottle.call("app.info", {});
document.getElementById("state").textContent = reply.ok ? "ready" : reply.failure.code;
`,
  );
}
