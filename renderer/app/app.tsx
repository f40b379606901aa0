import { Toast } from "@base-ui/react/toast";
import { lazy, Suspense } from "react";
import { AuditView } from "../audit/audit-view.tsx";
import { BottleView } from "../bottles/bottle-view.tsx";
import { StopDialog } from "../bottles/stop-dialog.tsx";
import { RoutesView } from "../egress/routes-view.tsx";
import { InboxView } from "../inbox/inbox-view.tsx";
import { ManifestView } from "../manifests/manifest-view.tsx";
import { Palette } from "../palette/palette.tsx";
import { RouteDialog } from "../routes/route-dialog.tsx";
import { RulesView } from "../rules/rules-view.tsx";
import { SecretsView } from "../secrets/secrets-view.tsx";
import { SettingsView } from "../settings/settings-view.tsx";
import { useThemeOnDocument } from "../settings/use-theme.ts";
import { StartDialog } from "../start/start-dialog.tsx";
import { HelpDialog } from "./help-dialog.tsx";
import { HomeView } from "./home-view.tsx";
import { LeftRail } from "./left-rail.tsx";
import { useView } from "./location.ts";
import { Notices } from "./notices.tsx";
import { OverlayContext } from "./overlays.tsx";
import { StatusBar } from "./status-bar.tsx";
import { TopBar } from "./top-bar.tsx";
import { useCommands } from "./use-commands.ts";

/** Loaded when it is first looked at, with what only it needs. */
const ManifestsView = lazy(async () => ({ default: (await import("../manifests/manifests-view.tsx")).ManifestsView }));

function MainArea() {
  const view = useView();
  switch (view.name) {
    case "home":
      return <HomeView />;
    case "inbox":
      return <InboxView id={view.id} />;
    case "routes":
      return <RoutesView />;
    case "audit":
      return <AuditView slug={view.slug} />;
    case "manifests":
      return <ManifestsView create={view.create ?? null} workspace={view.workspace ?? null} />;
    case "manifest":
      return <ManifestView view={view} />;
    case "rules":
      return <RulesView />;
    case "secrets":
      return <SecretsView />;
    case "settings":
      return <SettingsView />;
    case "bottle":
      return <BottleView view={view} />;
  }
}

/** The panel: top bar, rail, main area with its inspector, status bar. */
export function App() {
  useThemeOnDocument();
  const commands = useCommands();
  const { overlay, show } = commands;
  const close = () => show({ name: "none" });
  return (
    <OverlayContext value={commands}>
      <Toast.Provider>
        <div className="grid h-full grid-cols-[clamp(12rem,17.5vw,15.5rem)_minmax(0,1fr)_auto] grid-rows-[2.75rem_minmax(0,1fr)_1.625rem] [grid-template-areas:'top_top_top'_'rail_main_inspector'_'status_status_status']">
          <TopBar />
          <LeftRail />
          <Suspense fallback={<main aria-busy="true" className="[grid-area:main]" />}>
            <MainArea />
          </Suspense>
          <StatusBar />
        </div>
        <StartDialog open={overlay.name === "start"} agent={overlay.name === "start" ? overlay.agent : null} onClose={close} />
        <Palette open={overlay.name === "palette"} onClose={close} onRun={commands.run} />
        <RouteDialog editing={overlay.name === "routes" ? overlay : null} onClose={close} />
        <HelpDialog open={overlay.name === "help"} onClose={close} />
        <StopDialog slug={commands.stopping} onClose={commands.endStopping} />
        <Notices />
      </Toast.Provider>
    </OverlayContext>
  );
}
