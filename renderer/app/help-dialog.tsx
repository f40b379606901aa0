import { Kbd } from "../ui/kbd.tsx";
import { Modal } from "../ui/modal.tsx";
import { isMac, modKey } from "../ui/platform.ts";

const terminalKey = isMac ? "⌘" : "Ctrl+Shift+";

const sections: { title: string; keys: [string, string][] }[] = [
  {
    title: "Everywhere",
    keys: [
      [`${modKey}K`, isMac ? "command palette" : "command palette (Ctrl+Shift+K in a terminal)"],
      ["N", "start an agent"],
      ["G", "inbox"],
      ["[ and ]", "previous and next bottle"],
      ["I", "show or hide the inspector"],
      ["?", "this list"],
    ],
  },
  {
    title: "Terminal",
    keys: [
      ["Ctrl+Shift+L", "leave the terminal"],
      [`${terminalKey}F`, "search"],
      [`${terminalKey}C`, "copy"],
      [`${terminalKey}V`, "paste"],
      [`${modKey}+ − 0`, "larger, smaller, as it was"],
      [isMac ? "⌘ click" : "Ctrl click", "open a link, after a look at it"],
    ],
  },
  {
    title: "Inbox",
    keys: [
      ["J and K", "next and previous; arrows too, in the list"],
      ["Enter and Esc", "into what is open, back to the list"],
      ["A", "approve, or forward a held push"],
      ["E", "edit first"],
      ["R", "reject, or refuse a held push; all that are marked"],
      ["1 to 4", "how long an approval holds"],
      ["W", "also write it to the manifest"],
      [".", "note to the agent"],
      ["S and U", "snooze, and take it back"],
      ["X", "mark; Shift+J and Shift+K mark on, Shift+click up to there"],
      ["/", "filter"],
      ["D", "dismiss a refused push"],
    ],
  },
  {
    title: "Egress",
    keys: [
      ["/", "filter"],
      ["↑ and ↓", "from request to request"],
      ["P", "pause, and go on"],
      ["O", "search older decisions"],
    ],
  },
  {
    title: "Routes and Audit",
    keys: [
      ["/", "filter, or search"],
      ["↑ and ↓", "in the audit log, from entry to entry"],
    ],
  },
  {
    title: "Manifests",
    keys: [
      ["/", "filter"],
      ["B and A", "new bottle, new agent"],
      ["↑ and ↓", "from file to file"],
      [`${modKey}S`, "save"],
      ["Ctrl+Space", "what fits at the cursor"],
      ["F8", "next problem in the source"],
      ["Esc, then Tab", "leave the source"],
    ],
  },
];

/** The keys, all of them. */
export function HelpDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal
      open={open}
      onClose={onClose}
      title="Keyboard shortcuts"
      description="Single keys work while you are not typing; Settings can switch them off."
      width="max-w-2xl"
    >
      <div className="gap-x-8 px-5 pt-3 pb-5 sm:columns-2">
        {sections.map((section) => (
          <section key={section.title} aria-label={section.title} className="break-inside-avoid pb-4">
            <h3 className="heading pb-1">{section.title}</h3>
            <dl>
              {section.keys.map(([keys, what]) => (
                <div key={keys} className="flex items-center gap-3 py-1">
                  <dt className="w-28 shrink-0">
                    <Kbd>{keys}</Kbd>
                    <span className="sr-only">{keys}</span>
                  </dt>
                  <dd className="text-dim">{what}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
