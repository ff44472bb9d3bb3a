import { stat } from "node:fs/promises";
import { KilnError } from "../errors.ts";
import {
  type KnownPhoto,
  type PhotoFile,
  type Placement,
  passingSkips,
  type Twin,
  versionOf,
} from "../library/index.ts";
import { forEachFrame } from "./burst-queue.ts";
import { orProblem, setAside, WriteBatch } from "./one-photo.ts";
import { isSystemError } from "./problems.ts";
import type { ReadingContext, ReadingServices } from "./reading.ts";
import { clockShift, isSamePhoto } from "./same-photo.ts";
import type { ImageProbe } from "./worker/protocol.ts";

/** How many headers are read at once. */
const concurrency = 8;

/**
 * Reads the headers of all photos of a root that are new or changed, and lets photos follow their files.
 *
 * What the person decided belongs to what is in the file (the digest of its bytes), not to the file's name: names are
 * given anew in batches, swapped and shifted. So where other bytes are found in a photo's place, nothing is written
 * down until all headers are read; then {@link settleChanged} says of every place at once whose file is there. Broken
 * off before, the photos are still `found`, with the digest that their decisions are about: the next reading begins
 * anew.
 */
export async function probePhotos(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
): Promise<void> {
  const { readings, movedFiles, database } = services;
  const found = readings.inState(rootId, ["found"]);
  const known = new Set(found.map(({ identity }) => identity).filter((each) => each !== ""));
  const writes = new WriteBatch(database);
  const changed: Changed[] = [];
  const followed = new Set<number>();
  let done = 0;
  const alone = found.map((photo) => [photo]);
  await forEachFrame(alone, concurrency, async (photo) => {
    const probe = await orProblem(context, photo, () => probeFile(services, context, photo.path));
    const isNew = photo.identity === "";
    if (probe instanceof KilnError) {
      if (isNew || probe.code === "file-missing") {
        writes.add(() => setAside(readings, photo, probe));
      } else changed.push({ photo, probe });
    } else if (probe.fastHash === photo.identity) {
      writes.add(() => saveProbe(services, photo.id, probe));
    } else if (!isNew || known.has(probe.fastHash)) {
      changed.push({ photo, probe });
    } else {
      // Nobody else in this reading can ask for these bytes: a photo that comes from elsewhere is there at once.
      const moved = await firstWithoutPlace(services, context, photo, probe, followed);
      writes.add(() => {
        if (moved !== null) movedFiles.settle([{ place: photo.id, photo: moved }]);
        saveProbe(services, moved ?? photo.id, probe);
      });
    }
    done += 1;
    context.progress(done, found.length);
  });
  writes.flush();
  if (changed.length > 0) await settleChanged(services, context, changed, followed);
}

/** A place where the reading met other bytes than the library knows, or bytes that belong to such a place. */
interface Changed {
  /** Who was there; its identity is that of the bytes that its decisions are about. */
  readonly photo: PhotoFile;
  /** What the file says that is there now. */
  readonly probe: ImageProbe | KilnError;
}

/**
 * Decides for all changed places whose file is there now, and writes that down in one step:
 *
 * - bytes that a photo of the library had which has no place any more are that photo;
 * - bytes that a photo has which is still in its place are a copy, and a photo of its own;
 * - bytes that nobody had are the photo that was there where that one was edited ({@link editedPhotos}), else a new one;
 * - a file that can't be read, perhaps a half-written one, is taken for the photo that was there.
 *
 * A photo that loses its place so is missing, with all that the person decided: its bytes find it again.
 */
async function settleChanged(
  services: ReadingServices,
  context: ReadingContext,
  changed: readonly Changed[],
  followed: ReadonlySet<number>,
): Promise<void> {
  const { database, movedFiles, readings } = services;
  const places = changed.toSorted((a, b) => a.photo.id - b.photo.id);
  const inReading = new Set(places.map(({ photo }) => photo.id));
  const owners = new Map<string, { readonly all: Set<number>; readonly free: number[] }>();
  const ownersOf = (hash: string) => {
    const known = owners.get(hash) ?? { all: new Set(), free: [] };
    owners.set(hash, known);
    return known;
  };
  for (const { photo } of places)
    if (photo.identity !== "") ownersOf(photo.identity).all.add(photo.id);
  for (const { photo, probe } of places) {
    if (probe instanceof KilnError) continue;
    const { all, free } = ownersOf(probe.fastHash);
    for (const twin of movedFiles.twins(photo.id, probe)) {
      if (inReading.has(twin.id) || all.has(twin.id)) continue;
      all.add(twin.id);
      const isFree = !followed.has(twin.id) && !(await holds(services, context, twin));
      if (isFree) free.push(twin.id);
    }
  }
  // Photos of this reading come first: what has just lost its place is what a batch moved.
  const displaced = places.filter(({ photo, probe }) => {
    if (photo.identity === "") return false;
    if (probe instanceof KilnError) return !passingSkips.has(probe.code);
    if (ownersOf(probe.fastHash).all.size > 0) return true;
    const before = movedFiles.lastKnown(photo.id);
    // A JPEG that came to a RAW, or left it, is shown from now on or no longer: both are one photo.
    if (before.formerFile === "beside") return false;
    return before.formerFile === null || !isSamePhoto(before, probe);
  });
  for (const { photo } of displaced.toReversed()) ownersOf(photo.identity).free.unshift(photo.id);

  const whose = new Map<number, number>();
  for (const { photo, probe } of places) {
    if (probe instanceof KilnError) continue;
    const owner = ownersOf(probe.fastHash).free.shift();
    if (owner !== undefined) whose.set(photo.id, owner);
  }
  const gone = new Set(whose.values());
  /** Where bytes are that nobody had. */
  const unknown = places.flatMap(({ photo, probe }) => {
    if (photo.identity === "" || probe instanceof KilnError) return [];
    if (gone.has(photo.id) || ownersOf(probe.fastHash).all.size > 0) return [];
    return [{ id: photo.id, before: movedFiles.lastKnown(photo.id), probe }];
  });
  const edited = editedPhotos(unknown);
  const placements = places.flatMap(({ photo, probe }): Placement[] => {
    const owner = whose.get(photo.id);
    if (owner !== undefined) return [{ place: photo.id, photo: owner }];
    if (gone.has(photo.id)) return [{ place: photo.id, photo: null }];
    if (photo.identity === "" || probe instanceof KilnError || edited.has(photo.id)) return [];
    return [{ place: photo.id, photo: null }];
  });

  context.signal.throwIfAborted();
  database.transaction(() => {
    const settled = movedFiles.settle(placements);
    for (const { photo, probe } of places) {
      const id = settled.get(photo.id) ?? photo.id;
      if (probe instanceof KilnError) setAside(readings, { ...photo, id }, probe);
      else saveProbe(services, id, probe);
    }
  });
}

interface UnknownBytes {
  /** Of the photo that was there. */
  readonly id: number;
  readonly before: KnownPhoto;
  readonly probe: ImageProbe;
}

/**
 * Which of the photos that were there are still there, their bytes written anew: what the camera noted is as it was
 * ({@link isSamePhoto}), or several had their clock set right ({@link clockShift}). All others gave way to another.
 */
function editedPhotos(unknown: readonly UnknownBytes[]): ReadonlySet<number> {
  /** By shift of the clock, the times that were set right: what one moment says alone may be chance. */
  const shifts = new Map<number, Set<string>>();
  for (const { before, probe } of unknown) {
    const shift = clockShift(before, probe);
    if (shift === null || before.capturedAt === null) continue;
    shifts.set(shift, (shifts.get(shift) ?? new Set()).add(before.capturedAt.local));
  }
  const wasSetRight = (shift: number | null): boolean =>
    shift !== null && (shifts.get(shift)?.size ?? 0) > 1;
  const edited = unknown.filter(
    ({ before, probe }) =>
      before.formerFile === "beside" ||
      isSamePhoto(before, probe) ||
      wasSetRight(clockShift(before, probe)),
  );
  return new Set(edited.map(({ id }) => id));
}

function probeFile(
  { images }: Pick<ReadingServices, "images">,
  { signal, jobId }: Pick<ReadingContext, "signal" | "jobId">,
  path: string,
): Promise<ImageProbe> {
  return images.run("probe", { path }, { signal, tag: String(jobId) });
}

function saveProbe(services: ReadingServices, photoId: number, probe: ImageProbe): void {
  services.readings.saveProbe(photoId, probe);
  if (probe.rating !== null) services.takeEmbedded(photoId, probe.rating, probe.modifiedMs);
}

/**
 * The photo that had these very bytes and whose file is no longer where it was: this one is it, moved. Of several
 * copies only the first that comes is: `followed` remembers.
 */
async function firstWithoutPlace(
  services: ReadingServices,
  context: ReadingContext,
  photo: PhotoFile,
  identity: Pick<ImageProbe, "fastHash">,
  followed: Set<number>,
): Promise<number | null> {
  for (const twin of services.movedFiles.twins(photo.id, identity)) {
    if (await holds(services, context, twin)) continue;
    // Others were looked at meanwhile.
    if (followed.has(twin.id)) continue;
    followed.add(twin.id);
    return twin.id;
  }
  return null;
}

/**
 * Whether the file of a photo is where the library has it, with the bytes that the library knows. One that may not be
 * looked at is taken to be there.
 */
async function holds(
  services: ReadingServices,
  context: ReadingContext,
  { hasLeft, state, path, version, identity }: Twin,
): Promise<boolean> {
  if (hasLeft) return false;
  try {
    const { size, mtimeMs } = await stat(path);
    const isSettled = state === "probed" || state === "measured";
    if (isSettled && versionOf({ bytes: size, modifiedMs: mtimeMs }) === version) return true;
    return (await probeFile(services, context, path)).fastHash === identity;
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof KilnError) {
      return error.code !== "file-missing" && passingSkips.has(error.code);
    }
    return !isSystemError(error, "ENOENT") && !isSystemError(error, "ENOTDIR");
  }
}
