import type { Problem } from "../../src-preload/contract/problem.ts";
import type { UpscaleCrop } from "../../src-preload/contract/upscale.ts";

/** A square of a photo, to be tried with a model. */
export interface CropQuestion {
  readonly photoId: number;
  /** Changes with the photo's pixels. */
  readonly version: string;
  readonly model: string;
  /** SHA-256 of the model's network: another one may have its name later. */
  readonly digest: string | null;
  readonly denoise: number;
  /** The square's middle, in shares of the upright photo, and its edge in pixels. */
  readonly x: number;
  readonly y: number;
  readonly edge: number;
}

export type CropAnswer =
  | { readonly state: "waiting" | "running" }
  | { readonly state: "done"; readonly crop: UpscaleCrop }
  | { readonly state: "failed"; readonly problem: Problem };

export function keyOfCrop(question: CropQuestion): string {
  const { photoId, version, model, digest, denoise, x, y, edge } = question;
  return [photoId, version, model, digest, denoise, x.toFixed(6), y.toFixed(6), edge].join("/");
}

/** Answers that are remembered: going back to a place or a model is instant. */
const keptAnswers = 200;

const waiting: CropAnswer = { state: "waiting" };

/**
 * Asks for crops one after the other, in the order in which they are wanted. What nobody wants any more is aborted.
 * Answers are remembered, the longest unused forgotten first; a failure is asked again when it is wanted anew.
 */
export class CropQueue {
  readonly #ask: (question: CropQuestion, signal: AbortSignal) => Promise<UpscaleCrop>;
  readonly #problemOf: (error: unknown) => Problem;
  readonly #onChange: () => void;
  readonly #answers = new Map<string, CropAnswer>();
  #wanted: ReadonlyMap<string, CropQuestion> = new Map();
  #running: { readonly key: string; readonly abort: AbortController } | null = null;

  constructor(options: {
    readonly ask: (question: CropQuestion, signal: AbortSignal) => Promise<UpscaleCrop>;
    readonly problemOf: (error: unknown) => Problem;
    readonly onChange: () => void;
  }) {
    this.#ask = options.ask;
    this.#problemOf = options.problemOf;
    this.#onChange = options.onChange;
  }

  answer(question: CropQuestion): CropAnswer {
    const key = keyOfCrop(question);
    if (this.#running?.key === key) return { state: "running" };
    return this.#answers.get(key) ?? waiting;
  }

  /** Replaces what was wanted before. */
  want(questions: readonly CropQuestion[]): void {
    const before = this.#wanted;
    this.#wanted = new Map(questions.map((question) => [keyOfCrop(question), question]));
    for (const [key, answer] of this.#answers) {
      if (answer.state === "failed" && !before.has(key)) this.#answers.delete(key);
    }
    if (this.#running !== null && !this.#wanted.has(this.#running.key)) {
      this.#running.abort.abort();
      this.#running = null;
    }
    this.#settle();
    this.#onChange();
  }

  #settle(): void {
    if (this.#running !== null) return;
    for (const [key, question] of this.#wanted) {
      if (this.#answers.has(key)) continue;
      const abort = new AbortController();
      this.#running = { key, abort };
      void this.#run(key, question, abort.signal);
      return;
    }
  }

  async #run(key: string, question: CropQuestion, signal: AbortSignal): Promise<void> {
    const answer = await this.#ask(question, signal).then(
      (crop): CropAnswer => ({ state: "done", crop }),
      (error: unknown): CropAnswer => ({ state: "failed", problem: this.#problemOf(error) }),
    );
    if (signal.aborted) return;
    this.#running = null;
    this.#keep(key, answer);
    this.#settle();
    this.#onChange();
  }

  #keep(key: string, answer: CropAnswer): void {
    this.#answers.set(key, answer);
    for (const known of this.#answers.keys()) {
      if (this.#answers.size <= keptAnswers) return;
      if (!this.#wanted.has(known)) this.#answers.delete(known);
    }
  }
}
