import type { Dirent } from "node:fs";
import { lstat, opendir, realpath, stat } from "node:fs/promises";
import { extname, join, parse, sep } from "node:path";
import { inTurns, pieces, type Steps, sortInSteps } from "../in-turns.ts";
import { type FileKind, type FoundPhoto, type SkipReason, wholeNameKey } from "../library/index.ts";
import { kindOfName, sniffFile } from "./formats.ts";
import { isSystemError, unreadableFolder } from "./problems.ts";
import { formatUnsupported } from "./worker/problems.ts";

/** A folder (or a file) inside the scanned one that could not be opened. */
export interface UnreadFolder {
  readonly path: string;
  readonly reason: { readonly en: string; readonly ko: string };
}

export interface ScanPorts {
  readonly signal: AbortSignal;
  /** A folder that is passed over wherever it is met: the library's own, whose cache is full of pictures. */
  readonly leaveOut: string;
  /** Called once a folder, as soon as it has been read: the photos directly inside. */
  readonly onFolder: (photos: FoundPhoto[]) => void | Promise<void>;
  readonly onUnread: (folder: UnreadFolder) => void;
}

interface ScannedFile {
  readonly name: string;
  readonly kind: FileKind;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** Files that belong to a photo of the same base name and are never a photo themselves. */
const companions: ReadonlySet<FileKind> = new Set(["xmp", "thumbnail", "video"]);
/**
 * Formats that cameras write side by side for one photo; the first one here is what gets shown, whatever the sizes:
 * it is what every other program shows, and a JPEG's look is one that the photographer set.
 */
const cameraFormats: readonly FileKind[] = ["jpeg", "heic", "raw"];

/**
 * Reads a folder and everything below it, depth first, in name order. Links to folders come last, so that a photo is
 * known by its own place rather than by a link's; each folder is read once, and a link that leads to a folder around
 * the scanned one closes a loop and is not followed. Hidden files and folders are left alone.
 *
 * @throws KilnError `folder-missing` or `folder-unreadable` for the folder itself; folders below it go to `onUnread`,
 * those that vanish meanwhile are passed over.
 */
export async function scanFolder(root: string, ports: ScanPorts): Promise<void> {
  const { signal } = ports;
  const visited = new Set([await realpath(ports.leaveOut)]);
  const links: string[] = [];
  let realRoot: string | null = null;

  const read = async (directory: string): Promise<Folder | null> => {
    try {
      const real = await realpath(directory);
      realRoot ??= real;
      if (visited.has(real) || realRoot.startsWith(withSeparator(real))) return null;
      visited.add(real);
      return await readDirectory(directory, signal);
    } catch (error) {
      signal.throwIfAborted();
      const problem = unreadableFolder(directory, error);
      if (directory === root) throw problem;
      if (problem.code !== "folder-missing") {
        ports.onUnread({ path: directory, reason: problem.happened });
      }
      return null;
    }
  };
  const visit = async (directory: string): Promise<void> => {
    const folder = await read(directory);
    if (folder === null) return;
    for (const name of folder.misnamed) {
      ports.onUnread({ path: join(directory, name), reason: nameNotText });
    }
    await ports.onFolder(await inTurns(pairFiles(directory, folder.files), signal));
    links.push(...folder.links.map((name) => join(directory, name)));
    for (const name of folder.folders) await visit(join(directory, name));
  };
  await visit(root);
  // Grows while it is walked: what a link leads to may hold links.
  for (const link of links) await visit(link);
}

/**
 * The photos that single files of one folder (dropped as files, not as a folder) belong to, with everything that
 * belongs to those photos. Files that vanished are left out.
 *
 * @throws KilnError `folder-missing` or `folder-unreadable`
 */
export async function scanFiles(
  directory: string,
  names: readonly string[],
  signal: AbortSignal,
): Promise<FoundPhoto[]> {
  const wanted = new Set(names);
  const { files } = await readDirectory(directory, signal).catch((error: unknown) => {
    signal.throwIfAborted();
    throw unreadableFolder(directory, error);
  });
  const photos = await inTurns(pairFiles(directory, files), signal);
  return photos.filter((photo) => photo.files.some(({ name }) => wanted.has(name)));
}

/**
 * RAW files of one folder that share a base name (IMG_1.CR2 beside a converter's IMG_1.DNG). They are photos apart, but
 * other programs read one `IMG_1.xmp` for both, so that a rating of either lands on the other.
 *
 * @param names of files of one folder
 */
export function sharedSidecars(names: readonly string[]): readonly (readonly string[])[] {
  const raws = names.filter((name) => kindOfName(name) === "raw");
  return [...Map.groupBy(raws, (name) => parse(name).name).values()].filter(
    (group) => group.length > 1,
  );
}

/** What lies directly in a folder, in name order. */
interface Folder {
  readonly files: ScannedFile[];
  readonly folders: string[];
  /** Links that lead to folders. */
  readonly links: string[];
  /** Names that are not valid text, with what can't be shown replaced: nothing can be opened by them. */
  readonly misnamed: string[];
}

/** Enough files to keep a slow drive busy. */
const lookedAtOnce = 128;

async function readDirectory(directory: string, signal: AbortSignal): Promise<Folder> {
  const met: Dirent[] = [];
  for await (const entry of await opendir(directory)) {
    signal.throwIfAborted();
    if (!entry.name.startsWith(".")) met.push(entry);
  }
  const entries = await inTurns(
    sortInSteps(met, (a, b) => byName(a.name, b.name)),
    signal,
  );
  const found: Found[] = [];
  for (const piece of pieces(entries, lookedAtOnce)) {
    signal.throwIfAborted();
    found.push(...(await Promise.all(piece.map((entry) => lookAt(directory, entry)))));
  }
  const named = (what: Found): string[] =>
    entries.filter((_, at) => found[at] === what).map(({ name }) => name);
  return {
    files: found.filter((each) => typeof each === "object" && each !== null),
    folders: named("folder"),
    links: named("link"),
    misnamed: named("misnamed"),
  };
}

/** Null for what is no photo and no part of one, for links to nowhere and for files that vanished since. */
type Found = ScannedFile | "folder" | "link" | "misnamed" | null;

/** Throws where the folder lets nobody see its files. */
async function lookAt(directory: string, entry: Dirent): Promise<Found> {
  const { name } = entry;
  const path = join(directory, name);
  if (entry.isDirectory()) return (await isMisnamed(path)) ? "misnamed" : "folder";
  const info = await stat(path).catch((error: unknown) => {
    if (entry.isSymbolicLink() || isSystemError(error, "ENOENT")) return null;
    throw error;
  });
  if (info === null) return (await isMisnamed(path)) ? "misnamed" : null;
  if (info.isDirectory()) return "link";
  if (!info.isFile()) return null;
  const promised = kindOfName(name);
  const kind =
    promised === null || promised === "other" ? ((await sniffFile(path)) ?? promised) : promised;
  return kind === null ? null : { name, kind, bytes: info.size, modifiedMs: info.mtimeMs };
}

/** Whether the name was garbled when it became text, so that it names nothing. */
async function isMisnamed(path: string): Promise<boolean> {
  if (!path.includes("\ufffd")) return false;
  return lstat(path).then(
    () => false,
    () => true,
  );
}

/** Puts the files of one folder together into photos: RAW, JPEG and HEIC of one base name are one photo. */
function* pairFiles(directory: string, files: readonly ScannedFile[]): Steps<FoundPhoto[]> {
  const names = new Set(files.map(({ name }) => name));
  const groups = new Map<string, ScannedFile[]>();
  for (const file of files) {
    const stem = parse(file.name).name;
    // Some programs name a companion after the whole file: IMG_1.JPG.xmp.
    const base = companions.has(file.kind) && names.has(stem) ? parse(stem).name : stem;
    const group = groups.get(base);
    if (group === undefined) groups.set(base, [file]);
    else group.push(file);
    yield;
  }
  const paired: FoundPhoto[] = [];
  for (const [base, group] of groups) {
    // One file of each camera format; a second JPEG of the same base name (IMG.jpg, IMG.jpeg) is another photo.
    const ofCamera = cameraFormats.flatMap(
      (kind) => group.find((file) => file.kind === kind) ?? [],
    );
    const others = group.filter((file) => !ofCamera.includes(file) && !companions.has(file.kind));
    const beside = group.filter((file) => companions.has(file.kind));
    const [primary] = ofCamera;
    const photos: FoundPhoto[] = others.map((file, at) => ({
      directory,
      key: wholeNameKey(file.name),
      files: primary === undefined && at === 0 ? [file, ...beside] : [file],
      skip: file.kind === "other" ? unsupported(file.name) : null,
    }));
    if (primary !== undefined) {
      photos.push({
        directory,
        key: base,
        files: [...ofCamera, ...beside],
        skip: null,
      });
    }
    const movie = beside.find((file) => file.kind === "video");
    if (photos.length === 0 && movie !== undefined) {
      photos.push({
        directory,
        key: wholeNameKey(movie.name),
        files: [movie],
        skip: movieAlone,
      });
    }
    paired.push(...photos);
    yield;
  }
  return paired;
}

const movieAlone: SkipReason = {
  code: "not-a-photo",
  en: "A movie, not a photo.",
  ko: "사진이 아니라 동영상입니다.",
};

const nameNotText = {
  en: "Its name is not valid text (UTF-8), so it can't be opened. Rename it.",
  ko: "이름이 올바른 문자(UTF-8)가 아니어서 열 수 없습니다. 이름을 바꾸세요.",
};

function unsupported(name: string): SkipReason {
  const { code, happened } = formatUnsupported(extname(name).slice(1).toUpperCase());
  return { code, ...happened };
}

const collator = new Intl.Collator("en", { numeric: true });

function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}

function withSeparator(path: string): string {
  return path.endsWith(sep) ? path : path + sep;
}
