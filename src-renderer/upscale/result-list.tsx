import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactElement, useMemo, useRef, useState } from "react";
import { upscaleTileUrl } from "../../src-preload/contract/media.ts";
import type { UpscaleRow } from "../../src-preload/contract/upscale.ts";
import { door } from "../door/door.ts";
import { Thumbnail } from "../grid/thumbnail.tsx";
import { bytesText } from "../messages/bytes.ts";
import { useLanguage, useLocalized, useMessages } from "../messages/language.ts";
import { JobActions } from "../shell/job-drawer.tsx";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { showResult, useUpscaleRoom } from "../state/upscale-room.ts";
import { newestFirst, useUpscales } from "../state/upscales.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { Progress } from "../ui/progress.tsx";
import { RemoveDialog } from "./remove-dialog.tsx";
import css from "./results.module.css";
import { megapixelsText, pixelsText, secondsText, targetText } from "./size-text.ts";

const rowHeight = 84;

/** Everything that was made larger, is being made, or could not be: newest first. */
export function ResultList(): ReactElement {
  const rows = useUpscales((state) => state.rows);
  const order = useMemo(() => newestFirst(rows), [rows]);
  const [removing, setRemoving] = useState<UpscaleRow | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const lines = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 4,
  });
  if (order.length === 0) return <NoResults />;
  return (
    <div className={css.results}>
      <RunningJobs />
      <div ref={scroller} className={css.scroller}>
        <ul className={css.list} style={{ height: lines.getTotalSize() }}>
          {lines.getVirtualItems().map(({ index, start }) => {
            const row = order[index];
            return row === undefined ? null : (
              <li key={row.id} className={css.row} style={{ top: start }}>
                <ResultRow row={row} onRemove={setRemoving} />
              </li>
            );
          })}
        </ul>
      </div>
      {removing !== null && <RemoveDialog row={removing} onClose={() => setRemoving(null)} />}
    </div>
  );
}

function NoResults(): ReactElement {
  const messages = useMessages();
  return (
    <div className={css.none}>
      <span className={css.noneMark}>
        <Icon name="upscale" />
      </span>
      <h2>{messages.upscale.noResults}</h2>
      <p>{messages.upscale.noResultsHint}</p>
      <Button tone="primary" onClick={() => useUpscaleRoom.setState({ tab: "make" })}>
        {messages.upscale.tabMake}
      </Button>
    </div>
  );
}

/** Batches that are not done: how far, how long yet, and the way to stop or go on. */
function RunningJobs(): ReactElement | null {
  const messages = useMessages();
  const localized = useLocalized();
  const jobs = useLibrary((state) => state.jobs);
  const running = jobs.filter(
    ({ kind, state }) =>
      kind === "upscale" && (state === "queued" || state === "running" || state === "paused"),
  );
  if (running.length === 0) return null;
  return (
    <ul className={css.jobs}>
      {running.map((job) => (
        <li key={job.id} className={css.job}>
          <div className={css.jobText}>
            <strong>{localized(job.title)}</strong>
            <span>{localized(job.message)}</span>
            <span>
              {job.state === "running" && job.etaSeconds !== null
                ? messages.timeLeft(job.etaSeconds)
                : messages.jobStates[job.state]}
            </span>
          </div>
          <Progress label={localized(job.title)} fraction={job.fraction} />
          <JobActions job={job} />
        </li>
      ))}
    </ul>
  );
}

function ResultRow(props: {
  readonly row: UpscaleRow;
  readonly onRemove: (row: UpscaleRow) => void;
}): ReactElement {
  const { row, onRemove } = props;
  const messages = useMessages();
  const localized = useLocalized();
  const job = useLibrary(({ jobs }) => jobs.find(({ id }) => id === row.jobId));
  const photo = useLibrary(({ photos }) =>
    row.photoId === null ? undefined : photos.get(row.photoId),
  );
  const isPaused = job?.state === "paused" && row.status !== "completed" && row.status !== "failed";
  const name = row.name ?? row.sourceName;
  const isDone = row.status === "completed";
  return (
    <article className={css.result} data-status={row.status}>
      {isDone ? (
        <button
          type="button"
          className={css.picture}
          aria-label={messages.upscale.viewOf(name)}
          onClick={() => showResult(row.id)}
        >
          <img src={upscaleTileUrl(row, 0, 0, 0)} alt="" loading="lazy" draggable={false} />
        </button>
      ) : (
        <span className={css.picture}>
          {photo === undefined ? (
            <Icon name={row.status === "failed" ? "warning" : "upscale"} />
          ) : (
            <Thumbnail photo={photo} edge={256} />
          )}
        </span>
      )}
      <div className={css.text}>
        <p className={css.name}>{name}</p>
        <Facts row={row} />
        {row.status === "failed" && row.problem !== null && (
          <p className={css.problem}>
            {localized(row.problem.happened)} {localized(row.problem.todo)}
          </p>
        )}
        {row.note !== null && row.status !== "failed" && (
          <p className={css.note}>{localized(row.note)}</p>
        )}
      </div>
      {!isDone && (
        <span className={css.status}>
          {isPaused
            ? messages.upscale.paused
            : row.problem?.code === "upscale-cancelled"
              ? messages.jobStates.cancelled
              : messages.upscale.statuses[row.status]}
        </span>
      )}
      <div className={css.actions}>
        {isDone && (
          <>
            <Button onClick={() => showResult(row.id)}>{messages.upscale.view}</Button>
            <IconButton
              icon="folder"
              label={messages.reveal}
              onClick={() => void attempt(() => door.upscales.reveal({ upscaleId: row.id }))}
            />
            <IconButton
              icon="trash"
              label={messages.upscale.deleteResult}
              onClick={() => onRemove(row)}
            />
          </>
        )}
        {row.status === "failed" && (
          <>
            {row.photoId !== null && (
              <Button
                onClick={() => void attempt(() => door.upscales.retry({ upscaleIds: [row.id] }))}
              >
                {messages.retry}
              </Button>
            )}
            <IconButton
              icon="close"
              label={messages.upscale.removeFromList}
              onClick={() => void attempt(() => door.upscales.remove({ upscaleId: row.id }))}
            />
          </>
        )}
      </div>
    </article>
  );
}

function Facts({ row }: { readonly row: UpscaleRow }): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const { width, height, bytes, seconds } = row;
  const facts = [
    targetText(row.settings.target, language),
    `${pixelsText(width, height, language)} · ${megapixelsText(width, height, language)}`,
    row.modelName,
    bytes === null ? "" : bytesText(bytes),
    seconds === null || row.status !== "completed"
      ? ""
      : seconds < 90
        ? messages.upscale.tookSeconds(secondsText(seconds, language))
        : messages.upscale.tookMinutes(secondsText(seconds / 60, language)),
  ];
  return <p className={css.facts}>{facts.filter((fact) => fact !== "").join(" · ")}</p>;
}
