import type { Localized } from "../../src-preload/contract/problem.ts";
import type { JobStage } from "./define-job.ts";
import { EtaEstimate } from "./eta.ts";

/** Where a run stands, as a person sees it. */
export interface ProgressView {
  /** 0..1, never falling. */
  readonly fraction: number;
  readonly message: Localized;
  readonly etaSeconds: number | null;
}

const counts = {
  en: new Intl.NumberFormat("en"),
  ko: new Intl.NumberFormat("ko"),
};

/** Turns a run's stages and counts into a fraction, a message and an ETA. Reporting is cheap, looking is not. */
export class JobProgress {
  readonly #stages: readonly JobStage[];
  readonly #totalWeight: number;
  readonly #eta: EtaEstimate;
  #index = 0;
  #hasEntered = false;
  #done = 0;
  #total = 0;
  #note: Localized | undefined;
  #fraction: number;

  /** `fraction` is where an earlier run of the job had got to; the new one never shows less. */
  constructor(stages: readonly [JobStage, ...JobStage[]], fraction: number, now: number) {
    this.#stages = stages;
    this.#totalWeight = weightOf(stages);
    this.#fraction = fraction;
    this.#eta = new EtaEstimate(fraction, now);
  }

  /** Enters a stage; those before it count as done. */
  enter(id: string): void {
    const index = this.#stages.findIndex((stage) => stage.id === id);
    if (index < 0) throw new RangeError(`This kind of job has no stage “${id}”.`);
    // The stage that is left is done; those in between were passed over (a resume skips what is there).
    if (this.#hasEntered) this.#raise(this.#shareBefore(Math.min(this.#index + 1, index)));
    this.#eta.skip(this.#raise(this.#shareBefore(index)));
    this.#index = index;
    this.#hasEntered = true;
    this.report(0, 0);
  }

  report(done: number, total: number, note?: Localized): void {
    this.#done = done;
    this.#total = total;
    this.#note = note;
  }

  look(now: number): ProgressView {
    const share = this.#total > 0 ? Math.min(Math.max(this.#done / this.#total, 0), 1) : 0;
    const from = this.#shareBefore(this.#index);
    this.#raise(from + (this.#shareBefore(this.#index + 1) - from) * share);
    return {
      fraction: this.#fraction,
      message: { en: this.#message("en", " of "), ko: this.#message("ko", "/") },
      etaSeconds: this.#eta.update(this.#fraction, now),
    };
  }

  /** Share of the whole job that lies before a stage. */
  #shareBefore(index: number): number {
    return weightOf(this.#stages.slice(0, index)) / this.#totalWeight;
  }

  /** Lifts the fraction and answers by how much; what is lower than it (or not a number) changes nothing. */
  #raise(fraction: number): number {
    const step = fraction > this.#fraction ? Math.min(fraction, 1) - this.#fraction : 0;
    this.#fraction += step;
    return step;
  }

  /** "Measuring photos: 120 of 500 · IMG_0120.jpg". */
  #message(language: "en" | "ko", of: string): string {
    const label = this.#stages[this.#index]?.label[language] ?? "";
    const note = this.#note?.[language];
    const { format } = counts[language];
    const numbers =
      this.#total > 0 ? [`${format(Math.floor(this.#done))}${of}${format(this.#total)}`] : [];
    const details = [...numbers, ...(note === undefined ? [] : [note])].join(" · ");
    return details === "" ? label : `${label}: ${details}`;
  }
}

function weightOf(stages: readonly JobStage[]): number {
  return stages.reduce((sum, { weight }) => sum + weight, 0);
}
