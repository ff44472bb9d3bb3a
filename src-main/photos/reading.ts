import { z } from "zod";
import type { InferenceWorkerMethods } from "../inference/index.ts";
import type { JobContext } from "../jobs/index.ts";
import type {
  BurstStore,
  FaceStore,
  LibraryDatabase,
  MeasureStore,
  MovedFileStore,
  PhotoStore,
  ReadingStore,
  RootStore,
} from "../library/index.ts";
import type { WorkerPool } from "../workers/index.ts";
import type { Ranking } from "./ranking.ts";
import type { TakenIn } from "./read-sidecars.ts";
import type { RenditionCache } from "./rendition-cache.ts";
import type { ImageWorkerMethods } from "./worker/protocol.ts";

/** What reading a folder needs. */
export interface ReadingServices {
  readonly database: LibraryDatabase;
  readonly roots: RootStore;
  readonly photos: Pick<PhotoStore, "changesAfter" | "counts">;
  readonly readings: ReadingStore;
  readonly movedFiles: MovedFileStore;
  readonly bursts: BurstStore;
  readonly measures: MeasureStore;
  readonly faces: FaceStore;
  readonly images: Pick<WorkerPool<ImageWorkerMethods>, "run" | "warm">;
  readonly inference: Pick<WorkerPool<InferenceWorkerMethods>, "run">;
  readonly ranking: Ranking;
  readonly renditions: RenditionCache;
  /** Lets sidecars that changed have their say; see `takeInSidecars`. */
  readonly takeInSidecars: (rootId: number, signal: AbortSignal) => Promise<TakenIn>;
  /** Takes over a rating from inside a photo; see `Sidecars.takeEmbedded`. */
  readonly takeEmbedded: (photoId: number, rating: number, modifiedMs: number) => void;
  /** Names of files in a folder that Kiln made of photos of this root: they are no photos of their own. */
  readonly resultsIn: (directory: string, rootId: number) => ReadonlySet<string>;
  /** Longest pause between two frames of one moment, milliseconds. */
  readonly burstGapMs: () => number;
}

/** The stages of every job that reads a root, in order. Weights are the time they took on 24 MP JPEGs. */
export const readingStages = [
  { id: "scan", weight: 1, label: { en: "Looking for photos", ko: "사진 찾는 중" } },
  { id: "probe", weight: 8, label: { en: "Reading details", ko: "정보 읽는 중" } },
  { id: "measure", weight: 90, label: { en: "Measuring photos", ko: "사진 측정 중" } },
  { id: "group", weight: 1, label: { en: "Grouping bursts", ko: "묶는 중" } },
] as const;

type ReadingStage = (typeof readingStages)[number]["id"];

/** What a reading that failed leaves for its retry: photos that their reader died of. */
export const readingCheckpoint = z.object({ suspects: z.array(z.int().positive()) });

/** What reading needs of the job that it is part of. */
export type ReadingContext = Pick<
  JobContext<ReadingStage, z.infer<typeof readingCheckpoint>>,
  "jobId" | "signal" | "stage" | "progress" | "restored" | "checkpoint" | "log"
>;
