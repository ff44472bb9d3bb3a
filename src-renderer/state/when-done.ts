import type { Localized } from "../../src-preload/contract/problem.ts";
import { useLibrary } from "./library-store.ts";
import { showToast, type Toast } from "./toasts.ts";

/**
 * A toast when a job has gone well, with what the job says of it; it may outlive the dialog, the view and the folder
 * that is shown. What failed is told with the news, as of every job.
 */
export function tellWhenDone(
  jobId: number,
  toast: Partial<Omit<Toast, "id" | "detail">> & { text: Localized },
): void {
  const look = (): void => {
    const job = useLibrary.getState().jobs.find(({ id }) => id === jobId);
    if (job === undefined || job.state === "queued" || job.state === "running") return;
    stop();
    if (job.state !== "completed") return;
    const { message } = job;
    const detail = { en: brief(message.en, "en"), ko: brief(message.ko, "ko") };
    // What needs to be looked at stays until it was read.
    showToast({ ...toast, detail, tone: message.en.includes("\n") ? "problem" : "plain" });
  };
  const stop = useLibrary.subscribe((state, before) => {
    if (state.jobs !== before.jobs) look();
  });
  look();
}

const restIsListed = {
  en: (n: number) => `${n} more in the list of jobs.`,
  ko: (n: number) => `나머지 ${n}개는 작업 목록에 있습니다.`,
} as const;

/** The first line of what a job says, and the first of what is to be looked at; how many more there are. */
function brief(message: string, language: keyof Localized): string {
  const [done = "", first, ...rest] = message.split("\n");
  const told = [done, ...(first === undefined ? [] : [first])];
  return [...told, ...(rest.length === 0 ? [] : [restIsListed[language](rest.length)])].join(" ");
}
