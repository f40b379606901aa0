import { contextBridge, ipcRenderer } from "electron";
import type { Bridge } from "#common/ipc/bridge.ts";
import { BRIDGE_GLOBAL } from "#common/ipc/bridge.ts";
import type { IpcReply } from "#common/ipc/contract.ts";
import { CALL_CHANNEL, TOPIC_CHANNEL } from "#common/ipc/electron-channels.ts";

// Moves messages and knows no domain: both ends parse them. Nothing of Electron is handed to the page (SEC-1).
const bridge: Bridge = {
  call: (method, input) => ipcRenderer.invoke(CALL_CHANNEL, String(method), input) as Promise<IpcReply>,
  subscribe: (topic, listener) => {
    const onTopic = (_event: unknown, published: string, payload: unknown) => {
      if (published === topic) listener(payload);
    };
    ipcRenderer.on(TOPIC_CHANNEL, onTopic);
    return () => void ipcRenderer.removeListener(TOPIC_CHANNEL, onTopic);
  },
};

contextBridge.exposeInMainWorld(BRIDGE_GLOBAL, bridge);
