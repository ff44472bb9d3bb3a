import type { ReactElement } from "react";
import { CompareView } from "../compare/compare-view.tsx";
import { Filmstrip } from "../filmstrip/filmstrip.tsx";
import { GridView } from "../grid/grid-view.tsx";
import { LoupeView } from "../loupe/loupe-view.tsx";
import { useMessages } from "../messages/language.ts";
import { InfoPanel } from "../panels/info-panel.tsx";
import { useItems } from "../state/items.ts";
import { useLibrary, useRoot } from "../state/library-store.ts";
import { useFirstPlace, useKeepPlace } from "../state/navigation.ts";
import { useView } from "../state/view-store.ts";
import { SurveyView } from "../survey/survey-view.tsx";
import { UpscaleView } from "../upscale/upscale-view.tsx";
import { FilterBar } from "./filter-bar.tsx";
import { NoPhotos } from "./no-photos.tsx";
import { PhotoMenu } from "./photo-menu.tsx";
import { StatusBar } from "./status-bar.tsx";
import { TopBar } from "./top-bar.tsx";
import css from "./window.module.css";

/**
 * The folder that is worked on. The view stands last in the page, since Tab hides panels there: Shift+Tab leads from it
 * to everything else.
 */
export function Workspace(): ReactElement {
  const messages = useMessages();
  const mode = useView((state) => state.mode);
  const showFilters = useView((state) => state.showFilters);
  const showFilmstrip = useLibrary((state) => state.preferences.showFilmstrip);
  const showPanels = useLibrary((state) => state.preferences.showPanels);
  const root = useRoot();
  useFirstPlace();
  useKeepPlace();
  const isEmpty = useItems().length === 0;
  // Results and looks are there whether or not a filter lets a photo through, and take all the room.
  const isUpscaling = mode === "upscale";
  return (
    <div className={css.workspace}>
      <TopBar />
      {showFilters && !isUpscaling && <FilterBar />}
      <StatusBar />
      {showPanels && !isEmpty && !isUpscaling && (
        <aside className={css.panel} aria-label={messages.details}>
          <InfoPanel />
        </aside>
      )}
      {showFilmstrip && !isEmpty && mode === "loupe" && (
        <section className={css.filmstrip} aria-label={messages.filmstrip}>
          <Filmstrip />
        </section>
      )}
      <main className={css.view}>
        {isUpscaling ? (
          <View />
        ) : (
          <PhotoMenu>{isEmpty ? <NoPhotos root={root} /> : <View />}</PhotoMenu>
        )}
      </main>
    </div>
  );
}

function View(): ReactElement {
  const mode = useView((state) => state.mode);
  switch (mode) {
    case "grid":
      return <GridView />;
    case "loupe":
      return <LoupeView />;
    case "compare":
      return <CompareView />;
    case "survey":
      return <SurveyView />;
    case "upscale":
      return <UpscaleView />;
  }
}
