import { create } from "zustand";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { Preferences } from "../../src-preload/contract/preferences.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";
import type {
  UpscaleForecast,
  UpscalePlacement,
  UpscaleSettings,
} from "../../src-preload/contract/upscale.ts";
import { door, problemOf } from "../door/door.ts";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { showToast } from "../state/toasts.ts";
import { showResults, useUpscaleRoom } from "../state/upscale-room.ts";
import { useView } from "../state/view-store.ts";
import { useWrongFields } from "./wrong-fields.ts";

type Answers = Preferences["upscale"];

/** Most photos that main takes at once. */
export const batchLimit = 10_000;

/** Changes the answers that are remembered for good. */
export function remember(patch: Partial<Answers>): void {
  const { upscale } = useLibrary.getState().preferences;
  void setPreferences({ upscale: { ...upscale, ...patch } });
}

/** How and where, as the door wants it. */
export function questionOf(
  photos: readonly PhotoRow[],
  answers: Answers,
  destination: string | null,
): {
  photoIds: number[];
  settings: UpscaleSettings;
  placement: UpscalePlacement;
  destination: string | null;
} {
  const { model, denoise, target, format, quality, background, metadata } = answers;
  const { pattern, existing } = answers;
  return {
    photoIds: photos.slice(0, batchLimit).map(({ id }) => id),
    settings: { model, denoise, target, format, quality, background, metadata },
    placement: { pattern, existing },
    destination,
  };
}

/** What main says would be made; the last word stays until the next one. */
interface ForecastState {
  readonly photos: ReadonlyMap<number, UpscaleForecast>;
  readonly folder: string | null;
  readonly seconds: number | null;
  readonly problem: Problem | null;
  /** The answers changed since, and main has not said what they mean yet. */
  readonly isStale: boolean;
  readonly isStarting: boolean;
}

export const useForecast = create<ForecastState>(() => ({
  photos: new Map(),
  folder: null,
  seconds: null,
  problem: null,
  isStale: true,
  isStarting: false,
}));

let latest = 0;

/** Asks what these answers would give. Of several questions the newest counts. */
export async function askForecast(question: ReturnType<typeof questionOf>): Promise<void> {
  latest += 1;
  const turn = latest;
  try {
    const { photos, folder, seconds } = await door.upscales.forecast(question);
    if (turn !== latest) return;
    useForecast.setState({
      photos: new Map(photos.map((each) => [each.photoId, each])),
      folder,
      seconds,
      problem: null,
      isStale: false,
    });
  } catch (error) {
    if (turn === latest) useForecast.setState({ problem: problemOf(error), isStale: false });
  }
}

export interface Tally {
  readonly made: readonly UpscaleForecast[];
  /** With why. */
  readonly leftOut: readonly UpscaleForecast[];
}

/** Which photos will be made, and which are left out. */
export function tallyOf(
  forecasts: Iterable<UpscaleForecast>,
  existing: UpscalePlacement["existing"],
): Tally {
  const isMade = ({ problem, exists }: UpscaleForecast): boolean =>
    problem === null && !(exists && existing === "skip");
  const all = [...forecasts];
  return { made: all.filter(isMade), leftOut: all.filter((each) => !isMade(each)) };
}

/** Begins the work on these photos, and goes to where its results will be. */
export async function startUpscale(photos: readonly PhotoRow[]): Promise<void> {
  if (photos.length === 0 || useForecast.getState().isStarting) return;
  if (useWrongFields.getState().ids.size > 0) return;
  const { upscale } = useLibrary.getState().preferences;
  const { destination } = useUpscaleRoom.getState();
  useForecast.setState({ isStarting: true });
  const question = questionOf(photos, upscale, destination?.token ?? null);
  const started = await attempt(() => door.upscales.start(question));
  useForecast.setState({ isStarting: false, isStale: true });
  if (started === null) return;
  tellWhenDone(started.jobId);
  showResults();
}

/** A toast when the job ends, wherever the person is by then. */
function tellWhenDone(jobId: number): void {
  let wasSeen = false;
  const stop = useLibrary.subscribe(({ jobs }, before) => {
    if (jobs === before.jobs) return;
    const job = jobs.find(({ id }) => id === jobId);
    // News that was on its way when the job began knows nothing of it.
    if (job === undefined && !wasSeen) return;
    wasSeen = true;
    if (job === undefined || job.state === "cancelled" || job.state === "failed") stop();
    if (job?.state !== "completed") return;
    stop();
    // Whoever looks at the list sees it there.
    if (useView.getState().mode === "upscale" && useUpscaleRoom.getState().tab === "results")
      return;
    showToast({
      text: { en: "Upscaling is done.", ko: "업스케일을 마쳤습니다." },
      detail: job.message,
      action: { label: { en: "View", ko: "보기" }, run: showResults },
    });
  });
}
