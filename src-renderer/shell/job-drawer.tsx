import { type ReactElement, useEffect, useRef } from "react";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { door } from "../door/door.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { isMended } from "../state/news.ts";
import { dismissJobToasts } from "../state/toasts.ts";
import { openPanel } from "../state/view-store.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Progress } from "../ui/progress.tsx";
import css from "./job-drawer.module.css";

/** All work, beside whatever the person is doing: it never blocks. */
export function JobDrawer(): ReactElement {
  const messages = useMessages();
  const jobs = useLibrary((state) => state.jobs);
  const element = useRef<HTMLElement>(null);
  // What the list says need not be said beside it.
  useEffect(() => dismissJobToasts(), []);
  useEffect(() => {
    const before = document.activeElement;
    element.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus({ preventScroll: true });
    };
  }, []);
  // What waits for somebody comes first; what went well and leaves nothing to do is folded.
  const order = (job: Job): number => (isActive(job) ? 0 : job.canRetry ? 1 : 2);
  const [newest] = jobs;
  const isOpen = (job: Job): boolean =>
    job === newest || !(isDone(job) || (job.canRetry && isMended(job.id, jobs)));
  const open = jobs.filter(isOpen).toSorted((a, b) => order(a) - order(b));
  const done = newestOfEach(jobs.filter((job) => !isOpen(job)));
  const hasEnded = jobs.some((job) => !isActive(job));
  return (
    <aside ref={element} className={css.drawer} aria-label={messages.jobsTitle} tabIndex={-1}>
      <header className={css.head}>
        <h2>{messages.jobsTitle}</h2>
        {hasEnded && (
          <Button tone="quiet" onClick={() => void attempt(() => door.jobs.clear())}>
            {messages.jobsClear}
          </Button>
        )}
        <IconButton
          icon="close"
          label={messages.close}
          shortcut="Esc"
          onClick={() => openPanel(null)}
        />
      </header>
      {jobs.length === 0 ? (
        <p className={css.none}>{messages.jobsEmpty}</p>
      ) : (
        <ul className={css.list}>
          {open.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
          {done.length > 0 && (
            <li>
              <details className={css.done}>
                <summary>{messages.jobsDone(done.length)}</summary>
                <ul>
                  {done.map((job) => (
                    <JobRow key={job.id} job={job} />
                  ))}
                </ul>
              </details>
            </li>
          )}
        </ul>
      )}
    </aside>
  );
}

/** It is not over: it waits, runs, or was stopped to go on later. */
export function isActive(job: Job): boolean {
  return job.state === "queued" || job.state === "running" || job.state === "paused";
}

/** It went well or was cancelled: nobody needs to do anything about it. */
function isDone({ state }: Job): boolean {
  return state === "cancelled" || state === "completed";
}

/** Of work that is done again and again, like reading a folder, only what was last. */
function newestOfEach(jobs: readonly Job[]): Job[] {
  return [...Map.groupBy(jobs, ({ kind, title }) => `${kind}/${title.en}`).values()].flatMap(
    ([latest]) => latest ?? [],
  );
}

function JobRow({ job }: { readonly job: Job }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const title = localized(job.title);
  return (
    <li className={css.job} data-state={job.state}>
      <div className={css.line}>
        <strong>{title}</strong>
        <span className={css.state}>
          {job.state === "running" && job.etaSeconds !== null
            ? messages.timeLeft(job.etaSeconds)
            : messages.jobStates[job.state]}
        </span>
      </div>
      {isActive(job) && <Progress label={title} fraction={job.fraction} />}
      {job.problem === null ? (
        <p className={css.message}>{localized(job.message)}</p>
      ) : (
        <p className={css.problem}>
          {localized(job.problem.happened)} <span>{localized(job.problem.todo)}</span>
        </p>
      )}
      <JobActions job={job} />
    </li>
  );
}

/** What a person can do about a job now. */
export function JobActions({ job }: { readonly job: Job }): ReactElement | null {
  const messages = useMessages();
  const jobId = job.id;
  const isPaused = job.state === "paused";
  if (!(isActive(job) || job.canRetry || job.canReveal)) return null;
  return (
    <div className={css.actions}>
      {isPaused && (
        <Button icon="play" onClick={() => void attempt(() => door.jobs.resume({ jobId }))}>
          {messages.resume}
        </Button>
      )}
      {!isPaused && job.canPause && (
        <Button icon="pause" onClick={() => void attempt(() => door.jobs.pause({ jobId }))}>
          {messages.pause}
        </Button>
      )}
      {isActive(job) && (
        <Button onClick={() => void attempt(() => door.jobs.cancel({ jobId }))}>
          {messages.cancel}
        </Button>
      )}
      {job.canRetry && (
        <Button onClick={() => void attempt(() => door.jobs.retry({ jobId }))}>
          {messages.retry}
        </Button>
      )}
      {job.canReveal && (
        <Button icon="folder" onClick={() => void attempt(() => door.jobs.reveal({ jobId }))}>
          {messages.reveal}
        </Button>
      )}
    </div>
  );
}
