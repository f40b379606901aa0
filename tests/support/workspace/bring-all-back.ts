// A client of its own that brings everything back: `node bring-all-back.ts HOME SLUG`; tests end it in the middle.
import { homePaths } from "../../../main/platform/home.ts";
import { bringBackOn, dockerForTests } from "./copied-bottle.ts";

const [root = "", slug = ""] = process.argv.slice(2);
const signal = AbortSignal.timeout(120_000);
const bringBack = bringBackOn(dockerForTests(root), homePaths({ BOT_BOTTLE_HOME: root }));
const { digest, changes } = await bringBack.changes(slug, () => undefined, signal);
await bringBack.apply(slug, { digest, paths: changes.map(({ path }) => path), overwrite: [] }, signal);
