import { open, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Localized } from "../../src-preload/contract/problem.ts";
import {
  areTwoNamesOfOneFile,
  entryAt,
  moveWithoutOverwrite,
  removeReservation,
  reservationFor,
  syncFolder,
  type UpscaleRecord,
} from "../library/index.ts";
import { outputProblem } from "../photos/index.ts";
import { libraryProblem } from "./problems.ts";
import { extensions } from "./result-name.ts";

/** A result in the person's folder. */
export interface PlacedResult {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly note: Localized | null;
}

/** What is written down before a result gets its name, to be known again by after a crash. */
const moveSchema = z.object({
  path: z.string(),
  bytes: z.number(),
  modifiedMs: z.number(),
  note: z.object({ en: z.string(), ko: z.string() }).nullable(),
});
type Move = z.infer<typeof moveSchema>;

/** FAT keeps times of files to two seconds. */
const TIME_STEP_MS = 2000;

/**
 * Absolute path of a result's file while it is written: beside its place, so that it only needs to be renamed, and
 * hidden, so that no reading of the folder takes it for a photo. Always the same one for a result: whoever goes on
 * after a crash finds it.
 */
export function unfinishedFile({ folder, version }: UpscaleRecord): string {
  return join(folder, `.kiln-${version}.partial`);
}

/** Removes what there is of a result's file before it has its name. What can't be removed stays. */
export async function removeUnfinished(record: UpscaleRecord): Promise<void> {
  // On Windows a child that was ended a moment ago may still hold it.
  const patiently = { force: true, recursive: true, maxRetries: 5 } as const;
  await rm(unfinishedFile(record), patiently).catch(() => undefined);
}

/**
 * Gives a result's file its name: the one that was planned or, where something has that by now, the next: "a.png",
 * "a (2).png". Never over another file.
 *
 * @param directory the result's own folder in the library, where the move is written down first
 * @throws KilnError `disk-full`, `output-folder-gone`, `output-forbidden`, `output-unwritable`
 */
export async function placeResult(
  record: UpscaleRecord,
  directory: string,
  note: Localized | null,
): Promise<PlacedResult> {
  const from = unfinishedFile(record);
  try {
    const { size: bytes, mtimeMs: modifiedMs } = await stat(from);
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? record.baseName : `${record.baseName} (${n})`;
      const path = join(record.folder, name + extensions[record.settings.format]);
      if ((await entryAt(path)) !== null) continue;
      await writeDown(directory, { path, bytes, modifiedMs, note });
      const outcome = await moveWithoutOverwrite(from, path, reservationFor(record.version));
      if (outcome === "moved") return { path, bytes, note };
      if (outcome === "other-device") throw new Error("One folder, two devices.");
    }
  } catch (error) {
    throw await outputProblem(error, from);
  }
}

/** The result that a run placed which was broken off right after, or in the middle of it; null where none was. */
export async function placedBefore(
  record: UpscaleRecord,
  directory: string,
): Promise<PlacedResult | null> {
  const move = await readMove(directory);
  if (move === null) return null;
  const { path, bytes, note } = move;
  const from = unfinishedFile(record);
  if ((await entryAt(from)) === null) return (await isResult(move)) ? { path, bytes, note } : null;
  if (await areTwoNamesOfOneFile(from, path)) {
    await rm(from);
    return { path, bytes, note };
  }
  await removeReservation(path, reservationFor(record.version));
  return null;
}

async function isResult({ path, bytes, modifiedMs }: Move): Promise<boolean> {
  const found = await entryAt(path);
  if (found === null || !found.isFile() || found.size !== BigInt(bytes)) return false;
  return Math.abs(Number(found.mtimeMs) - modifiedMs) <= TIME_STEP_MS;
}

function moveFile(directory: string): string {
  return join(directory, "move.json");
}

async function writeDown(directory: string, move: Move): Promise<void> {
  try {
    await using file = await open(moveFile(directory), "w");
    await file.writeFile(JSON.stringify(move));
    await file.sync();
    await syncFolder(directory);
  } catch (error) {
    throw libraryProblem(error);
  }
}

/** @returns null where nothing was written down, or not as a whole: then no file was moved either */
async function readMove(directory: string): Promise<Move | null> {
  try {
    return moveSchema.parse(JSON.parse(await readFile(moveFile(directory), "utf8")));
  } catch {
    return null;
  }
}
