import { access } from "node:fs/promises";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { inTurns, pieces, type Steps } from "../in-turns.ts";
import type { JobResult } from "../jobs/index.ts";
import { type FoundPhoto, foundKey } from "../library/index.ts";
import { scanFiles, scanFolder, sharedSidecars, type UnreadFolder } from "./folder-scan.ts";
import { groupRoot } from "./grouping.ts";
import { measurePhotos } from "./measure-photos.ts";
import { probePhotos } from "./probe-photos.ts";
import { unreadableFolder } from "./problems.ts";
import type { TakenIn } from "./read-sidecars.ts";
import type { ReadingContext, ReadingServices } from "./reading.ts";

/** How many photos are written down, or looked up, at once. */
const recordedAtOnce = 50;
const lookedUpAtOnce = 1000;

/** Children that start while a new folder is being scanned. More would only be in the way of the scan. */
const warmedChildren = 1;

/**
 * Reads a root: finds its photos, what they say of themselves, measures them and groups them into bursts. Every photo
 * that can't be read is kept with its reason and stops nothing. Unchanged photos cost nothing, so that a reading that
 * was broken off simply runs again.
 *
 * @param files of a root that is made of single files: names of those that come to the ones that it has; else null
 * @param headersOnly leaves measuring to the next reading
 * @param uncopied what an import could not copy: listed with what the reading can't open
 * @throws KilnError `folder-missing` or `folder-unreadable` when the root itself can't be read; what keeps the library
 * from being written, or a worker from starting
 */
export async function readRoot(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
  files: readonly string[] | null,
  {
    uncopied = [],
    headersOnly = false,
  }: { readonly uncopied?: readonly UnreadFolder[]; readonly headersOnly?: boolean } = {},
): Promise<JobResult> {
  const root = services.roots.get(rootId);
  if (root === null) {
    throw new KilnError(
      "root-forgotten",
      { en: "This folder is no longer in Kiln.", ko: "이 폴더는 더 이상 Kiln에 없습니다." },
      { en: "Drop it again.", ko: "다시 끌어다 놓으세요." },
    );
  }
  context.stage("scan");
  // Of a folder that is new the window asks for thumbnails as soon as there are names.
  const [known] = services.photos.changesAfter(rootId, 0, { after: 0, limit: 1 });
  if (known === undefined) services.images.warm(warmedChildren);
  let rivals: string[];
  try {
    ({ rivals } = await scan(services, context, { rootId, path: root.path, files, uncopied }));
  } catch (error) {
    if (isFolderProblem(error)) services.roots.setState(rootId, "missing");
    throw error;
  }
  services.roots.setState(rootId, "ready");
  const { signal } = context;
  const group = async (): Promise<void> => {
    const grouped = groupRoot(services, rootId, services.burstGapMs());
    await services.ranking.rank(await inTurns(grouped, signal), signal);
  };

  context.stage("probe");
  await probePhotos(services, context, rootId);
  // Not before: a photo that moved has its decisions back by now, and what its sidecar said when it was last seen.
  const sidecars = await services.takeInSidecars(rootId, signal);
  for (const { path, problem } of sidecars.problems) context.log(`${path}: ${problem.code}`);
  await group();
  if (headersOnly) return { revealPath: root.path };

  context.stage("measure");
  const { facesProblem } = await measurePhotos(services, context, rootId);

  // A folder that was taken away meanwhile is said to be missing, not to be full of unreadable photos.
  await assertFolder(root.path).catch((error: unknown) => {
    services.roots.setState(rootId, "missing");
    throw error;
  });
  context.stage("group");
  await group();
  return {
    revealPath: root.path,
    summary: summary(services, rootId, { sidecars, rivals, facesProblem }),
  };
}

/** Shows what is in a root's folder so far, while it is still being filled. */
export async function showFound(
  services: ReadingServices,
  root: { readonly rootId: number; readonly path: string },
  signal: AbortSignal,
): Promise<void> {
  await scanFolder(root.path, {
    signal,
    leaveOut: services.database.directory,
    onFolder: (found) => inTurns(record(services, root.rootId, found), signal),
    // The reading that follows says what can't be opened.
    onUnread: () => undefined,
  });
}

async function scan(
  services: ReadingServices,
  context: ReadingContext,
  target: {
    rootId: number;
    path: string;
    files: readonly string[] | null;
    uncopied: readonly UnreadFolder[];
  },
): Promise<{ rivals: string[] }> {
  const { rootId, path, files, uncopied } = target;
  const { signal } = context;
  const seen = new Set<string>();
  const unread: UnreadFolder[] = [];
  const rivals: string[] = [];
  const take = async (all: readonly FoundPhoto[]): Promise<void> => {
    const found = files === null ? withoutResults(services, rootId, all) : all;
    const names = found.flatMap((photo) => photo.files.map(({ name }) => name));
    rivals.push(...sharedSidecars(names).map((group) => group.toSorted().join(" + ")));
    await inTurns(record(services, rootId, found), signal);
    for (const photo of found) seen.add(foundKey(photo.directory, photo.key));
    context.progress(0, 0, photosFound(seen.size));
  };
  if (files === null) {
    await scanFolder(path, {
      signal,
      leaveOut: services.database.directory,
      onFolder: take,
      onUnread: (folder) => unread.push(folder),
    });
  } else {
    await take(await scanFiles(path, [...services.readings.fileNames(rootId), ...files], signal));
  }
  const unreadPaths = unread.map((folder) => folder.path);
  await inTurns(markMissing(services, rootId, seen, unreadPaths), signal);
  services.roots.saveUnreadFolders(rootId, [...unread, ...uncopied]);
  return { rivals };
}

function* record(
  { readings }: Pick<ReadingServices, "readings">,
  rootId: number,
  found: readonly FoundPhoto[],
): Steps<void> {
  for (const piece of pieces(found, recordedAtOnce)) {
    readings.recordFound(rootId, piece);
    yield;
  }
}

function* markMissing(
  { readings }: Pick<ReadingServices, "readings">,
  rootId: number,
  seen: ReadonlySet<string>,
  unread: readonly string[],
): Steps<void> {
  for (let after: number | null = 0; after !== null; ) {
    after = readings.markMissing(rootId, seen, unread, { after, limit: lookedUpAtOnce });
    yield;
  }
}

/** A folder may be where results of its own photos go. */
function withoutResults(
  { resultsIn }: ReadingServices,
  rootId: number,
  found: readonly FoundPhoto[],
): readonly FoundPhoto[] {
  const [first] = found;
  if (first === undefined) return found;
  // A scan brings one folder at a time.
  const results = resultsIn(first.directory, rootId);
  if (results.size === 0) return found;
  return found.filter((photo) => !photo.files.every(({ name }) => results.has(name)));
}

function isFolderProblem(error: unknown): boolean {
  return (
    error instanceof KilnError &&
    (error.code === "folder-missing" || error.code === "folder-unreadable")
  );
}

async function assertFolder(path: string): Promise<void> {
  await access(path).catch((error: unknown) => {
    throw unreadableFolder(path, error);
  });
}

function photosFound(count: number): Localized {
  return { en: `${counted(count, "photo")} found`, ko: `사진 ${grouped(count)}장 찾음` };
}

function summary(
  services: ReadingServices,
  rootId: number,
  met: {
    readonly sidecars: TakenIn;
    /** RAWs that share the name of a sidecar, a text for each. */
    readonly rivals: readonly string[];
    readonly facesProblem: KilnError | null;
  },
): Localized {
  const { sidecars, rivals, facesProblem } = met;
  const { readable, skipped, bursts } = services.photos.counts(rootId);
  const en = [`${counted(readable, "photo")} in ${counted(bursts, "moment")}`];
  const ko = [`사진 ${grouped(readable)}장, 순간 ${grouped(bursts)}개`];
  if (skipped > 0) {
    en.push(`${grouped(skipped)} not read`);
    ko.push(`읽지 못함 ${grouped(skipped)}장`);
  }
  const told = sidecarsTold(sidecars);
  en.push(...told.map((each) => each.en));
  ko.push(...told.map((each) => each.ko));
  const [rival] = rivals;
  if (rival !== undefined) {
    const more = rivals.length > 1 ? ` (${grouped(rivals.length)})` : "";
    en.push(`RAWs that share one sidecar's name: ${rival}${more}`);
    ko.push(`사이드카 이름이 같은 RAW: ${rival}${more}`);
  }
  if (facesProblem !== null) {
    en.push(`no faces: ${unended(facesProblem.happened.en)}`);
    ko.push(`얼굴 없음: ${unended(facesProblem.happened.ko)}`);
  }
  return { en: en.join(", "), ko: ko.join(", ") };
}

/** Which way it went between sidecars and decisions, where they differed. */
function sidecarsTold({ cameIn, kept, problems, oddRatings }: TakenIn): Localized[] {
  const told: Localized[] = [];
  if (cameIn > 0) {
    told.push({
      en: `${counted(cameIn, "photo")} rated by sidecars`,
      ko: `사이드카의 별점을 받은 사진 ${grouped(cameIn)}장`,
    });
  }
  if (kept > 0) {
    told.push({
      en: `${counted(kept, "decision")} kept over a sidecar`,
      ko: `사이드카 대신 Kiln의 결정을 지킨 사진 ${grouped(kept)}장`,
    });
  }
  const [odd] = oddRatings;
  if (odd !== undefined) {
    const more = oddRatings.length > 1 ? " …" : "";
    told.push({
      en: `${counted(oddRatings.length, "rating")} that Kiln does not know left alone: ${odd.written} in “${odd.name}”${more}`,
      ko: `Kiln이 모르는 값이라 그대로 둔 별점 ${grouped(oddRatings.length)}개: ‘${odd.name}’의 ${odd.written}${more}`,
    });
  }
  const [first] = problems;
  if (first !== undefined) {
    const { happened } = first.problem;
    const more = problems.length > 1 ? " …" : "";
    told.push({
      en: `${counted(problems.length, "sidecar")} not read: ${unended(happened.en)}${more}`,
      ko: `읽지 못한 사이드카 ${grouped(problems.length)}개: ${unended(happened.ko)}${more}`,
    });
  }
  return told;
}

/** A sentence as a part of a list that goes on. */
function unended(sentence: string): string {
  return sentence.replace(/\.$/u, "");
}

function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${grouped(count)} ${noun}s`;
}

/** 12,345: the same in both languages. */
function grouped(count: number): string {
  return count.toLocaleString("en");
}
