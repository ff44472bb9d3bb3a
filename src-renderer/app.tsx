import { type ReactElement, useEffect } from "react";
import { ApplyDialog } from "./apply/apply-dialog.tsx";
import { useLanguage } from "./messages/language.ts";
import { DropZone } from "./shell/drop-zone.tsx";
import { EmptyState } from "./shell/empty-state.tsx";
import { FolderDialog } from "./shell/folder-dialog.tsx";
import { JobDrawer } from "./shell/job-drawer.tsx";
import { KeySheet } from "./shell/key-sheet.tsx";
import { LostBanner } from "./shell/lost-banner.tsx";
import { Palette } from "./shell/palette.tsx";
import { ProblemScreen } from "./shell/problem-screen.tsx";
import { RedoDialog } from "./shell/redo-dialog.tsx";
import { SettingsDialog } from "./shell/settings-dialog.tsx";
import { SimilarDialog } from "./shell/similar-dialog.tsx";
import { SkippedDialog } from "./shell/skipped-dialog.tsx";
import { UndoDialog } from "./shell/undo-dialog.tsx";
import { Workspace } from "./shell/workspace.tsx";
import { useLibrary, useRoot } from "./state/library-store.ts";
import { useView } from "./state/view-store.ts";
import { Toasts } from "./ui/toasts.tsx";
import { Tooltip } from "./ui/tooltip.tsx";

/** The window: a problem that kept Kiln from starting, an empty library, or the folder that is worked on. */
export function App(): ReactElement | null {
  const language = useLanguage();
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const rootName = useRoot()?.name;
  useEffect(() => {
    document.title = rootName === undefined ? "Kiln" : `${rootName} · Kiln`;
  }, [rootName]);
  const startProblem = useLibrary((state) => state.startProblem);
  const isReady = useLibrary((state) => state.isReady);
  const isHostLost = useLibrary((state) => state.isHostLost);
  const hasRoot = useLibrary((state) => state.rootId !== null);
  if (startProblem !== null) return <ProblemScreen problem={startProblem} />;
  // The library opens in a fraction of a second: a sign of waiting would only flicker.
  if (!isReady && !isHostLost) return null;
  return (
    <DropZone>
      {isHostLost && <LostBanner />}
      {hasRoot ? <Workspace /> : <EmptyState />}
      <Panels />
      <FolderDialog />
      <Toasts />
      <Tooltip />
    </DropZone>
  );
}

/** Dialogs and drawers; at most one is open. */
function Panels(): ReactElement | null {
  const panel = useView((state) => state.panel);
  switch (panel) {
    case null:
      return null;
    case "palette":
      return <Palette />;
    case "settings":
      return <SettingsDialog />;
    case "keys":
      return <KeySheet />;
    case "jobs":
      return <JobDrawer />;
    case "apply":
      return <ApplyDialog />;
    case "similar":
      return <SimilarDialog />;
    case "undo":
      return <UndoDialog />;
    case "redo":
      return <RedoDialog />;
    case "skipped":
      return <SkippedDialog />;
  }
}
