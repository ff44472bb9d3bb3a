import { lstat, realpath, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { ApplyOptions, ApplyPlan } from "../../src-preload/contract/apply.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { Turns } from "../in-turns.ts";
import {
  type FindVolumeRoot,
  isCode,
  type PlanDraft,
  type PlanItemDraft,
  type Trash,
  versionOf,
  volumeRoot,
} from "../library/index.ts";
import { checkDestination, checkSourceFolder, freeSpace, isInside } from "./checks.ts";
import { sourceProblem } from "./file-problems.ts";
import {
  folderNames,
  type NameFields,
  parseFolderPattern,
  parseNamePattern,
} from "./name-pattern.ts";
import {
  notEnoughSpace,
  nothingToDo,
  photosChanged,
  photosMissing,
  secondCopyIsFirst,
  warnings,
} from "./plan-problems.ts";
import { companionTails, stemOf, TargetNames } from "./target-names.ts";

/** A decided photo, as the library knows it. */
export interface PlannedPhoto {
  readonly photoId: number;
  /** Of the main file when it was last read (`versionOf`); null while nobody knows whose file it is. */
  readonly version: string | null;
  /** All files of the photo, the main file first. Absolute paths. */
  readonly files: readonly [PlannedFile, ...PlannedFile[]];
  readonly fields: Omit<NameFields, "name" | "seq">;
}

export interface PlannedFile {
  readonly fileId: number;
  readonly path: string;
}

export interface ApplyPlanInput
  extends Pick<ApplyOptions, "action" | "pattern" | "subfolders" | "exportQuality" | "exportEdge"> {
  /** Absolute paths of existing folders. */
  readonly destination: string;
  readonly secondCopy: string | null;
  /** In the order in which {seq} counts them. */
  readonly picks: readonly PlannedPhoto[];
  /** Goes to the trash; empty when rejects are left where they are. */
  readonly rejects: readonly PlannedPhoto[];
  readonly trash: Trash;
  /** The folder that the person is looking at, to say so when the destination is inside it; null for none. */
  readonly shownFolder: string | null;
  readonly findVolumeRoot?: FindVolumeRoot;
}

/** A plan and what the person should know of it before it starts. */
export interface ApplyPlanDraft extends PlanDraft {
  readonly picks: number;
  readonly rejects: number;
  /** Sum of the picks' files. */
  readonly bytes: number;
  readonly freeBytes: number | null;
  readonly secondFreeBytes: number | null;
  /** Picks that the pattern gives a name that another one gets, too. */
  readonly sameNames: number;
  /** Picks whose name something else has. */
  readonly takenNames: number;
  readonly warnings: readonly Localized[];
}

interface Source {
  readonly file: PlannedFile;
  readonly bytes: number;
  readonly modifiedMs: number;
}

interface PhotoOnDisk {
  readonly photo: PlannedPhoto;
  /** The files that are there, the main file first. */
  readonly sources: readonly [Source, ...Source[]];
}

/** Less room than this after the plan is worth a word. */
const roomToLeave = 1e9;

/**
 * Works out what applying the decisions would do to the disk, file by file. Reads folders and file sizes; changes
 * nothing. Picks take all their files along under one new base name (an export takes the main file alone); when a
 * name is taken on the disk or in the plan, whatever its letter case, all files of the photo get '-2' (then '-3' …).
 *
 * @throws KilnError for a pattern (see `parseNamePattern`), `destination-missing`, `destination-not-a-folder`,
 *   `destination-unwritable`, `destination-on-card`, `second-copy-is-first`, `leaves-destination`,
 *   `folder-name-taken`, `not-enough-space`, `source-on-card`, `source-folder-unwritable`, the trash's refusals,
 *   `nothing-to-do`, `photos-missing`
 */
export async function planApply(input: ApplyPlanInput): Promise<ApplyPlanDraft> {
  const namePattern = parseNamePattern(input.pattern);
  const folderPattern = parseFolderPattern(input.subfolders);
  const findRoot = input.findVolumeRoot ?? volumeRoot;
  const destination = resolve(input.destination);
  const secondCopy = input.secondCopy === null ? null : resolve(input.secondCopy);
  if (input.picks.length > 0) await checkDestinations(destination, secondCopy, findRoot);

  const picks = await onDisk(input.picks, input.action === "move");
  const rejects = await onDisk(input.rejects, true);
  if (input.action === "move") await checkFolders(picks.found, findRoot);
  await checkFolders(rejects.found, findRoot);
  await checkTrash(rejects.found, input.trash);

  const names = new TargetNames([destination, ...(secondCopy === null ? [] : [secondCopy])]);
  const items: PlanItemDraft[] = [];
  const placed: PhotoOnDisk[] = [];
  let alreadyThere = 0;
  let takenNames = 0;
  const turns = new Turns();
  for (const pick of picks.found) {
    await turns.breathe();
    const [main] = pick.sources;
    const stem = stemOf(main.file.path);
    const fields = { ...pick.photo.fields, name: stem, seq: placed.length + 1 };
    const folders = folderNames(folderPattern, fields);
    const sources = input.action === "export" ? [main] : pick.sources;
    const tails =
      input.action === "export"
        ? [".jpg"]
        : companionTails(
            stem,
            sources.map((source) => source.file.path),
          );
    const wanted = {
      folders,
      stem: namePattern.expand(fields),
      tails,
      ownStem: input.action !== "export",
    };
    if (input.action !== "export" && (await names.isHome(wanted, main.file.path))) {
      alreadyThere += 1;
      continue;
    }
    const given = await names.take(wanted);
    placed.push(pick);
    if (given.isRenamed && !given.isShared) takenNames += 1;
    for (const [index, source] of sources.entries()) {
      const [target = null, secondTarget = null] = given.paths(index);
      items.push({
        ...draftOf(pick.photo, source),
        operation: input.action,
        target,
        secondTarget,
        renamed: given.isRenamed,
      });
    }
  }
  const trashed = rejects.found.flatMap(({ photo, sources }) =>
    sources.map((source) => ({
      ...draftOf(photo, source),
      operation: "trash" as const,
      target: null,
      secondTarget: null,
      renamed: false,
    })),
  );
  const missing = picks.missing + rejects.missing;
  const changed = picks.changed + rejects.changed;
  if (items.length + trashed.length === 0) {
    if (changed > 0) throw photosChanged(changed);
    throw missing > 0 && alreadyThere === 0 ? photosMissing(missing) : nothingToDo();
  }

  const space = await checkSpace(items, destination, secondCopy);
  const links = picks.links + rejects.links;
  return {
    action: input.action,
    destination,
    secondCopy,
    exportQuality: input.exportQuality,
    exportEdge: input.exportEdge,
    items: [...items, ...trashed],
    picks: placed.length,
    rejects: rejects.found.length,
    bytes: items.reduce((sum, item) => sum + item.bytes, 0),
    freeBytes: space.freeBytes,
    secondFreeBytes: space.secondFreeBytes,
    sameNames: names.sharing,
    takenNames,
    warnings: [
      ...(missing > 0 ? [warnings.missing(missing)] : []),
      ...(changed > 0 ? [warnings.changed(changed)] : []),
      ...(links > 0 ? [warnings.links(links)] : []),
      ...(alreadyThere > 0 ? [warnings.alreadyThere(alreadyThere)] : []),
      ...(trashed.length > 0 && input.trash.capability === "one-way" ? [warnings.trashOneWay] : []),
      ...(placed.length > 0 && (await isInside(destination, input.shownFolder))
        ? [warnings.insideSource]
        : []),
      ...(space.crossesDrives && input.action === "move" ? [warnings.otherDrive] : []),
      ...space.warnings,
    ],
  };
}

/** The plan as the window shows it. */
export function describePlan(planId: number, draft: ApplyPlanDraft): ApplyPlan {
  return {
    planId,
    items: draft.items.map((item) => ({
      photoId: item.photoId,
      operation: item.operation,
      from: item.source,
      to: item.target,
      bytes: item.bytes,
      renamed: item.renamed,
    })),
    picks: draft.picks,
    rejects: draft.rejects,
    bytes: draft.bytes,
    freeBytes: draft.freeBytes,
    secondCopy: describeSecondCopy(draft),
    sameNames: draft.sameNames,
    takenNames: draft.takenNames,
    warnings: [...draft.warnings],
  };
}

function describeSecondCopy(draft: ApplyPlanDraft): ApplyPlan["secondCopy"] {
  const { secondCopy: folder, secondFreeBytes: freeBytes } = draft;
  const files = draft.items.filter((item) => item.secondTarget !== null).length;
  // It gets what the destination gets.
  return folder === null || files === 0 ? null : { folder, files, bytes: draft.bytes, freeBytes };
}

function draftOf(photo: PlannedPhoto, source: Source) {
  return {
    photoId: photo.photoId,
    fileId: source.file.fileId,
    source: source.file.path,
    bytes: source.bytes,
    modifiedMs: source.modifiedMs,
  };
}

async function checkDestinations(
  destination: string,
  secondCopy: string | null,
  findRoot: FindVolumeRoot,
): Promise<void> {
  await checkDestination(destination, findRoot);
  if (secondCopy === null) return;
  await checkDestination(secondCopy, findRoot);
  if ((await realpath(destination)) === (await realpath(secondCopy))) {
    throw secondCopyIsFirst(secondCopy);
  }
}

/**
 * Sizes and times of what is there. A photo whose main file is gone, or is a link that may not move, is left out; so is
 * one whose main file is not as it was read: names may have been swapped since, and another photo's bytes be there.
 */
async function onDisk(photos: readonly PlannedPhoto[], moves: boolean) {
  const found: PhotoOnDisk[] = [];
  let missing = 0;
  let links = 0;
  let changed = 0;
  for (const photo of photos) {
    const [mainFile, ...otherFiles] = photo.files;
    const main = await readSource(mainFile, moves);
    if (main === "missing") missing += 1;
    else if (main === "link") links += 1;
    else if (versionOf(main) !== photo.version) changed += 1;
    else {
      const others = await Promise.all(otherFiles.map((file) => readSource(file, moves)));
      found.push({
        photo,
        sources: [main, ...others.filter((other) => typeof other === "object")],
      });
    }
  }
  return { found, missing, links, changed };
}

async function readSource(file: PlannedFile, moves: boolean): Promise<Source | "missing" | "link"> {
  try {
    if (moves && (await lstat(file.path)).isSymbolicLink()) return "link";
    const found = await stat(file.path);
    if (!found.isFile()) return "missing";
    return { file, bytes: found.size, modifiedMs: found.mtimeMs };
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR", "ELOOP")) return "missing";
    throw sourceProblem(file.path, error);
  }
}

/** Nothing leaves a card, and nothing leaves a folder that can't be written to. */
async function checkFolders(
  photos: readonly PhotoOnDisk[],
  findRoot: FindVolumeRoot,
): Promise<void> {
  const folders = new Set(
    photos.flatMap(({ sources }) => sources.map((source) => dirname(source.file.path))),
  );
  for (const folder of folders) await checkSourceFolder(folder, findRoot);
}

async function checkTrash(photos: readonly PhotoOnDisk[], trash: Trash): Promise<void> {
  const onePerFolder = new Map(
    photos.map(({ sources: [main] }) => [dirname(main.file.path), main.file.path]),
  );
  for (const path of onePerFolder.values()) {
    const refusal = await trash.refusal(path);
    if (refusal !== null) throw refusal;
  }
}

/** Compares what will be written with what is free, volume by volume. */
async function checkSpace(
  items: readonly PlanItemDraft[],
  destination: string,
  secondCopy: string | null,
) {
  if (items.length === 0) {
    return { freeBytes: null, secondFreeBytes: null, crossesDrives: false, warnings: [] };
  }
  const device = async (path: string) => (await stat(path, { bigint: true })).dev;
  const target = await device(destination);
  const sourceDevices = new Map<string, bigint>();
  let needed = 0;
  let crossesDrives = false;
  for (const item of items) {
    const folder = dirname(item.source);
    const source = sourceDevices.get(folder) ?? (await device(folder));
    sourceDevices.set(folder, source);
    if (source !== target) crossesDrives = true;
    if (item.operation !== "move" || source !== target) needed += item.bytes;
  }
  const copied = items.reduce((sum, item) => sum + item.bytes, 0);
  const secondIsSame = secondCopy !== null && (await device(secondCopy)) === target;
  const volumes = [{ path: destination, needed: needed + (secondIsSame ? copied : 0) }];
  if (secondCopy !== null && !secondIsSame) volumes.push({ path: secondCopy, needed: copied });

  const isExport = items.some((item) => item.operation === "export");
  const found: Localized[] = [];
  for (const volume of volumes) {
    const free = await freeSpace(volume.path);
    if (free === null || volume.needed === 0) continue;
    // Nobody knows the size of a JPEG before it is written; it is seldom more than the original's.
    if (free < volume.needed && !isExport) throw notEnoughSpace(volume.path, volume.needed, free);
    const left = Math.max(0, free - volume.needed);
    if (left < roomToLeave) found.push(warnings.almostFull(volume.path, left));
  }
  return {
    freeBytes: await freeSpace(destination),
    secondFreeBytes: secondCopy === null ? null : await freeSpace(secondCopy),
    crossesDrives,
    warnings: found,
  };
}
