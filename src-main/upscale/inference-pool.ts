import { type WorkerLauncher, type WorkerLogLine, WorkerPool } from "../workers/index.ts";
import type { UpscaleWorkerMethods } from "./worker/protocol.ts";

export type UpscalePool = WorkerPool<UpscaleWorkerMethods>;

export interface UpscalePoolOptions {
  readonly launcher: WorkerLauncher;
  /** Absolute path of the upscaling worker's module. */
  readonly entry: string;
  readonly onLog?: (line: WorkerLogLine) => void;
  /** For a driver that is not the system's. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * The child that upscales: one, since each run takes all cores and much memory, and without a limit, since a large
 * picture takes hours. A cancel between tiles is heard; one within a tile ends the child.
 */
export function createUpscalePool(options: UpscalePoolOptions): UpscalePool {
  return new WorkerPool<UpscaleWorkerMethods>({
    ...options,
    name: "upscale-worker",
    title: { en: "The upscaler", ko: "업스케일러" },
    size: 1,
    subjectOf: ({ name }) => name,
  });
}
