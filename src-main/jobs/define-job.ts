import type { z } from "zod";
import type { Localized } from "../../src-preload/contract/problem.ts";

/** What a job needs alone, so that two of a kind don't fight for it: `cpu` all cores, `disk` long runs of bytes. */
export const jobSlots = ["cpu", "gpu", "net", "disk"] as const;
export type JobSlot = (typeof jobSlots)[number];

/** A part of a job that a person can name. */
export interface JobStage<Id extends string = string> {
  readonly id: Id;
  /** Share of the whole job's time, relative to the other stages; more than 0. */
  readonly weight: number;
  /** What is being done: "Measuring photos" / "사진 측정 중". */
  readonly label: Localized;
}

/** What a job leaves behind. */
export interface JobResult {
  /** Absolute path of a file or folder that 'reveal' shows in the file manager. */
  readonly revealPath?: string;
  /**
   * What was done, in numbers ("500 photos read, 3 skipped"); the drawer shows it instead of "Done". Lines after the
   * first say what the person should look at, one each.
   */
  readonly summary?: Localized;
}

/** How a running job talks to the engine. All of it is cheap. */
export interface JobContext<StageId extends string = string, Checkpoint = unknown> {
  readonly jobId: number;
  /**
   * Aborted when the job is cancelled or Kiln shuts down. Hand it to whatever waits; then throw its reason or just
   * return. What `run` returns or throws after that is ignored.
   */
  readonly signal: AbortSignal;
  /** The newest checkpoint of an earlier run of this job (before a crash or a retry), or null. */
  readonly restored: Checkpoint | null;
  /** The stage which that run was in, or null. */
  readonly restoredStage: StageId | null;
  /** Enters a stage; those before it count as done. Throws the signal's reason when the job was cancelled. */
  stage(id: StageId): void;
  /**
   * How much of the stage is done, in whatever the stage counts (0 ≤ done ≤ total). Call it as often as you like:
   * the newest is shown a few times a second. `note` is added to the message ("IMG_0042.jpg").
   */
  progress(done: number, total: number, note?: Localized): void;
  /**
   * Keeps a JSON value to go on from after a crash; the newest reaches the disk within 250 ms or with the next
   * stage. Call it only after what it speaks of is itself on the disk.
   */
  checkpoint(value: Checkpoint): void;
  /** A line of the log, tied to this job. */
  log(line: string): void;
}

export interface JobSpec<Input, StageId extends string, Checkpoint> {
  /** Stable name of the kind, kebab-case; it is stored with every job. */
  readonly kind: string;
  readonly slot: JobSlot;
  /**
   * The job's input is stored as JSON and parsed by this whenever it runs; its output must be its own valid input
   * (no transforms).
   */
  readonly input: z.ZodType<Input>;
  readonly stages: readonly [JobStage<StageId>, ...JobStage<StageId>[]];
  /** Names one job of this kind in the drawer: "Import “Jeju 2026”". */
  readonly title: (input: Input) => Localized;
  /** The folder that the job reads: its problems are that folder's. Left out where it is about no single one. */
  readonly rootId?: (input: Input) => number;
  /**
   * What becomes of a job that was running when Kiln ended: `stage` runs it again, with `restored` and
   * `restoredStage` to skip what is done; otherwise why it can't go on, as a sentence.
   */
  readonly resume: "stage" | { readonly reason: Localized };
  /** Needed for `context.checkpoint`. A stored value that it no longer parses is dropped: the job starts over. */
  readonly checkpoint?: z.ZodType<Checkpoint>;
  /**
   * Does the work. A KilnError fails the job with its sentences; anything else that is thrown is a bug: the job says
   * so and the stack goes to the log.
   */
  readonly run: (
    context: JobContext<StageId, Checkpoint>,
    input: Input,
    // biome-ignore lint/suspicious/noConfusingVoidType: most kinds leave nothing behind and return nothing
  ) => Promise<JobResult | void>;
}

/** A kind of job, as the engine holds it. */
export interface JobDefinition<Input = unknown> {
  readonly kind: string;
  readonly slot: JobSlot;
  readonly input: z.ZodType<Input>;
  readonly stages: readonly [JobStage, ...JobStage[]];
  readonly resume: "stage" | { readonly reason: Localized };
  /** Parses the input of one job of this kind; throws a ZodError when it doesn't fit. */
  prepare(input: unknown): PreparedJob;
}

/** One job of a kind, bound to its input. */
export interface PreparedJob {
  readonly definition: JobDefinition;
  readonly title: Localized;
  readonly rootId: number | null;
  run(context: JobContext): Promise<JobResult>;
}

/**
 * Declares a kind of job. What it needs (stores, worker pools) comes by closure:
 *
 *     export const importJob = (services: ImportServices) => defineJob({ kind: "import", … });
 */
export function defineJob<Input, StageId extends string, Checkpoint = never>(
  spec: JobSpec<Input, StageId, Checkpoint>,
): JobDefinition<Input> {
  const { kind, slot, input, stages, resume, checkpoint } = spec;
  if (stages.some(({ weight }) => !(weight > 0)))
    throw new RangeError(`“${kind}”: weights are > 0.`);
  if (new Set(stages.map(({ id }) => id)).size < stages.length) {
    throw new RangeError(`“${kind}”: two stages have the same id.`);
  }
  const definition: JobDefinition<Input> = {
    kind,
    slot,
    input,
    stages,
    resume,
    prepare(raw) {
      const parsed = input.parse(raw);
      return {
        definition,
        title: spec.title(parsed),
        rootId: spec.rootId?.(parsed) ?? null,
        async run(context) {
          const restored = checkpoint?.safeParse(context.restored);
          const isReadable = context.restored === null || restored?.success !== false;
          const stage = stages.find(({ id }) => isReadable && id === context.restoredStage);
          const result = await spec.run(
            { ...context, restored: restored?.data ?? null, restoredStage: stage?.id ?? null },
            parsed,
          );
          return result ?? {};
        },
      };
    },
  };
  return definition;
}
