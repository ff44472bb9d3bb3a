import { extname } from "node:path";
import type { ApplyOptions, ApplyPlan } from "../../src-preload/contract/apply.ts";
import { byCapture } from "../../src-preload/contract/capture-order.ts";
import type { Job } from "../../src-preload/contract/jobs.ts";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { inTurns, pieces, type Steps } from "../in-turns.ts";
import type { JobEngine } from "../jobs/index.ts";
import type {
  BurstStore,
  EditStore,
  MovedFileStore,
  PhotoStore,
  PlanStore,
  RootStore,
  Trash,
} from "../library/index.ts";
import type { Encode } from "./execute.ts";
import { applyPlanJob, undoPlanJob } from "./jobs.ts";
import { exampleName } from "./name-pattern.ts";
import { describePlan, type PlannedPhoto, planApply } from "./plan.ts";
import { planLabel } from "./plan-label.ts";
import { destinationNeeded } from "./plan-problems.ts";
import { planUnknown } from "./undo-problems.ts";
import { wrongPattern } from "./wrong-pattern.ts";

export interface ApplyPorts {
  readonly engine: JobEngine;
  readonly roots: RootStore;
  readonly photos: PhotoStore;
  readonly movedFiles: MovedFileStore;
  readonly bursts: BurstStore;
  readonly edits: EditStore;
  readonly plans: PlanStore;
  readonly trash: Trash;
  readonly encode: Encode;
  /** Settles when these bursts have their picks, as far as they have any. */
  readonly ranked: (burstIds: readonly number[]) => Promise<void>;
}

/** What patterns make of a photo, or which of them is wrong and how. */
export interface NamePreview {
  readonly example: string | null;
  readonly problem: Problem | null;
  readonly wrongField: "pattern" | "subfolders" | null;
}

/** How many photos are looked up in one go. */
const photosAtOnce = 250;

/** Decisions become files: a plan is shown, carried out as a job, and can be taken back. */
export class Apply {
  readonly #ports: ApplyPorts;
  readonly #jobs: {
    readonly apply: ReturnType<typeof applyPlanJob>;
    readonly undo: ReturnType<typeof undoPlanJob>;
  };

  /** The newest job that takes each plan back. */
  readonly #undoing = new Map<number, number>();

  constructor(ports: ApplyPorts) {
    this.#ports = ports;
    const { movedFiles, bursts, plans, edits, trash, encode } = ports;
    const services = {
      plans,
      trash,
      encode,
      follow: ({ fileId, path }: { fileId: number; path: string | null }) => {
        movedFiles.fileMoved(fileId, path);
        bursts.fileMoved(fileId);
      },
      onUndone: (planId: number) => edits.planUndone(planId),
    };
    this.#jobs = { apply: applyPlanJob(services), undo: undoPlanJob(services) };
  }

  /** The kinds of jobs that carry plans out, for the engine. */
  get definitions() {
    return [this.#jobs.apply, this.#jobs.undo];
  }

  get trashCapability(): Trash["capability"] {
    return this.#ports.trash.capability;
  }

  /** What a pattern makes of the root's first pick (or first photo), or what is wrong with the pattern. */
  async previewName(rootId: number, pattern: string, subfolders: string): Promise<NamePreview> {
    const wrong = wrongPattern(pattern, subfolders);
    if (wrong !== null) return { example: null, ...wrong };
    const rows = await inTurns(this.#shown(rootId));
    const row = rows.find((photo) => photo.flag === "pick") ?? rows[0];
    if (row === undefined) return { example: null, problem: null, wrongField: null };
    const fields = { ...this.#fields(row, numberBursts(rows)), name: stem(row.name), seq: 1 };
    return {
      example: exampleName(pattern, subfolders, fields, extname(row.name)),
      problem: null,
      wrongField: null,
    };
  }

  /**
   * Plans; touches nothing. Undecided bursts are asked about first. Paths are absolute.
   *
   * @throws KilnError `destination-needed` for picks without a destination, and those of `planApply`
   */
  async plan(
    options: ApplyOptions,
  ): Promise<{ plan: ApplyPlan } | { question: { undecidedBursts: number[] } }> {
    const { roots, plans, trash } = this.#ports;
    const rows = await inTurns(this.#shown(options.rootId));
    const unflagged = [...Map.groupBy(rows, (row) => row.burstId)].flatMap(([burstId, frames]) =>
      burstId !== null && frames.every((frame) => frame.flag === "none") ? [burstId] : [],
    );
    // The pick may be elsewhere by now, moved there by an earlier plan.
    const picked = this.#ports.bursts.withPick(unflagged);
    const undecided = unflagged.filter((burstId) => !picked.has(burstId));
    if (undecided.length > 0 && options.undecided === "ask") {
      return { question: { undecidedBursts: undecided } };
    }
    if (options.undecided === "proposed") await this.#ports.ranked(undecided);
    const proposed = await inTurns(
      this.#picksOf(options.undecided === "proposed" ? undecided : []),
    );
    const numbers = numberBursts(rows);
    const planned = (wanted: (row: PhotoRow) => boolean): Promise<PlannedPhoto[]> =>
      inTurns(this.#planned(rows.filter(wanted), numbers));
    const picks = await planned((row) => row.flag === "pick" || proposed.has(row.id));
    if (picks.length > 0 && options.destination === null) throw destinationNeeded();
    const shownFolder = roots.get(options.rootId)?.path ?? null;
    const draft = await planApply({
      ...options,
      // Where nothing is placed it is only what the plan is kept with.
      destination: options.destination ?? shownFolder ?? "",
      picks,
      rejects: options.rejects === "trash" ? await planned((row) => row.flag === "reject") : [],
      trash,
      shownFolder,
    });
    const planId = await inTurns(plans.createInSteps(options.rootId, draft, Date.now()));
    return { plan: describePlan(planId, draft) };
  }

  /**
   * Carries a plan out as a job; a plan that was cut short is gone on with. It is a step of undo from now on: what is
   * half applied can be taken back, too.
   */
  async start(planId: number): Promise<number> {
    const { plans, edits, engine } = this.#ports;
    const items = await inTurns(plans.itemsInSteps(planId));
    const plan = plans.plan(planId);
    if (plan === null) throw planUnknown();
    if (plan.state === "planned") plans.setState(planId, "applying");
    edits.planApplied(planId, planLabel({ ...plan, items }), Date.now());
    return engine.start(this.#jobs.apply, { planId, count: items.length });
  }

  /** Takes a plan back as a job; one that is on it already is answered instead of a second one. */
  undo(planId: number): number {
    const { engine } = this.#ports;
    const running = engine
      .list()
      .find(({ id, state }) => id === this.#undoing.get(planId) && isUnderWay(state));
    if (running !== undefined) return running.id;
    const jobId = engine.start(this.#jobs.undo, {
      planId,
      count: this.#ports.plans.count(planId),
    });
    this.#undoing.set(planId, jobId);
    return jobId;
  }

  /** Does a plan that was taken back once more: a new plan of the same items, since a journal is never run twice. */
  async redo(planId: number): Promise<number | null> {
    const { plans, edits } = this.#ports;
    const plan = plans.plan(planId);
    if (plan === null || plan.state !== "undone") return null;
    const items = await inTurns(plans.itemsInSteps(planId));
    const draft = { ...plan, items };
    const again = await inTurns(plans.createInSteps(plan.rootId, draft, Date.now()));
    edits.replacePlan(planId, again);
    return this.start(again);
  }

  /** Photos of a root that can be looked at, in the order in which {seq} counts them. */
  *#shown(rootId: number): Steps<PhotoRow[]> {
    const rows: PhotoRow[] = [];
    for (let after = 0; ; ) {
      const page = this.#ports.photos.changesAfter(rootId, 0, { after, limit: photosAtOnce });
      rows.push(...page.filter(({ state }) => ["found", "probed", "measured"].includes(state)));
      yield;
      const last = page.at(-1);
      if (last === undefined || page.length < photosAtOnce) break;
      after = last.id;
    }
    return rows.sort(byCapture);
  }

  *#picksOf(burstIds: readonly number[]): Steps<Set<number>> {
    const picks = new Set<number>();
    for (const piece of pieces(burstIds, photosAtOnce)) {
      for (const { pickId } of this.#ports.bursts.framesAndPicks(piece)) picks.add(pickId);
      yield;
    }
    return picks;
  }

  *#planned(
    rows: readonly PhotoRow[],
    numbers: ReadonlyMap<number, number>,
  ): Steps<PlannedPhoto[]> {
    const planned: PlannedPhoto[] = [];
    for (const row of rows) {
      const [main, ...others] = this.#ports.photos.files(row.id);
      if (main === undefined) continue;
      const fields = this.#fields(row, numbers);
      // While it is `found`, a reading has still to say whose file it is.
      const version = row.state === "found" ? null : row.version;
      planned.push({ photoId: row.id, version, files: [main, ...others], fields });
      yield;
    }
    return planned;
  }

  #fields(row: PhotoRow, numbers: ReadonlyMap<number, number>): PlannedPhoto["fields"] {
    const { capturedAt, camera, rank, stars, label, burstId } = row;
    return {
      capturedLocal: capturedAt === null ? null : new Date(capturedAt).toISOString().slice(0, -1),
      camera,
      burst: burstId === null ? null : (numbers.get(burstId) ?? null),
      rank,
      stars,
      label,
    };
  }
}

function isUnderWay(state: Job["state"]): boolean {
  return state === "queued" || state === "running";
}

/** Bursts count from 1 in the order of their first frames. */
function numberBursts(rows: readonly PhotoRow[]): Map<number, number> {
  const numbers = new Map<number, number>();
  for (const { burstId } of rows) {
    if (burstId !== null && !numbers.has(burstId)) numbers.set(burstId, numbers.size + 1);
  }
  return numbers;
}

function stem(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}
