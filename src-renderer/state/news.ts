import { type CommandId, isCommandId } from "../../src-preload/contract/commands.ts";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { canReconnect, door, isHostLost, problemOf } from "../door/door.ts";
import { attempt } from "./edits.ts";
import { leaveRoot, pullChanges, showRoot, useLibrary } from "./library-store.ts";
import { useModels } from "./models.ts";
import { hearPreferences } from "./preferences.ts";
import { dismissToast, showToast, useToasts } from "./toasts.ts";
import { pullUpscales, useUpscales } from "./upscales.ts";
import { useView } from "./view-store.ts";

const reconnectMs = 1500;

/**
 * Follows main for as long as the page lives: asks for news, lays them over the stores, asks again. Latest wins; a slow
 * page is never flooded. When the host goes away the page says so, and goes on when it is back.
 */
export async function followNews(runCommand: (id: CommandId) => void): Promise<void> {
  for (;;) {
    try {
      await follow(runCommand);
    } catch (error) {
      if (!isHostLost(error)) {
        useLibrary.setState({ startProblem: problemOf(error) });
        return;
      }
      useLibrary.setState({ isHostLost: true });
      if (!canReconnect()) return;
      await new Promise((resolve) => setTimeout(resolve, reconnectMs));
    }
  }
}

async function follow(runCommand: (id: CommandId) => void): Promise<never> {
  const info = await door.app.info();
  useLibrary.setState({ info, isHostLost: false });
  let cursor = 0;
  for (;;) {
    const news = await door.events.next({ cursor });
    ({ cursor } = news);
    const { jobs, roots, preferences, undo, redo, redoTouchesFiles } = news;
    const { rootId, isReady, jobs: before } = useLibrary.getState();
    if (isReady && useView.getState().panel !== "jobs") {
      for (const job of newlyFailed(before, jobs)) tellFailure(job);
    }
    for (const { id, jobId } of useToasts.getState().toasts) {
      if (jobId !== null && (isMended(jobId, jobs) || hasFailedAgain(jobId, jobs))) {
        dismissToast(id);
      }
    }
    hearPreferences(preferences);
    useModels.setState({ revision: news.modelsRevision });
    useLibrary.setState({
      jobs,
      roots,
      undo,
      redo,
      redoTouchesFiles,
      isReady: true,
    });
    const [latest] = roots;
    const { openRootId } = news;
    if (openRootId !== null) await attempt(() => showRoot(openRootId));
    else if (rootId === null && latest !== undefined) await attempt(() => showRoot(latest.id));
    else if (rootId !== null && !roots.some((root) => root.id === rootId)) {
      await attempt(() => leaveRoot());
    }
    if (news.revision > useLibrary.getState().revision) await pullChanges();
    if (news.revision > useUpscales.getState().revision) await pullUpscales();
    if (news.command !== null && isCommandId(news.command)) runCommand(news.command);
  }
}

/** Jobs that have failed since the news before. */
export function newlyFailed(before: readonly Job[], now: readonly Job[]): Job[] {
  const known = new Map(before.map((job) => [job.id, job.state]));
  return now.filter(({ id, state }) => state === "failed" && known.get(id) !== "failed");
}

/** Whether a job's failure needs no telling any more: it runs again or was taken off, or the same work went well later. */
export function isMended(jobId: number, jobs: readonly Job[]): boolean {
  const failed = jobs.find(({ id }) => id === jobId);
  if (failed?.state !== "failed" && failed?.state !== "interrupted") return true;
  return jobs.some((job) => job.id > jobId && job.state === "completed" && isSameWork(job, failed));
}

/** Whether the same work failed again since: that is what is said then. */
function hasFailedAgain(jobId: number, jobs: readonly Job[]): boolean {
  const failed = jobs.find(({ id }) => id === jobId);
  return (
    failed !== undefined &&
    jobs.some((job) => job.id > jobId && job.state === "failed" && isSameWork(job, failed))
  );
}

/** Two folders may have one name, and a folder another one than before. */
function isSameWork(one: Job, other: Job): boolean {
  if (one.kind !== other.kind || one.rootId !== other.rootId) return false;
  return one.rootId !== null || one.title.en === other.title.en;
}

/** Work that failed says so at once, whether or not anybody looks at the list of jobs. */
function tellFailure({ id, rootId, problem }: Job): void {
  if (problem === null) return;
  showToast({
    tone: "problem",
    jobId: id,
    rootId,
    text: problem.happened,
    detail: problem.todo,
    action: {
      label: { en: "Retry", ko: "다시 시도" },
      run: () => void attempt(() => door.jobs.retry({ jobId: id })),
    },
  });
}
