import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "@xterm/xterm/css/xterm.css";
import "../ui/theme.css";
import { CSPProvider } from "@base-ui/react/csp-provider";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { followTopics } from "../bridge/live-snapshots.ts";
import { App } from "./app.tsx";
import { Crash } from "./crash.tsx";

/** Snapshots are set by topics; nothing is fetched again by itself. */
const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      retry: false,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
      networkMode: "always",
    },
    mutations: { networkMode: "always" },
  },
});

const container = document.getElementById("root");
if (!container) throw new Error("index.html has no #root");

followTopics(client);
createRoot(container).render(
  <StrictMode>
    <CSPProvider disableStyleElements>
      <QueryClientProvider client={client}>
        <Crash>
          <App />
        </Crash>
      </QueryClientProvider>
    </CSPProvider>
  </StrictMode>,
);
