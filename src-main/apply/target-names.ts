import { readdir, realpath } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { entryAt, isCode, sameNameKey } from "../library/index.ts";
import { legalStem, legalTail } from "./file-name.ts";
import { folderNameTaken, leavesDestination } from "./plan-problems.ts";

/** What a photo would like to be called. */
export interface WantedName {
  /** Folders below the destination, legal already. */
  readonly folders: readonly string[];
  /** Base name, not yet made legal. */
  readonly stem: string;
  /** What follows the base name, for each of the photo's files: ".CR2", ".xmp". Legal and all different. */
  readonly tails: readonly string[];
  /**
   * True when no other file may have this base name: files that share one are taken for one photo, by Kiln as by
   * every other program, and a RAW must not end up beside somebody else's JPEG. An export may join its RAW.
   */
  readonly ownStem: boolean;
}

/** What it gets. */
export interface GivenName {
  /** '-2' (or higher) was added. */
  readonly isRenamed: boolean;
  /** Another photo was called this before it: the pattern makes no difference between them. */
  readonly isShared: boolean;
  /** The file's path below each destination. */
  paths(index: number): string[];
}

/**
 * Hands out names below one or more destinations: a photo's files share one base name, which is the same below
 * all of them, and no name is given that is on the disk or was given before, nor (`ownStem`) its base name. Compares without letter case
 * (`sameNameKey`), since nobody knows what the next disk makes of it.
 */
export class TargetNames {
  readonly #destinations: readonly string[];
  /** What has each name in each folder, by the keys of both. */
  readonly #taken = new Map<string, Map<string, "file" | "folder">>();
  /** Base names in each folder, by the keys of both. */
  readonly #stems = new Map<string, Set<string>>();
  readonly #read = new Set<string>();
  /** Where to go on counting for a base name of a folder: a day of 5,000 photos may share one. */
  readonly #nextNumber = new Map<string, number>();
  /** How many photos wanted one name, where more than one did. */
  readonly #shared = new Map<string, number>();

  constructor(destinations: readonly string[]) {
    this.#destinations = destinations;
  }

  /**
   * True when the photo is in the folder that it would go to, under the name that it would get: copying it there
   * would be copying it onto itself.
   */
  async isHome(wanted: WantedName, source: string): Promise<boolean> {
    const [destination = ""] = this.#destinations;
    const name = legalStem(wanted.stem, wanted.tails) + wanted.tails[0];
    if (sameNameKey(name) !== sameNameKey(basename(source))) return false;
    try {
      const target = await realpath(join(destination, ...wanted.folders));
      return target === (await realpath(dirname(source)));
    } catch (error) {
      if (isCode(error, "ENOENT", "ENOTDIR")) return false;
      throw error;
    }
  }

  /** How many photos wanted a name that another one wanted, too. */
  get sharing(): number {
    return this.#shared.values().reduce((sum, count) => sum + count, 0);
  }

  /** @throws KilnError `leaves-destination` and `folder-name-taken` for folders on the way */
  async take(wanted: WantedName): Promise<GivenName> {
    const folders = this.#destinations.map((destination) => join(destination, ...wanted.folders));
    for (const destination of this.#destinations) await this.#enter(destination, wanted.folders);
    const counter = sameNameKey(join(folders[0] ?? "", legalStem(wanted.stem, wanted.tails)));
    const before = this.#nextNumber.get(counter);
    if (before !== undefined) this.#shared.set(counter, (this.#shared.get(counter) ?? 1) + 1);
    for (let number = before ?? 1; ; number += 1) {
      const tails = wanted.tails.map((tail) => (number === 1 ? tail : `-${number}${tail}`));
      const stem = legalStem(wanted.stem, tails);
      const names = tails.map((tail) => stem + tail);
      const isTaken = (folder: string) =>
        names.some((name) => this.#kind(folder, name)) ||
        (wanted.ownStem && this.#hasStem(folder, number === 1 ? stem : `${stem}-${number}`));
      if (folders.some(isTaken)) continue;
      for (const folder of folders) for (const name of names) this.#add(folder, name, "file");
      this.#nextNumber.set(counter, number + 1);
      return {
        isRenamed: number > 1,
        isShared: before !== undefined,
        paths: (index) => folders.map((folder) => join(folder, names[index] ?? "")),
      };
    }
  }

  /** Reads what is in the folders on the way, and takes their own names, so that no file gets one of them. */
  async #enter(destination: string, levels: readonly string[]): Promise<void> {
    let folder = destination;
    await this.#readFolder(folder);
    for (const level of levels) {
      const parent = folder;
      folder = join(folder, level);
      if (!this.#read.has(folder)) {
        const found = await entryAt(folder);
        if (found?.isSymbolicLink() === true) throw leavesDestination(folder);
        const isFile = found === null ? this.#kind(parent, level) === "file" : !found.isDirectory();
        if (isFile) throw folderNameTaken(folder);
      }
      this.#add(parent, level, "folder");
      await this.#readFolder(folder);
    }
  }

  async #readFolder(folder: string): Promise<void> {
    if (this.#read.has(folder)) return;
    this.#read.add(folder);
    try {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        this.#add(folder, entry.name, entry.isDirectory() ? "folder" : "file");
      }
    } catch (error) {
      if (!isCode(error, "ENOENT")) throw error;
    }
  }

  #kind(folder: string, name: string): "file" | "folder" | undefined {
    return this.#taken.get(sameNameKey(folder))?.get(sameNameKey(name));
  }

  #hasStem(folder: string, stem: string): boolean {
    return this.#stems.get(sameNameKey(folder))?.has(sameNameKey(stem)) ?? false;
  }

  #add(folder: string, name: string, kind: "file" | "folder"): void {
    const key = sameNameKey(folder);
    const names = this.#taken.get(key) ?? new Map<string, "file" | "folder">();
    this.#taken.set(key, names.set(sameNameKey(name), kind));
    if (kind === "folder") return;
    const stems = this.#stems.get(key) ?? new Set();
    this.#stems.set(key, stems.add(sameNameKey(stemOf(name))));
  }
}

/** The base name of a photo: its main file without the extension. */
export function stemOf(path: string): string {
  return basename(path, extname(path));
}

/**
 * What follows the base name in each of a photo's files, so that companions keep theirs: "IMG.CR2.xmp" beside
 * "IMG.CR2" has ".CR2.xmp". No two are the same, whatever their letter case.
 */
export function companionTails(stem: string, paths: readonly string[]): string[] {
  const given = new Set<string>();
  return paths.map((path) => {
    const name = basename(path);
    const sharesStem = sameNameKey(name).startsWith(`${sameNameKey(stem)}.`);
    const tail = legalTail(sharesStem ? name.slice(stem.length) : extname(name));
    let unique = tail;
    for (let number = 2; given.has(sameNameKey(unique)); number += 1) {
      unique = `-${number}${tail}`;
    }
    given.add(sameNameKey(unique));
    return unique;
  });
}
