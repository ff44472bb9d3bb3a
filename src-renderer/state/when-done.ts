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
    if (job.state === "completed") showToast({ ...toast, detail: job.message });
  };
  const stop = useLibrary.subscribe((state, before) => {
    if (state.jobs !== before.jobs) look();
  });
  look();
}
