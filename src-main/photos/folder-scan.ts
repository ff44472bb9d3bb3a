import type { Dirent } from "node:fs";
import { opendir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { KilnError } from "../errors.ts";
import type { FileKind, FoundPhoto, SkipReason } from "../library/index.ts";
import { kindOfName, sniffFile } from "./formats.ts";
import { unreadableFolder } from "./problems.ts";

/** A folder inside the scanned one that could not be opened. */
export interface UnreadFolder {
  readonly path: string;
  readonly reason: { readonly en: string; readonly ko: string };
}

export interface ScanPorts {
  readonly signal: AbortSignal;
  /** Called once a folder, as soon as it has been read: the photos directly inside. */
  readonly onFolder: (photos: FoundPhoto[]) => void;
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
/** Formats that cameras write side by side for one photo; the first one here is what gets shown. */
const cameraFormats: readonly FileKind[] = ["jpeg", "heic", "raw"];

/**
 * Reads a folder and everything below it, depth first, in name order. Links to folders are followed once: a loop
 * ends where it closes. Hidden files and folders are left alone.
 *
 * @throws KilnError `folder-missing` or `folder-unreadable` for the folder itself; folders below it go to `onUnread`.
 */
export async function scanFolder(root: string, ports: ScanPorts): Promise<void> {
  const visited = new Set<string>();
  const visit = async (directory: string): Promise<void> => {
    ports.signal.throwIfAborted();
    const real = await realpath(directory);
    if (visited.has(real)) return;
    visited.add(real);
    const { files, folders } = await readDirectory(directory, ports.signal);
    ports.onFolder(pairFiles(directory, files));
    for (const folder of folders.toSorted(byName)) {
      try {
        await visit(join(directory, folder));
      } catch (error) {
        ports.signal.throwIfAborted();
        const path = join(directory, folder);
        ports.onUnread({ path, reason: unreadableFolder(path, error).happened });
      }
    }
  };
  try {
    await visit(root);
  } catch (error) {
    ports.signal.throwIfAborted();
    throw error instanceof KilnError ? error : unreadableFolder(root, error);
  }
}

/** The photos among single files of one folder (dropped as files, not as a folder). Files that vanished are left out. */
export async function scanFiles(
  directory: string,
  names: readonly string[],
): Promise<FoundPhoto[]> {
  const files = await Promise.all(names.map((name) => statFile(directory, name)));
  return pairFiles(
    directory,
    files.filter((file) => file !== null),
  );
}

async function readDirectory(
  directory: string,
  signal: AbortSignal,
): Promise<{ files: ScannedFile[]; folders: string[] }> {
  const folders: string[] = [];
  const pending: Promise<ScannedFile | null>[] = [];
  for await (const entry of await opendir(directory)) {
    signal.throwIfAborted();
    if (entry.name.startsWith(".")) continue;
    if (await leadsToFolder(directory, entry)) folders.push(entry.name);
    else pending.push(statFile(directory, entry.name));
  }
  const files = (await Promise.all(pending)).filter((file) => file !== null);
  return { files: files.toSorted((a, b) => byName(a.name, b.name)), folders };
}

async function leadsToFolder(directory: string, entry: Dirent): Promise<boolean> {
  if (entry.isDirectory()) return true;
  if (!entry.isSymbolicLink()) return false;
  try {
    return (await stat(join(directory, entry.name))).isDirectory();
  } catch {
    // A link to nowhere, or to itself: no folder, and statFile will find no file either.
    return false;
  }
}

/** Null for what is no photo and no part of one, and for files that vanished since they were listed. */
async function statFile(directory: string, name: string): Promise<ScannedFile | null> {
  const path = join(directory, name);
  const info = await stat(path).catch(() => null);
  if (info === null || !info.isFile()) return null;
  const kind =
    kindOfName(name) ??
    (await sniffFile(path)) ??
    (foreignPictures.has(extname(name).toLowerCase()) ? "other" : null);
  return kind === null ? null : { name, kind, bytes: info.size, modifiedMs: info.mtimeMs };
}

/** Puts the files of one folder together into photos: RAW, JPEG and HEIC of one base name are one photo. */
function pairFiles(directory: string, files: readonly ScannedFile[]): FoundPhoto[] {
  const groups = Map.groupBy(files, (file) => baseName(file.name));
  return [...groups].flatMap(([base, group]) => {
    // One file of each camera format; a second JPEG of the same base name (IMG.jpg, IMG.jpeg) is another photo.
    const ofCamera = cameraFormats.flatMap(
      (kind) => group.find((file) => file.kind === kind) ?? [],
    );
    const others = group.filter((file) => !ofCamera.includes(file) && !companions.has(file.kind));
    const beside = group.filter((file) => companions.has(file.kind));
    const photos: FoundPhoto[] = others.map((file) => ({
      directory,
      key: file.name,
      files: [file],
      skip: file.kind === "other" ? unsupported(file.name) : null,
    }));
    const primary = ofCamera[0];
    if (primary !== undefined) {
      photos.push({
        directory,
        key: base,
        files: [...ofCamera, ...beside],
        skip: primary.kind === "raw" ? rawAlone : null,
      });
    } else if (others.length === 0) {
      const movie = beside.find((file) => file.kind === "video");
      if (movie !== undefined) {
        photos.push({ directory, key: movie.name, files: [movie], skip: movieAlone });
      }
    }
    return photos;
  });
}

const rawAlone: SkipReason = {
  code: "raw-alone",
  en: "A RAW file without a JPEG or HEIC beside it can't be shown yet.",
  ko: "옆에 JPEG나 HEIC가 없는 RAW 파일은 아직 볼 수 없습니다.",
};

const movieAlone: SkipReason = {
  code: "not-a-photo",
  en: "A movie, not a photo.",
  ko: "사진이 아니라 동영상입니다.",
};

function unsupported(name: string): SkipReason {
  const format = extname(name).slice(1).toUpperCase();
  return {
    code: "format-unsupported",
    en: `Kiln doesn't read ${format} files.`,
    ko: `Kiln은 ${format} 파일을 읽지 않습니다.`,
  };
}

function baseName(name: string): string {
  return name.slice(0, name.length - extname(name).length);
}

/** Pictures that a person may expect to see here; they are listed with a reason rather than left out silently. */
const foreignPictures = new Set([
  ".gif",
  ".bmp",
  ".psd",
  ".svg",
  ".jxl",
  ".jp2",
  ".exr",
  ".hdr",
  ".ico",
  ".tga",
]);

const collator = new Intl.Collator("en", { numeric: true });

function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : 1);
}
