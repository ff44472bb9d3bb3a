import { randomBytes } from "node:crypto";
import type { Dirent } from "node:fs";
import { access, constants, mkdir, opendir, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join, parse, resolve } from "node:path";
import type { FolderListing } from "../../src-preload/contract/library.ts";
import { KilnError } from "../errors.ts";

const tokenBytes = 18;
const photoCountLimit = 999;

/**
 * Places on the disk, as the page may name them: opaque tokens. The paths behind them never were the page's to
 * choose: they were dropped on the window, picked in the system's dialog, or listed here for the browser host.
 */
export class Sources {
  readonly #paths = new Map<string, readonly string[]>();
  readonly #tokens = new Map<string, string>();
  readonly #isPhotoName: (name: string) => boolean;

  /** @param isPhotoName whether a file's name promises a photo */
  constructor(isPhotoName: (name: string) => boolean) {
    this.#isPhotoName = isPhotoName;
  }

  /** A token for these absolute paths; the same paths always have the same token. */
  issue(paths: readonly string[]): string {
    const absolute = paths.map((path) => resolve(path));
    const key = absolute.join("\0");
    const known = this.#tokens.get(key);
    if (known !== undefined) return known;
    const token = randomBytes(tokenBytes).toString("base64url");
    this.#tokens.set(key, token);
    this.#paths.set(token, absolute);
    return token;
  }

  /** @throws KilnError `source-unknown` for a token that was never issued here. */
  paths(token: string): readonly string[] {
    const paths = this.#paths.get(token);
    if (paths === undefined) {
      throw new KilnError(
        "source-unknown",
        { en: "Kiln no longer knows that folder.", ko: "그 폴더를 더 이상 찾을 수 없습니다." },
        { en: "Choose it again.", ko: "다시 선택하세요." },
      );
    }
    return paths;
  }

  /** The one folder that a token stands for. */
  folder(token: string): string {
    const [path] = this.paths(token);
    if (path === undefined) throw new Error("A token without paths was issued.");
    return path;
  }

  /** The folders inside a folder, for hosts without a system dialog; without a token: the home folder. */
  async list(token: string | null): Promise<FolderListing> {
    const path = token === null ? homedir() : this.folder(token);
    const names: string[] = [];
    const photos = new Set<string>();
    try {
      for await (const entry of await opendir(path)) {
        if (entry.name.startsWith(".")) continue;
        if (await leadsToFolder(path, entry)) names.push(entry.name);
        else if (this.#isPhotoName(entry.name)) photos.add(photoOf(entry.name));
      }
    } catch (cause) {
      throw new KilnError(
        "folder-unreadable",
        { en: `The folder “${path}” can't be opened.`, ko: `‘${path}’ 폴더를 열 수 없습니다.` },
        { en: "Choose another folder.", ko: "다른 폴더를 선택하세요." },
        { cause },
      );
    }
    const collator = new Intl.Collator("en", { numeric: true });
    const folders = await Promise.all(
      names.toSorted(collator.compare).map(async (name) => ({
        token: this.issue([join(path, name)]),
        name,
        photoCount: await this.#countPhotos(join(path, name)),
      })),
    );
    const parent = dirname(path);
    return {
      token: this.issue([path]),
      path,
      parent: parent === path ? null : this.issue([parent]),
      folders,
      photoCount: photos.size,
      writable: await isWritable(path),
    };
  }

  /** Makes a folder inside a listed one and lists it. */
  async makeFolder(parent: string, name: string): Promise<FolderListing> {
    const path = join(this.folder(parent), name);
    if (basename(path) !== name || name === "." || name === "..") {
      throw new KilnError(
        "folder-name",
        {
          en: `“${name}” can't be the name of a folder.`,
          ko: `‘${name}’은(는) 폴더 이름으로 쓸 수 없습니다.`,
        },
        { en: "Use a name without slashes.", ko: "빗금이 없는 이름을 쓰세요." },
      );
    }
    try {
      await mkdir(path);
    } catch (cause) {
      throw new KilnError(
        "folder-not-made",
        {
          en: `The folder “${name}” could not be made here.`,
          ko: `여기에 ‘${name}’ 폴더를 만들 수 없습니다.`,
        },
        { en: "Use another name or another place.", ko: "다른 이름이나 다른 위치를 쓰세요." },
        { cause },
      );
    }
    return this.list(this.issue([path]));
  }

  /** Up to {@link photoCountLimit}. */
  async #countPhotos(path: string): Promise<number> {
    const photos = new Set<string>();
    try {
      for await (const { name } of await opendir(path)) {
        if (this.#isPhotoName(name)) photos.add(photoOf(name));
        if (photos.size === photoCountLimit) break;
      }
    } catch {
      // A folder that may not be opened is still listed; opening it says why.
    }
    return photos.size;
  }
}

/** A folder, or a link to one. */
async function leadsToFolder(parent: string, entry: Dirent): Promise<boolean> {
  if (entry.isDirectory()) return true;
  if (!entry.isSymbolicLink()) return false;
  return stat(join(parent, entry.name)).then(
    (info) => info.isDirectory(),
    () => false,
  );
}

/** RAW and JPEG of one name are one photo. */
function photoOf(name: string): string {
  return parse(name).name.toLowerCase();
}

async function isWritable(path: string): Promise<boolean> {
  try {
    await access(path, constants.W_OK);
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
