import { constants } from "node:fs";
import { access, lstat, open, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { KilnError } from "../errors.ts";
import { inTurns } from "../in-turns.ts";
import { entryAt, type PlanItem } from "../library/index.ts";
import { checkDestination, checkSourceFolder } from "./checks.ts";
import {
  bothKept,
  nameTaken,
  sourceChanged,
  sourceProblem,
  sourceVanished,
  stopsTheRun,
  targetProblem,
} from "./file-problems.ts";
import { isOwn, place, relocate, settle } from "./relocate.ts";
import {
  byPhoto,
  isAsPlanned,
  originalHolds,
  PlanRun,
  type PlanRunOptions,
  problemOf,
  secondHash,
} from "./run.ts";
import { planUndone, planUnknown } from "./undo-problems.ts";
import { copyVerified, guard, hashFile } from "./verified-copy.ts";

/** Renders a photo as JPEG with its metadata: a worker's business. `target` does not exist yet and is to be made. */
export type Encode = (order: {
  readonly photoId: number;
  readonly source: string;
  readonly target: string;
  /** 1..100. */
  readonly quality: number;
  /** Longest edge in pixels; null keeps the size. */
  readonly edge: number | null;
  readonly signal: AbortSignal;
}) => Promise<void>;

export interface ApplyPlanOptions extends PlanRunOptions {
  readonly encode: Encode;
}

/** What became of a plan. */
export interface ApplyOutcome {
  readonly done: number;
  /** Items that were left alone, each with its reason in `problem`. */
  readonly failed: readonly PlanItem[];
}

/**
 * Carries out a plan, or goes on with one that was cut short: by a crash at any point, a cancel, a full disk. Items
 * that failed before are tried again. Every item goes through the same gates:
 *
 * 1. its photo's files are all as they were planned, and all their names are free: else none of them is begun;
 * 2. the journal says `started`, and that is on the disk;
 * 3. the bytes arrive under a name of our own, are synced, read back and compared by SHA-256;
 * 4. the journal knows the hash; 5. the final name is taken, never over another file, and synced;
 * 6. for a move to another device: the source is read once more, and goes only if it is what was copied;
 * 7. the journal says `done`, and in the same transaction the library follows.
 *
 * After a crash, items in `started` are first brought to one side by what is on the disk (`settleApply`).
 *
 * @throws KilnError `plan-unknown`, `plan-undone`, and what makes it no use to go on (`disk-full`, `disk-failed`,
 *   `destination-missing`, `destination-unwritable`, `destination-on-card`, `source-on-card`): the plan stays
 *   `applying`, to be resumed or undone. The signal's reason when cancelled: the same.
 */
export function applyPlan(options: ApplyPlanOptions): Promise<ApplyOutcome> {
  const { store, planId } = options;
  return store.alone(async () => {
    const plan = store.plan(planId);
    if (plan === null) throw planUnknown();
    if (plan.state === "undoing" || plan.state === "undone") throw planUndone();
    store.setState(planId, "applying");
    const items = await inTurns(store.itemsInSteps(planId));
    const run = new PlanRun(options, plan, items);
    const givenUp = new Set<number>();
    for (const item of items) {
      if (item.state !== "started") continue;
      if ((await settleApply(run, item)).state === "failed") givenUp.add(item.seq);
    }
    const settled = await inTurns(store.itemsInSteps(planId));
    await checkPlaces(run, settled);
    for (const group of byPhoto(settled)) {
      // What a crash made impossible has its sentence, which another try in the same run would replace.
      const hopeful = group.filter((item) => !givenUp.has(item.seq));
      await applyPhoto(run, hopeful, options.encode);
    }
    const ended = await inTurns(store.itemsInSteps(planId));
    for (const item of ended) await run.removeParts(item);
    store.setState(planId, "applied");
    return {
      done: ended.filter((item) => item.state === "done").length,
      failed: ended.filter((item) => item.state === "failed"),
    };
  });
}

/** What was true when the plan was made may not be any more: a drive was swapped, a card has its mount point. */
async function checkPlaces(run: PlanRun, items: readonly PlanItem[]): Promise<void> {
  const { plan, findRoot } = run;
  const open = items.filter((item) => item.state !== "done");
  if (open.some((item) => item.target !== null)) {
    await checkDestination(plan.destination, findRoot);
    if (plan.secondCopy !== null) await checkDestination(plan.secondCopy, findRoot);
  }
  const takenFrom = open.filter((item) => item.operation === "move" || item.operation === "trash");
  for (const folder of new Set(takenFrom.map((item) => dirname(item.source)))) {
    if ((await entryAt(folder)) !== null) await checkSourceFolder(folder, findRoot);
  }
}

async function applyPhoto(run: PlanRun, group: readonly PlanItem[], encode: Encode): Promise<void> {
  const open = group.filter((item) => item.state === "pending" || item.state === "failed");
  const done = group.filter((item) => item.state === "done");
  for (const item of done) await run.count(item, async () => undefined);
  try {
    for (const item of open) await checkItem(item);
  } catch (error) {
    const problem = problemOf(error);
    for (const item of open) {
      run.signal.throwIfAborted();
      await run.count(item, async () => run.store.save(item, { state: "failed", problem }));
    }
    return;
  }
  for (const item of open) {
    run.signal.throwIfAborted();
    await run.count(item, (onBytes) => applyItem(run, item, encode, onBytes));
  }
}

/** Refuses a file that is not what was planned, or whose name somebody took. Changes nothing. */
async function checkItem(item: PlanItem): Promise<void> {
  await guard(sourceProblem, item.source, async () => {
    // A move needs no right to read; a trash neither.
    const mustRead = item.operation === "copy" || item.operation === "export";
    await (mustRead ? access(item.source, constants.R_OK) : lstat(item.source));
    if (!(await isAsPlanned(item))) throw sourceChanged(item.source);
  });
  for (const target of [item.target, item.secondTarget]) {
    if (target !== null && (await entryAt(target)) !== null) throw nameTaken(target);
  }
}

async function applyItem(
  run: PlanRun,
  pending: PlanItem,
  encode: Encode,
  onBytes: (bytes: number) => void,
): Promise<void> {
  // Hashes and receipts of an earlier try would vouch for files that are not there any more.
  let item = run.store.save(pending, {
    state: "started",
    sha256: null,
    targetSha256: null,
    trashReceipt: null,
    problem: null,
  });
  const journal = (change: Parameters<typeof run.store.save>[1]) => {
    item = run.store.save(item, change);
  };
  try {
    if (item.operation === "trash") {
      await run.trash.put(item.source, (trashReceipt) => journal({ trashReceipt }));
      run.saveMoved(item, { state: "done" }, null);
    } else if (item.operation === "move") {
      await makeSecondCopy(run, item, item.source, onBytes, (sha256) => journal({ sha256 }));
      const target = await targetFolder(run, item);
      await relocate(run.way(item, item.source, target), {
        signal: run.signal,
        onBytes,
        onVerified: (sha256) => journal({ sha256, targetSha256: sha256 }),
      });
      run.saveMoved(item, { state: "done" }, target);
    } else {
      const target = await targetFolder(run, item);
      const part = run.part(item, target);
      const hashes =
        item.operation === "copy"
          ? await copyPart(run, item, part, onBytes)
          : await exportPart(run, item, part, encode);
      const from = item.operation === "copy" ? item.source : part;
      journal(hashes);
      await makeSecondCopy(run, item, from, onBytes, (sha256) => {
        if (sha256 !== hashes.targetSha256) throw sourceChanged(from);
      });
      await place(part, target, run.reservation(item));
      journal({ state: "done" });
    }
  } catch (error) {
    // Anything but an expected failure or a cancel is a bug: the item stays `started`, and the next run settles it.
    if (!(error instanceof KilnError) && !run.signal.aborted) throw error;
    const settled = await settleApply(run, item);
    if (run.signal.aborted) throw run.signal.reason;
    if (error instanceof KilnError && stopsTheRun(error)) throw error;
    if (settled.state === "pending") {
      run.store.save(settled, { state: "failed", problem: problemOf(error) });
    }
  }
}

async function targetFolder(run: PlanRun, item: PlanItem): Promise<string> {
  if (item.target === null) throw new Error(`Item ${item.seq} has no target.`);
  await run.makeFolder(run.plan.destination, dirname(item.target));
  return item.target;
}

async function copyPart(
  run: PlanRun,
  item: PlanItem,
  part: string,
  onBytes: (bytes: number) => void,
) {
  const { signal } = run;
  const sha256 = await copyVerified(item.source, part, { signal, onBytes, keepMode: false });
  return { sha256, targetSha256: sha256 };
}

async function exportPart(run: PlanRun, item: PlanItem, part: string, encode: Encode) {
  const { plan, signal } = run;
  await run.removeParts(item);
  await encode({
    photoId: item.photoId,
    source: item.source,
    target: part,
    quality: plan.exportQuality,
    edge: plan.exportEdge,
    signal,
  });
  return guard(targetProblem, dirname(part), async () => {
    const handle = await open(part, "r+");
    await handle.sync().finally(() => handle.close());
    return { sha256: null, targetSha256: await hashFile(part, signal) };
  });
}

/** The second copy, whole and verified, before the first gets its name: `done` then means both. */
async function makeSecondCopy(
  run: PlanRun,
  item: PlanItem,
  from: string,
  onBytes: (bytes: number) => void,
  onVerified: (sha256: string) => void,
): Promise<void> {
  const { secondTarget } = item;
  const { secondCopy } = run.plan;
  if (secondTarget === null || secondCopy === null) return;
  await run.makeFolder(secondCopy, dirname(secondTarget));
  const part = run.part(item, secondTarget, "second");
  const { signal } = run;
  const options = { signal, onBytes, keepMode: item.operation === "move" };
  onVerified(await copyVerified(from, part, options));
  await place(part, secondTarget, run.reservation(item));
}

/**
 * Brings an item that a crash, a cancel or a failure left `started` to one side, by what is on the disk: `done` when
 * all of it is there, else back to `pending` with nothing of it left. Deletes only copies that are ours beyond doubt
 * and whose original is still there.
 */
export async function settleApply(run: PlanRun, item: PlanItem): Promise<PlanItem> {
  const settled =
    item.operation === "trash"
      ? await settleTrash(run, item)
      : item.operation === "move"
        ? await settleMove(run, item)
        : await settleCopy(run, item);
  await run.removeParts(settled);
  return settled;
}

const asBefore = {
  state: "pending",
  sha256: null,
  targetSha256: null,
  trashReceipt: null,
} as const;

async function settleTrash(run: PlanRun, item: PlanItem): Promise<PlanItem> {
  if (item.trashReceipt !== null) {
    return (await run.trash.settle(item.trashReceipt)) === "in-trash"
      ? run.saveMoved(item, { state: "done" }, null)
      : run.store.save(item, asBefore);
  }
  const isThere = (await entryAt(item.source)) !== null;
  // A trash with receipts gives one before it touches the file; one without leaves only the file's absence.
  if (isThere || run.trash.capability === "restorable") return run.store.save(item, asBefore);
  return run.saveMoved(item, { state: "done" }, null);
}

async function settleMove(run: PlanRun, item: PlanItem): Promise<PlanItem> {
  const { source, target } = item;
  if (target === null) throw new Error(`Item ${item.seq} has no target.`);
  const place = await settle(run.way(item, source, target), item.targetSha256);
  if (place === "to") return run.saveMoved(item, { state: "done" }, target);
  if (place === "from") {
    await dropSecondCopy(run, item);
    return run.store.save(item, asBefore);
  }
  const problem = problemOf(place === "both" ? bothKept(source, target) : sourceVanished(source));
  return run.store.save(item, { state: "failed", problem });
}

async function settleCopy(run: PlanRun, item: PlanItem): Promise<PlanItem> {
  const { target } = item;
  if (target === null) throw new Error(`Item ${item.seq} has no target.`);
  await dropReservations(run, item);
  // The second copy gets its name before the first, so the first one there means both.
  if (await isOwn(target, run.part(item, target), item.targetSha256)) {
    return run.store.save(item, { state: "done" });
  }
  await dropSecondCopy(run, item);
  return run.store.save(item, asBefore);
}

async function dropSecondCopy(run: PlanRun, item: PlanItem): Promise<void> {
  const { secondTarget } = item;
  if (secondTarget === null) return;
  await dropReservations(run, item);
  const part = run.part(item, secondTarget, "second");
  const isOurs = await isOwn(secondTarget, part, secondHash(item));
  if (isOurs && (await originalHolds(item))) await unlink(secondTarget);
}

async function dropReservations(run: PlanRun, item: PlanItem): Promise<void> {
  for (const target of [item.target, item.secondTarget]) {
    if (target !== null) await run.dropReservation(item, target);
  }
}
