/** Channels between Electron's main process and its preload. */
export const CALL_CHANNEL = "bot-bottle:call";
export const TOPIC_CHANNEL = "bot-bottle:topic";
