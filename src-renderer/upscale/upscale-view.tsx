import { type ReactElement, useEffect, useMemo } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { provide, runCommand } from "../commands/registry.ts";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import {
  type Batch,
  chooseBatch,
  leaveRoom,
  photosOf,
  type RoomTab,
  useUpscaleRoom,
} from "../state/upscale-room.ts";
import { useUpscales } from "../state/upscales.ts";
import { setMode } from "../state/view-store.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { MenuButton, MenuChoice } from "../ui/menu.tsx";
import { useFocus } from "../ui/use-focus.ts";
import { MakeTab } from "./make-tab.tsx";
import { ResultList } from "./result-list.tsx";
import { ResultView } from "./result-view.tsx";
import css from "./room.module.css";
import { startUpscale } from "./settings.ts";

/** The upscale room: photos are made larger here, and results are looked at. */
export function UpscaleView(): ReactElement {
  const resultId = useUpscaleRoom((state) => state.resultId);
  const row = useUpscales(({ rows }) => (resultId === null ? undefined : rows.get(resultId)));
  useEffect(() => provide("back", leaveRoom), []);
  return row?.status === "completed" ? <ResultView row={row} /> : <Room />;
}

function Room(): ReactElement {
  const messages = useMessages();
  const element = useFocus<HTMLElement>();
  const tab = useUpscaleRoom((state) => state.tab);
  const batch = useUpscaleRoom((state) => state.batch);
  const photos = useLibrary((state) => state.photos);
  const chosen = useMemo(() => photosOf(batch, photos), [batch, photos]);
  useStartKey(chosen, tab === "make");
  const results = useUpscales((state) => state.rows.size);
  // What had the focus went with its tab or its row: the next key is still meant for the room.
  // biome-ignore lint/correctness/useExhaustiveDependencies: they say when that may be
  useEffect(() => {
    if (document.activeElement === document.body) element.current?.focus();
  }, [tab, results, element]);
  return (
    <section
      ref={element}
      className={css.room}
      aria-label={messages.upscale.room}
      tabIndex={-1}
      data-keys="room"
    >
      <header className={css.head}>
        <IconButton icon="left" label={messages.back} shortcut="Esc" onClick={leaveRoom} />
        <Tabs tab={tab} />
        {tab === "make" && <BatchMenu batch={batch} />}
      </header>
      {tab === "results" ? (
        <ResultList />
      ) : chosen.length === 0 ? (
        <Nothing batch={batch} />
      ) : (
        <MakeTab photos={chosen} />
      )}
    </section>
  );
}

/** Where picks would be applied, here the work is begun; wherever in the window the focus is. */
function useStartKey(photos: readonly PhotoRow[], isMaking: boolean): void {
  useEffect(() => {
    if (!isMaking) return;
    const hear = (event: KeyboardEvent): void => {
      if (event.code !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
      if (document.querySelector("dialog[open]") !== null) return;
      event.preventDefault();
      void startUpscale(photos);
    };
    // Before the commands of the window hear it.
    window.addEventListener("keydown", hear, { capture: true });
    return () => window.removeEventListener("keydown", hear, { capture: true });
  }, [photos, isMaking]);
}

function Tabs({ tab }: { readonly tab: RoomTab }): ReactElement {
  const messages = useMessages();
  const results = useUpscales((state) => state.rows.size);
  const names: Record<RoomTab, string> = {
    make: messages.upscale.tabMake,
    results: messages.upscale.tabResults(results),
  };
  return (
    <nav className={css.tabs} aria-label={messages.upscale.room}>
      {(["make", "results"] as const).map((each) => (
        <button
          key={each}
          type="button"
          className={css.tab}
          aria-pressed={tab === each}
          onClick={() => useUpscaleRoom.setState({ tab: each })}
        >
          {names[each]}
        </button>
      ))}
    </nav>
  );
}

/** Which photos this is about. */
function BatchMenu({ batch }: { readonly batch: Batch }): ReactElement {
  const messages = useMessages();
  const photos = useLibrary((state) => state.photos);
  const count = (of: Batch): number => photosOf(of, photos).length;
  const nameOf = (of: Batch): string => {
    const { batchSelected, batchPicks, batchAll } = messages.upscale;
    return { photos: batchSelected, picks: batchPicks, all: batchAll }[of.kind](count(of));
  };
  const choices: readonly Batch[] = [
    ...(batch.kind === "photos" ? [batch] : []),
    { kind: "picks" },
    { kind: "all" },
  ];
  return (
    <MenuButton label={messages.upscale.whichPhotos} icon="stack" text={nameOf(batch)}>
      {() =>
        choices.map((each) => (
          <MenuChoice
            key={each.kind}
            isChecked={each.kind === batch.kind}
            onChoose={() => chooseBatch(each)}
          >
            {nameOf(each)}
          </MenuChoice>
        ))
      }
    </MenuButton>
  );
}

/** No photo to be made larger: why, and the way on. */
function Nothing({ batch }: { readonly batch: Batch }): ReactElement {
  const messages = useMessages();
  const hasPhotos = useLibrary((state) => state.photos.size > 0);
  return (
    <div className={css.nothing}>
      <span className={css.nothingMark}>
        <Icon name="upscale" />
      </span>
      <h2>{batch.kind === "picks" ? messages.upscale.noPicks : messages.upscale.nothingToMake}</h2>
      <div className={css.nothingActions}>
        <Button tone="primary" onClick={() => setMode("grid")}>
          {messages.upscale.goToPhotos}
        </Button>
        {!hasPhotos && (
          <Button icon="folder" onClick={() => runCommand("file.open")}>
            {messages.emptyOpen}
          </Button>
        )}
      </div>
    </div>
  );
}
