import { type KeyboardEvent, type ReactElement, useEffect, useLayoutEffect, useState } from "react";
import type { UpscaleRow } from "../../src-preload/contract/upscale.ts";
import { provide, runCommand } from "../commands/registry.ts";
import { door } from "../door/door.ts";
import { bytesText } from "../messages/bytes.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { type Layout, leaveRoom, showResult, useUpscaleRoom } from "../state/upscale-room.ts";
import { newestFirst, useUpscales } from "../state/upscales.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Toggle } from "../ui/toggle.tsx";
import { LargeView } from "../viewer2d/large-view.tsx";
import { lookAtAll } from "../viewer2d/looks.ts";
import { ZoomButton } from "../viewer2d/zoom-button.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import css from "./result.module.css";
import { ResultStage, resultPane } from "./result-stage.tsx";
import { megapixelsText, pixelsText, timesText } from "./size-text.ts";
import { shareAfterKey } from "./wipe.ts";
import { setWipe } from "./wipe-line.tsx";

const layouts: readonly { readonly layout: Layout; readonly icon: IconName }[] = [
  { layout: "wipe", icon: "wipe" },
  { layout: "side", icon: "compare" },
  { layout: "after", icon: "loupe" },
];

/** A finished result, large, against its original. */
export function ResultView({ row }: { readonly row: UpscaleRow }): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const localized = useLocalized();
  const layout = useUpscaleRoom((state) => state.layout);
  const isDirect = useUpscaleRoom((state) => state.isDirect);
  const photo = useLibrary(({ photos }) =>
    row.photoId === null ? undefined : photos.get(row.photoId),
  );
  const [isRemoving, setRemoving] = useState(false);
  const { previous, next } = useNeighbours(row);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another result begins as a whole
  useLayoutEffect(() => {
    lookAtAll();
    return lookAtAll;
  }, [row.id]);
  useEffect(() => {
    const taken = [
      provide("stack.next", () => next !== null && showResult(next)),
      provide("stack.previous", () => previous !== null && showResult(previous)),
    ];
    return () => {
      for (const giveBack of taken) giveBack();
    };
  }, [previous, next]);

  const name = row.name ?? row.sourceName;
  const isAlone = row.photoId === null;
  const names: Record<Layout, string> = {
    wipe: messages.upscale.wipe,
    side: messages.upscale.sideBySide,
    after: messages.upscale.onlyAfter,
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // The question has keys of its own.
    if (isRemoving) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.code === "Delete" || event.code === "Backspace") {
      event.preventDefault();
      setRemoving(true);
      return;
    }
    // Shift and arrows look further left and right, as everywhere.
    if (layout !== "wipe" || isAlone || event.shiftKey || !event.code.startsWith("Arrow")) return;
    const wipe = shareAfterKey(useUpscaleRoom.getState().wipe, event);
    if (wipe === null) return;
    event.preventDefault();
    setWipe(wipe);
  };
  return (
    <LargeView
      label={messages.upscale.comparing(name)}
      className={css.result}
      primary={resultPane}
      onKeyDown={onKeyDown}
    >
      <ResultStage row={row} photo={photo} layout={layout} />
      <footer className={css.strip}>
        <div className={css.which}>
          <IconButton
            icon="left"
            label={isDirect ? messages.back : messages.upscale.backToResults}
            shortcut="Esc"
            onClick={leaveRoom}
          />
          <span className={css.name}>{name}</span>
          <span className={css.facts}>
            {pixelsText(row.width, row.height, language)} ·{" "}
            {megapixelsText(row.width, row.height, language)} ·{" "}
            {timesText(row.sourceWidth, row.width, language)} · {row.modelName}
            {row.bytes !== null && ` · ${bytesText(row.bytes)}`}
          </span>
        </div>
        {!isAlone && (
          <fieldset className={css.layouts} aria-label={messages.views}>
            {layouts.map((each) => (
              <Toggle
                key={each.layout}
                label={names[each.layout]}
                isOn={layout === each.layout}
                onToggle={() => useUpscaleRoom.setState({ layout: each.layout })}
              >
                <Icon name={each.icon} />
              </Toggle>
            ))}
          </fieldset>
        )}
        <div className={css.tools}>
          <IconButton
            icon="up"
            label={messages.upscale.previousResult}
            shortcut="Page Up"
            disabled={previous === null}
            onClick={() => previous !== null && showResult(previous)}
          />
          <IconButton
            icon="down"
            label={messages.upscale.nextResult}
            shortcut="Page Down"
            disabled={next === null}
            onClick={() => next !== null && showResult(next)}
          />
          <IconButton
            icon="folder"
            label={messages.reveal}
            onClick={() => void attempt(() => door.upscales.reveal({ upscaleId: row.id }))}
          />
          <IconButton
            icon="trash"
            label={messages.upscale.deleteResult}
            shortcut="Del"
            onClick={() => setRemoving(true)}
          />
          <ZoomButton pane={resultPane} onToggle={() => runCommand("view.zoom")} />
        </div>
        {(isAlone || row.note !== null) && (
          <p className={css.remark}>
            {[
              isAlone ? messages.upscale.originalGone : "",
              row.note === null ? "" : localized(row.note),
            ]
              .filter((sentence) => sentence !== "")
              .join(" ")}
          </p>
        )}
      </footer>
      {isRemoving && <RemoveDialog row={row} onClose={() => setRemoving(false)} />}
    </LargeView>
  );
}

/** The finished results before and after this one, as they are listed. */
function useNeighbours(row: UpscaleRow): {
  readonly previous: number | null;
  readonly next: number | null;
} {
  const rows = useUpscales((state) => state.rows);
  const order = newestFirst(rows).filter(({ status }) => status === "completed");
  const at = order.findIndex(({ id }) => id === row.id);
  return { previous: order[at - 1]?.id ?? null, next: at < 0 ? null : (order[at + 1]?.id ?? null) };
}
