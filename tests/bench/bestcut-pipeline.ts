/** The product's way from files to a pick, and nothing of its own: what the bench scores. */
import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import {
  createInferencePool,
  type InferenceWorkerMethods,
} from "../../src-main/inference/index.ts";
import {
  type RankCandidate,
  type RankedFrame,
  rankBurst,
} from "../../src-main/photos/best-cut/index.ts";
import { forEachFrame } from "../../src-main/photos/burst-queue.ts";
import type { ImageWorkerMethods } from "../../src-main/photos/worker/protocol.ts";
import { forkLauncher, WorkerPool } from "../../src-main/workers/index.ts";
import type { Box } from "../../src-preload/contract/photos.ts";
import { root } from "../e2e/hosts.ts";

/** Children that read photos, as the product has them. */
export const PROCESSES = Math.max(2, availableParallelism() - 1);

/** Frames under way at once, as in the product. */
const LANES = 8;

export interface Judgement {
  /** Place of the frame that is proposed. */
  readonly pick: number;
  readonly tooCloseToCall: boolean;
  /** What the frames were compared on, where it is in the proposed one. */
  readonly subject: RankedFrame["subject"];
}

/** What is known of a frame when its burst is ranked. */
export interface MeasuredFrame extends RankCandidate {
  readonly faces: readonly Box[];
}

/** Of one burst, its frames in order of capture. */
export function judge(frames: readonly RankCandidate[]): Judgement {
  const { ranked, verdict } = rankBurst(frames);
  const [best] = ranked;
  if (best === undefined) throw new Error("A burst of no frames");
  return { pick: best.id, tooCloseToCall: verdict === "tooCloseToCall", subject: best.subject };
}

export class Pipeline implements AsyncDisposable {
  readonly #scratch: string;
  readonly #images: WorkerPool<ImageWorkerMethods>;
  readonly #inference: WorkerPool<InferenceWorkerMethods>;
  #thumbnails = 0;

  /** @param scratch folder for thumbnails */
  constructor({ scratch }: { readonly scratch: string }) {
    this.#scratch = scratch;
    mkdirSync(scratch, { recursive: true });
    const launcher = forkLauncher();
    this.#images = new WorkerPool<ImageWorkerMethods>({
      launcher,
      entry: join(root, "src-main", "photos", "worker", "image-worker.ts"),
      name: "image-worker",
      title: { en: "The image reader", ko: "이미지 처리기" },
      size: PROCESSES,
      subjectOf: (input) => ("path" in input ? input.path : input.directory),
    });
    this.#inference = createInferencePool({
      launcher,
      entry: join(root, "src-main", "inference", "inference-worker.ts"),
    });
  }

  /** Reads, measures and ranks bursts as an import does (see measure-photos.ts), thumbnails included. */
  async judgeAll(bursts: readonly (readonly string[])[]): Promise<Judgement[]> {
    return (await this.measureAll(bursts)).map(judge);
  }

  /** What ranking is given of bursts, their files in order of capture. */
  async measureAll(bursts: readonly (readonly string[])[]): Promise<MeasuredFrame[][]> {
    const measuredBursts = bursts.map((): MeasuredFrame[] => []);
    const queue = bursts.map((files, burst) =>
      files.map((path, place) => ({ path, burst, place })),
    );
    await forEachFrame(
      queue,
      LANES,
      async ({ path, burst, place }, first: readonly Box[] | null) => {
        const { focus } = await this.#images.run("probe", { path });
        this.#thumbnails += 1;
        const { measured } = await this.#images.run("develop", {
          path,
          thumbnail: { file: join(this.#scratch, `${this.#thumbnails % 64}.jpg`), edge: 256 },
          measure: { faces: first ?? "everywhere" },
        });
        if (measured === null) throw new Error(`${path} was not measured`);
        const { measures, detail, faceWindows } = measured;
        const windows = faceWindows ?? [];
        const faces =
          windows.length === 0
            ? []
            : (await this.#inference.run("faces", { photo: basename(path), windows })).faces.map(
                ({ box }) => box,
              );
        measuredBursts[burst]?.push({
          id: place,
          place: place + 1,
          measures,
          detail,
          faces,
          focus: focus?.box ?? null,
        });
        return faces;
      },
    );
    return measuredBursts.map((frames) => frames.sort((a, b) => a.place - b.place));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([
      this.#images[Symbol.asyncDispose](),
      this.#inference[Symbol.asyncDispose](),
    ]);
  }
}
