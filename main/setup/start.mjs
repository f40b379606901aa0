// @ts-check
// `npm start`: makes this machine ready (quickly when it is), then opens the panel in the shell that is to be had (D1).
import { ensureBuilt, programPath } from "./build.mjs";
import { pinnedNode } from "./checkout.mjs";
import { hasDisplay, openVirtualDisplay } from "./display.mjs";
import { electronBinary } from "./electron.mjs";
import { ensureEngine } from "./engine.mjs";
import { ensurePackages } from "./packages.mjs";
import { ensurePrerequisites, neededToStart } from "./prerequisites.mjs";
import { asProgram, run } from "./run.mjs";

await asProgram(async () => {
  const display = hasDisplay();
  await ensurePackages();
  await ensurePrerequisites(neededToStart({ display }));
  await Promise.all([ensureEngine(), ensureBuilt()]);
  const [command, ...args] = await shellCommand();
  if (display) return run(command, args);
  return onVirtualDisplay(command, args);
});

/** @returns {Promise<[string, ...string[]]>} */
async function shellCommand() {
  const passedOn = process.argv.slice(2).filter((argument) => argument !== "--yes");
  const electron = await electronBinary();
  if (electron !== undefined) {
    const asRoot = process.getuid?.() === 0 ? ["--no-sandbox"] : []; // Chromium's sandbox does not start as root
    return [electron, ...asRoot, programPath("electron"), ...passedOn];
  }
  console.error("The Electron binary is not there and cannot be fetched: opening the panel in Chromium.");
  return [pinnedNode, programPath("chromium"), ...passedOn];
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function onVirtualDisplay(command, args) {
  const display = await openVirtualDisplay();
  console.error(`There is no display: using a virtual one (Xvfb, DISPLAY=${display.name}). The panel runs, but nobody sees it.`);
  try {
    return await run(command, args, { env: { ...process.env, DISPLAY: display.name } });
  } finally {
    display.close();
  }
}
