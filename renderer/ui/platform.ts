/** Whether shortcuts use Cmd; everything else uses Ctrl. */
export const isMac = typeof navigator !== "undefined" && /^Mac/.test(navigator.platform);

export const modKey = isMac ? "⌘" : "Ctrl+";
