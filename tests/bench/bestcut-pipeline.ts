/** The product's way from files to a pick, and nothing of its own: what the bench scores. */
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { isTooClose, rankBurst } from "../../src-main/photos/best-cut/index.ts";
import type { ImageWorkerMethods } from "../../src-main/photos/worker/protocol.ts";
import { forkLauncher, WorkerPool } from "../../src-main/workers/index.ts";
import { root } from "../e2e/hosts.ts";

/** Children that read photos, as the product has them. */
export const PROCESSES = Math.max(2, availableParallelism() - 1);

export interface Judgement {
  /** Place of the frame that is proposed. */
  readonly pick: number;
  readonly tooCloseToCall: boolean;
}

export class Pipeline implements AsyncDisposable {
  readonly #scratch: string;
  readonly #images: WorkerPool<ImageWorkerMethods>;
  #thumbnails = 0;

  /** @param scratch folder for thumbnails */
  constructor({ scratch }: { readonly scratch: string }) {
    this.#scratch = scratch;
    this.#images = new WorkerPool<ImageWorkerMethods>({
      launcher: forkLauncher(),
      entry: join(root, "src-main", "photos", "worker", "image-worker.ts"),
      name: "image-worker",
      title: { en: "The image reader", ko: "이미지 처리기" },
      size: PROCESSES,
      subjectOf: (input) => ("path" in input ? input.path : input.directory),
    });
  }

  /** Of the children that analyse. */
  get pids(): number[] {
    return this.#images.pids;
  }

  /** Reads, measures and ranks a burst as an import does, thumbnails included. */
  async judge(files: readonly string[]): Promise<Judgement> {
    const frames = await Promise.all(
      files.map(async (path, id) => {
        await this.#images.run("probe", { path });
        this.#thumbnails += 1;
        const file = join(this.#scratch, `${this.#thumbnails % 64}.jpg`);
        const thumbnail = { file, edge: 256 };
        const input = { path, thumbnail, measure: true };
        const { measured } = await this.#images.run("develop", input);
        if (measured === null) throw new Error(`${path} was not measured`);
        return { id, measures: measured.measures };
      }),
    );
    const { frames: ranked, pickId } = rankBurst(frames);
    const second = ranked.find(({ rank }) => rank === 2);
    const [best, next] = [frames[pickId], second && frames[second.id]];
    const tooCloseToCall =
      best !== undefined && next !== undefined && isTooClose(best.measures, next.measures);
    return { pick: pickId, tooCloseToCall };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#images[Symbol.asyncDispose]();
  }
}
