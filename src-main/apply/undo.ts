import { mkdir, unlink } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { KilnError } from "../errors.ts";
import { inTurns } from "../in-turns.ts";
import {
  cardHolding,
  entryAt,
  isCode,
  type PlanItem,
  trashEmptied,
  trashOneWay,
} from "../library/index.ts";
import { settleApply } from "./execute.ts";
import { destinationOnCard } from "./plan-problems.ts";
import { relocate, settle } from "./relocate.ts";
import {
  byPhoto,
  isAsPlanned,
  originalHolds,
  PlanRun,
  type PlanRunOptions,
  problemOf,
  secondHash,
} from "./run.ts";
import { stemOf } from "./target-names.ts";
import {
  backUnderOtherName,
  backUnderOtherNameCode,
  copyNotRemovable,
  copyWasChanged,
  movedFileVanished,
  originalIsGone,
  planNeverStarted,
  planUnknown,
  wayBackClosed,
  wayBackTaken,
} from "./undo-problems.ts";
import { hashFile } from "./verified-copy.ts";

/** What became of an undo. */
export interface UndoOutcome {
  readonly undone: number;
  /** Items that stay as apply left them, each with its reason in `problem`. */
  readonly kept: readonly PlanItem[];
  /** Items that are back, but under another name, which `problem` says. */
  readonly renamed: readonly PlanItem[];
}

/**
 * Takes a plan back, newest item first, or goes on with an undo that was cut short; also takes back what an
 * unfinished apply has done so far. What a person did in between is never lost:
 *
 * - A copy goes only if its bytes are still those that Kiln wrote and its original is there and unchanged.
 * - A moved file goes back as it is now, with whatever was done to it.
 * - Where another file has its old name by now, all files of its photo come back with '-2' (then '-3' …).
 * - A trashed file comes back where the system lets it.
 *
 * Everything else is `kept`, with a sentence; undoing again tries the kept ones again. Folders that the plan made go
 * when they are empty.
 *
 * @throws KilnError `plan-unknown`, `plan-not-started`, `disk-full` and the like on the way back to another drive:
 *   the plan stays `undoing`. The signal's reason when cancelled: the same.
 */
export function undoPlan(options: PlanRunOptions): Promise<UndoOutcome> {
  const { store, planId } = options;
  return store.alone(async () => {
    const plan = store.plan(planId);
    if (plan === null) throw planUnknown();
    if (plan.state === "planned") throw planNeverStarted();
    store.setState(planId, "undoing");
    const items = (await inTurns(store.itemsInSteps(planId))).toReversed();
    const run = new PlanRun(options, plan, items);
    for (const group of byPhoto(items)) await undoPhoto(run, group);
    for (const item of items) await run.removeParts(item);
    await run.removeEmptyFolders();
    store.setState(planId, "undone");
    const ended = await inTurns(store.itemsInSteps(planId));
    return {
      undone: ended.filter((item) => item.state === "undone").length,
      kept: ended.filter((item) => item.state === "kept"),
      renamed: ended.filter((item) => item.state === "undone" && item.problem !== null),
    };
  });
}

async function undoPhoto(run: PlanRun, group: readonly PlanItem[]): Promise<void> {
  const settled: PlanItem[] = [];
  for (const item of group) {
    settled.push(item.state === "started" ? await settleApply(run, item) : item);
  }
  const named = await nameWayBack(run, settled);
  for (const item of named) {
    run.signal.throwIfAborted();
    await run.count(item, (onBytes) => undoItem(run, item, onBytes));
  }
}

/**
 * Where another file has the old name of one of the photo's files, all of them get a new one, so that they stay
 * together. It is written down before anything moves: a resumed undo finds it in the journal.
 */
async function nameWayBack(run: PlanRun, group: readonly PlanItem[]): Promise<PlanItem[]> {
  const returning: PlanItem[] = [];
  for (const item of group) {
    const returns = item.operation === "move" || item.operation === "trash";
    if (isUndoable(item) && returns && (await isAway(run, item))) returning.push(item);
  }
  const main = group.toSorted((a, b) => a.seq - b.seq)[0];
  const stem = stemOf(main?.source ?? "");
  const areFree = async (number: number): Promise<boolean> => {
    for (const { source } of returning) {
      if ((await entryAt(numbered(source, stem, number))) !== null) return false;
    }
    return true;
  };
  let number = 1;
  while (!(await areFree(number))) number += 1;
  if (number === 1) return [...group];
  // All or none: a crash between two of them would count one of them again.
  return run.store.together(() =>
    group.map((item) => {
      if (!returning.includes(item)) return item;
      const source = numbered(item.source, stem, number);
      const problem = problemOf(backUnderOtherName(source, item.source));
      return run.store.save(item, { source, problem });
    }),
  );
}

/** The path with a number behind the photo's base name, before whatever follows that. */
function numbered(path: string, stem: string, number: number): string {
  if (number === 1) return path;
  const name = basename(path);
  const tail = name.startsWith(`${stem}.`) ? name.slice(stem.length) : extname(name);
  return join(dirname(path), `${name.slice(0, name.length - tail.length)}-${number}${tail}`);
}

/** False for a moved file that is not where it was put: then nothing comes back that would need a name. */
async function isAway(run: PlanRun, item: PlanItem): Promise<boolean> {
  if (item.target !== null) return (await entryAt(item.target)) !== null;
  if (item.trashReceipt === null || run.trash.capability !== "restorable") return false;
  return (await run.trash.settle(item.trashReceipt)) === "in-trash";
}

function isUndoable(item: PlanItem): boolean {
  return item.state === "done" || item.state === "kept";
}

async function undoItem(
  run: PlanRun,
  item: PlanItem,
  onBytes: (bytes: number) => void,
): Promise<void> {
  if (item.state === "pending") {
    run.store.save(item, { state: "undone", problem: null });
    return;
  }
  const isResumed = item.state === "undo-started";
  if (!isResumed && !isUndoable(item)) return;
  const started = isResumed
    ? item
    : run.store.save(item, {
        state: "undo-started",
        // From here on it vouches for what the way back writes.
        targetSha256: item.operation === "move" ? null : item.targetSha256,
        problem: item.problem?.code === backUnderOtherNameCode ? item.problem : null,
      });
  try {
    if (started.operation === "trash") await restore(run, started, isResumed);
    else if (started.operation === "move") await moveBack(run, started, isResumed, onBytes);
    else await removeCopies(run, started);
  } catch (error) {
    if (
      !(error instanceof KilnError) ||
      error.code === "disk-full" ||
      error.code === "disk-failed"
    ) {
      throw error;
    }
    run.store.save(started, { state: "kept", problem: problemOf(wayBackProblem(started, error)) });
  }
}

/** The problems of a destination, said of a file that should have come back. */
function wayBackProblem(item: PlanItem, error: KilnError): KilnError {
  if (error.code === "name-taken") return wayBackTaken(item.source);
  return error.code.startsWith("destination-")
    ? wayBackClosed(item.target ?? item.source, error)
    : error;
}

async function restore(run: PlanRun, item: PlanItem, isResumed: boolean): Promise<void> {
  if (item.trashReceipt === null) throw trashOneWay();
  if (isResumed || (await run.trash.settle(item.trashReceipt)) === "in-trash") {
    await openWayBack(run, item.source);
    await run.trash.restore(item.trashReceipt, item.source);
  } else if (!(await isAsPlanned(item))) {
    // Neither in the trash nor, restored by hand, where it was.
    throw trashEmptied(item.source);
  }
  run.saveMoved(item, { state: "undone" }, item.source);
}

async function moveBack(
  run: PlanRun,
  started: PlanItem,
  isResumed: boolean,
  onBytes: (bytes: number) => void,
): Promise<void> {
  let item = started;
  const { source, target } = item;
  if (target === null) throw new Error(`Item ${item.seq} has no target.`);
  const way = run.way(item, target, source);
  const before = isResumed ? await settle(way, item.targetSha256) : "from";
  if (before === "both") throw copyWasChanged(target);
  if (before === "from") {
    if (isResumed) {
      item = run.store.save(item, { targetSha256: null });
      await run.removeParts(item);
    }
    if ((await entryAt(target)) === null) {
      // Somebody moved it back by hand, or took it somewhere else.
      if ((await entryAt(source)) === null) throw movedFileVanished(target);
    } else {
      await openWayBack(run, source);
      await relocate(way, {
        signal: run.signal,
        onBytes,
        onVerified: (targetSha256) => {
          item = run.store.save(item, { targetSha256 });
        },
      });
    }
  }
  if (before === "none") throw movedFileVanished(target);
  await run.removeParts(item);
  const { secondTarget } = item;
  const kept =
    secondTarget === null ? null : await removeCopy(run, item, secondTarget, secondHash(item));
  run.saveMoved(
    item,
    kept === null ? { state: "undone" } : { state: "kept", problem: problemOf(kept) },
    source,
  );
}

/** Makes sure that there is a folder to come back to, and that it is not on a card by now. */
async function openWayBack(run: PlanRun, source: string): Promise<void> {
  const folder = dirname(source);
  const card = await cardHolding(folder, run.findRoot);
  if (card !== null) throw wayBackClosed(source, destinationOnCard(card));
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw wayBackClosed(source, error);
  }
}

/** Both copies go, or stay each for a reason of its own; the item tells of the first. */
async function removeCopies(run: PlanRun, item: PlanItem): Promise<void> {
  const { target, secondTarget } = item;
  const kept = [
    target === null ? null : await removeCopy(run, item, target, item.targetSha256),
    secondTarget === null ? null : await removeCopy(run, item, secondTarget, secondHash(item)),
  ].find((problem) => problem !== null);
  run.store.save(
    item,
    kept === undefined ? { state: "undone" } : { state: "kept", problem: problemOf(kept) },
  );
}

/** Removes a copy that Kiln made, or says why not. One that is gone already is fine. */
async function removeCopy(
  run: PlanRun,
  item: PlanItem,
  path: string,
  sha256: string | null,
): Promise<KilnError | null> {
  try {
    const before = await entryAt(path);
    if (before === null) return null;
    if (!before.isFile() || (await hashFile(path, run.signal)) !== sha256) {
      return copyWasChanged(path);
    }
    if (!(await originalHolds(item))) return originalIsGone(path, item.source);
    const now = await entryAt(path);
    const isSame =
      now?.ino === before.ino && now.mtimeNs === before.mtimeNs && now.size === before.size;
    if (!isSame) return copyWasChanged(path);
    await unlink(path);
    return null;
  } catch (error) {
    if (isCode(error, "EACCES", "EPERM", "EROFS", "EBUSY", "EIO"))
      return copyNotRemovable(path, error);
    throw error;
  }
}
