import { type ReactElement, useMemo } from "react";
import { commands } from "../../src-preload/contract/commands.ts";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { runCommand } from "../commands/registry.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { tiesIn } from "../state/bursts.ts";
import { countDecisions } from "../state/derive.ts";
import { useItems } from "../state/items.ts";
import { useLibrary, useRoot } from "../state/library-store.ts";
import { useStanding } from "../state/standing.ts";
import { openPanel, useView } from "../state/view-store.ts";
import { Icon } from "../ui/icons.tsx";
import { Progress } from "../ui/progress.tsx";
import { BurstGapButton } from "./burst-gap.tsx";
import { isActive } from "./job-drawer.tsx";
import { TileSize } from "./tile-size.tsx";
import css from "./window.module.css";

/** How far the person has got, why the active photo has its rank, and what Kiln is doing. */
export function StatusBar(): ReactElement {
  const messages = useMessages();
  const mode = useView((state) => state.mode);
  return (
    <footer className={css.status}>
      <Counts />
      <Reason />
      {mode === "grid" && (
        <>
          <BurstGapButton />
          <span className={css.tiles}>
            <Icon name="grid" />
            <TileSize />
          </span>
        </>
      )}
      <Jobs label={messages.jobsTitle} />
    </footer>
  );
}

function Counts(): ReactElement {
  const messages = useMessages();
  const photos = useLibrary((state) => state.photos);
  const root = useRoot();
  const unreadFolders = root?.unreadFolders.length ?? 0;
  const items = useItems();
  const shown = items.length;
  const selection = useView((state) => state.selection);
  const selected = useMemo(
    () => items.filter((item) => selection.has(item.photoId)).length,
    [items, selection],
  );
  const language = useLanguage();
  const ties = useLibrary((state) => tiesIn(state.photos, state.bursts).size);
  const tiesOnly = useView((state) => state.filters.tiesOnly);
  const counts = useMemo(() => countDecisions(photos), [photos]);
  const total = counts.picked + counts.rejected + counts.undecided;
  const unread = counts.skipped + counts.missing + unreadFolders;
  return (
    <span className={css.counts}>
      <span>
        {selected > 1
          ? messages.selected(selected)
          : shown === total
            ? messages.photos(total)
            : messages.photosOf(shown, total)}
      </span>
      <span className={counts.picked > 0 ? css.picked : undefined}>
        {messages.picked(counts.picked)}
      </span>
      <span className={counts.rejected > 0 ? css.rejected : undefined}>
        {messages.rejected(counts.rejected)}
      </span>
      <span>{messages.undecided(counts.undecided)}</span>
      {root?.state === "missing" && (
        <button
          type="button"
          className={css.link}
          data-tip={messages.readAgain}
          onClick={() => runCommand("file.refresh")}
        >
          {messages.folderGone}
        </button>
      )}
      {(ties > 0 || tiesOnly) && (
        <button
          type="button"
          className={css.ties}
          aria-pressed={tiesOnly}
          data-tip={commands["view.ties"].title[language]}
          data-keys={showKey(commands["view.ties"].keys[0], isMac)}
          onClick={() => runCommand("view.ties")}
        >
          <Icon name="tie" />
          {messages.tooCloseCount(ties)}
        </button>
      )}
      {unread > 0 && (
        <button type="button" className={css.link} onClick={() => openPanel("skipped")}>
          {messages.notRead(unread)}
        </button>
      )}
    </span>
  );
}

function Reason(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const activeId = useView((state) => state.activeId);
  const photo = useLibrary(({ photos }) => (activeId === null ? undefined : photos.get(activeId)));
  const { isPick, isTie, frames } = useStanding(photo);
  // A lone photo wins against nobody: nothing to explain.
  if (photo === undefined || photo.reason === null || frames === 1)
    return <span className={css.reason} />;
  const best = isTie ? messages.tentativeBest : messages.bestFrame;
  const reason = localized(photo.reason);
  return (
    <span className={css.reason} title={reason}>
      <b>{isPick ? best : photo.rank === null ? "" : messages.rank(photo.rank)}</b>
      {reason}
    </span>
  );
}

function Jobs({ label }: { readonly label: string }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const jobs = useLibrary((state) => state.jobs);
  const active = jobs.filter(isActive);
  const [first] = active;
  const hasFailed = jobs.some((job) => job.state === "failed" || job.state === "interrupted");
  const text =
    first === undefined
      ? label
      : active.length === 1
        ? localized(first.message) || localized(first.title)
        : messages.jobsRunning(active.length);
  const fraction = active.reduce((sum, job) => sum + job.fraction, 0) / active.length;
  return (
    <button
      type="button"
      className={css.jobs}
      data-tip={label}
      onClick={() => runCommand("view.jobs")}
    >
      <Icon name={hasFailed && first === undefined ? "warning" : "jobs"} />
      <span className={css.jobsText}>{text}</span>
      {first !== undefined && <Progress label={text} fraction={fraction} />}
    </button>
  );
}
