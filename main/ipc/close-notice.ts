import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const PanelState = z.object({ closeNoticeShown: z.boolean() });

export const CLOSE_NOTICE =
  "The panel is closed; its bottles keep running. Open it again to see them, or end one with `bot-bottle stop <slug>`.";

/** Remembers that the operator was told once that closing the window stops no bottle. */
export interface CloseNotice {
  wasShown(): Promise<boolean>;
  markShown(): Promise<void>;
}

export function closeNotice(stateFolder: string): CloseNotice {
  const file = join(stateFolder, "panel.json");
  return {
    async wasShown() {
      try {
        return PanelState.parse(JSON.parse(await readFile(file, "utf8"))).closeNoticeShown;
      } catch {
        // Never written or unreadable: telling twice does no harm.
        return false;
      }
    },
    async markShown() {
      await mkdir(stateFolder, { recursive: true, mode: 0o700 });
      await writeFile(file, `${JSON.stringify({ closeNoticeShown: true })}\n`, { mode: 0o600 });
    },
  };
}
