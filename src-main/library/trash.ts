import { constants } from "node:fs";
import { access, mkdir, open, readFile, statfs, unlink } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, extname, join, relative, sep } from "node:path";
import { z } from "zod";
import { KilnError } from "../errors.ts";
import {
  anyMark,
  areTwoNamesOfOneFile,
  entryAt,
  isCode,
  moveWithoutOverwrite,
  removeReservation,
  reservationFor,
  syncFolder,
} from "./safe-move.ts";
import {
  noTrashHere,
  noTrashOnCard,
  noTrashOnShare,
  trashEmptied,
  trashFailed,
  trashOneWay,
  trashPlaceTaken,
} from "./trash-problems.ts";
import { cardHolding, type FindVolumeRoot, volumeRoot } from "./volume.ts";

/** The system's trash, as far as Kiln may use it. A receipt is text that only the trash which gave it can read. */
export interface Trash {
  /** `restorable`: Kiln can take a file back; `one-way`: only the person can, in the system's own window. */
  readonly capability: "restorable" | "one-way" | "none";
  /** Why this file can't go to a trash (a card, a share, no trash on its volume), or null when it can. */
  refusal(path: string): Promise<KilnError | null>;
  /**
   * Puts a file into the trash. `journal` is called before anything happens to the file, each time with the
   * receipt that is to be kept (a later call replaces it); a one-way trash never calls it.
   *
   * @throws KilnError `trash-failed` and the refusals; the file is then where it was
   */
  put(path: string, journal: (receipt: string) => void): Promise<void>;
  /** What became of a `put` that a crash cut short; what it left half done is taken back. */
  settle(receipt: string): Promise<"in-trash" | "in-place">;
  /**
   * Takes a file out of the trash, to where it was or to `to`, never over another file. Harmless when it was done
   * before.
   *
   * @throws KilnError `trash-emptied`, `trash-place-taken`, `trash-one-way`, `trash-failed`; the trash keeps it then
   */
  restore(receipt: string, to: string): Promise<void>;
}

/**
 * The trash of this system. Linux: the freedesktop.org trash, by our own hands. Windows and macOS: through
 * `trashItem` (Electron's shell.trashItem), which can't take back; without it (plain Node) there is none.
 */
export function systemTrash(
  options: { platform?: NodeJS.Platform; trashItem?: (path: string) => Promise<void> } = {},
): Trash {
  if ((options.platform ?? process.platform) === "linux") return freedesktopTrash();
  return options.trashItem === undefined ? noTrash() : oneWayTrash(options.trashItem);
}

/** A trash that only the system's own window opens again. */
export function oneWayTrash(
  trashItem: (path: string) => Promise<void>,
  findRoot: FindVolumeRoot = volumeRoot,
): Trash {
  const refusal = async (path: string): Promise<KilnError | null> => {
    // Windows deletes for good what is put into the bin of a network drive.
    if (path.startsWith("\\\\") && !path.startsWith("\\\\?\\")) return noTrashOnShare(path);
    return (await cardHolding(path, findRoot)) === null ? null : noTrashOnCard(path);
  };
  return {
    capability: "one-way",
    refusal,
    async put(path) {
      const refused = await refusal(path);
      if (refused !== null) throw refused;
      try {
        await trashItem(path);
      } catch (error) {
        throw trashFailed(path, error);
      }
    },
    settle: () => Promise.reject(trashOneWay()),
    restore: () => Promise.reject(trashOneWay()),
  };
}

/** No trash at all: everything is refused. */
export function noTrash(): Trash {
  return {
    capability: "none",
    refusal: async (path) => noTrashHere(path),
    put: (path) => Promise.reject(noTrashHere(path)),
    settle: () => Promise.reject(trashOneWay()),
    restore: () => Promise.reject(trashOneWay()),
  };
}

const receiptSchema = z.object({
  /** Where the file was, where the trash has it, its note, and what the note says. */
  path: z.string(),
  file: z.string(),
  note: z.string(),
  noteText: z.string(),
  /** Of the moves to and fro, see `moveWithoutOverwrite`. */
  mark: z.string(),
});
type Receipt = z.infer<typeof receiptSchema>;

/** A folder with `files/` and `info/`, and what the paths in its notes start from ('' for absolute paths). */
interface TrashFolder {
  readonly path: string;
  readonly top: string;
}

/**
 * The Trash specification 1.0 of freedesktop.org: the home trash for files on its device, `$top/.Trash/$uid` or
 * `$top/.Trash-$uid` for all others; the note (`info/NAME.trashinfo`) is made first, exclusively, then the file moves
 * to `files/NAME`. Refused: cards, network volumes, and volumes where no trash folder can be made.
 */
export function freedesktopTrash(
  options: {
    /** $XDG_DATA_HOME of the person. */
    dataHome?: string;
    findRoot?: FindVolumeRoot;
    now?: () => Date;
  } = {},
): Trash {
  const dataHome =
    options.dataHome ?? (process.env.XDG_DATA_HOME || join(homedir(), ".local", "share"));
  const findRoot = options.findRoot ?? volumeRoot;
  const now = options.now ?? (() => new Date());
  const homeTrash = join(dataHome, "Trash");

  const refusal = async (path: string): Promise<KilnError | null> => {
    try {
      if ((await cardHolding(path, findRoot)) !== null) return noTrashOnCard(path);
      if (await isNetworkVolume(dirname(path))) return noTrashOnShare(path);
      for (const folder of await foldersFor(path)) if (await isUsable(folder.path)) return null;
      return noTrashHere(path);
    } catch (error) {
      return noTrashHere(path, error);
    }
  };

  /** Where the specification would put this file, best first. */
  const foldersFor = async (path: string): Promise<TrashFolder[]> => {
    const top = await findRoot(dirname(path));
    if ((await findRoot(homeTrash)) === top) return [{ path: homeTrash, top: "" }];
    const uid = process.getuid?.() ?? 0;
    const own = { path: join(top, `.Trash-${uid}`), top };
    const shared = await entryAt(join(top, ".Trash"));
    // The specification: the shared one counts only as a real folder with the sticky bit.
    const isSound = shared?.isDirectory() === true && (shared.mode & 0o1000n) !== 0n;
    return isSound ? [{ path: join(top, ".Trash", String(uid)), top }, own] : [own];
  };

  const makeFolderFor = async (path: string): Promise<TrashFolder> => {
    for (const folder of await foldersFor(path)) {
      if (!(await isUsable(folder.path))) continue;
      await mkdir(join(folder.path, "files"), { recursive: true, mode: 0o700 });
      await mkdir(join(folder.path, "info"), { recursive: true, mode: 0o700 });
      return folder;
    }
    throw noTrashHere(path);
  };

  return {
    capability: "restorable",
    refusal,

    async put(path, journal) {
      const refused = await refusal(path);
      if (refused !== null) throw refused;
      try {
        const folder = await makeFolderFor(path);
        const recorded = folder.top === "" ? path : relative(folder.top, path);
        const noteText = `[Trash Info]\nPath=${escapePath(recorded)}\nDeletionDate=${localTime(now())}\n`;
        for (let number = 1; ; number += 1) {
          const name = trashName(basename(path), number);
          const receipt: Receipt = {
            path,
            file: join(folder.path, "files", name),
            note: join(folder.path, "info", `${name}.trashinfo`),
            noteText,
            mark: anyMark(),
          };
          if ((await entryAt(receipt.note)) !== null) continue;
          if ((await entryAt(receipt.file)) !== null) continue;
          journal(JSON.stringify(receipt));
          if (!(await makeNote(receipt))) continue;
          if (await moveInto(receipt)) return;
        }
      } catch (error) {
        throw error instanceof KilnError ? error : trashFailed(path, error);
      }
    },

    async settle(text) {
      const receipt = receiptSchema.parse(JSON.parse(text));
      await dropReservation(receipt.file, receipt);
      // The file's own name goes last, so as long as it is there nothing has happened that can't be taken back.
      if ((await entryAt(receipt.path)) === null) {
        return (await isInTrash(receipt)) ? "in-trash" : "in-place";
      }
      if (await areTwoNamesOfOneFile(receipt.path, receipt.file)) await unlink(receipt.file);
      if ((await entryAt(receipt.file)) === null) await removeStartOfNote(receipt);
      return (await isInTrash(receipt)) ? "in-trash" : "in-place";
    },

    async restore(text, to) {
      const receipt = receiptSchema.parse(JSON.parse(text));
      try {
        await dropReservation(to, receipt);
        if (await areTwoNamesOfOneFile(receipt.file, to)) await unlink(receipt.file);
        else if (await isInTrash(receipt)) {
          await mkdir(dirname(to), { recursive: true });
          const outcome = await moveWithoutOverwrite(receipt.file, to, reservationOf(receipt));
          if (outcome === "taken") throw trashPlaceTaken(to);
          if (outcome === "other-device") throw trashFailed(to, outcome);
        } else if ((await entryAt(to)) === null) throw trashEmptied(receipt.path);
        await removeNote(receipt);
      } catch (error) {
        throw error instanceof KilnError ? error : trashFailed(to, error);
      }
    },
  };
}

/** Moves the file in under the name that its note took; false when something without a note has it already. */
async function moveInto(receipt: Receipt): Promise<boolean> {
  let isMoved = false;
  try {
    const outcome = await moveWithoutOverwrite(receipt.path, receipt.file, reservationOf(receipt));
    if (outcome === "other-device") throw noTrashHere(receipt.path);
    isMoved = outcome === "moved";
    return isMoved;
  } finally {
    if (!isMoved) await removeNote(receipt);
  }
}

function reservationOf(receipt: Receipt): string {
  return reservationFor(receipt.mark);
}

/** Removes what a crash left of a name taken for the file. */
async function dropReservation(path: string, receipt: Receipt): Promise<void> {
  await removeReservation(path, reservationOf(receipt));
}

/** Makes the note; false when another program was quicker with this name. */
async function makeNote(receipt: Receipt): Promise<boolean> {
  try {
    const handle = await open(receipt.note, "wx", 0o600);
    try {
      await handle.writeFile(receipt.noteText);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    throw error;
  }
  await syncFolder(dirname(receipt.note));
  return true;
}

/** Removes the note if it is the one that this receipt speaks of. */
async function removeNote(receipt: Receipt): Promise<void> {
  if (await isOurNote(receipt)) await unlink(receipt.note);
}

/** Removes what a crash left of the note; for a name that has no file in the trash, so that nobody needs its note. */
async function removeStartOfNote(receipt: Receipt): Promise<void> {
  const text = await noteOf(receipt);
  if (text !== null && receipt.noteText.startsWith(text)) await unlink(receipt.note);
}

async function isInTrash(receipt: Receipt): Promise<boolean> {
  return (await entryAt(receipt.file)) !== null && (await isOurNote(receipt));
}

async function isOurNote(receipt: Receipt): Promise<boolean> {
  return (await noteOf(receipt)) === receipt.noteText;
}

async function noteOf(receipt: Receipt): Promise<string | null> {
  try {
    return await readFile(receipt.note, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  }
}

/** True for a trash folder of ours that can be written to, or one that could be made. Makes nothing. */
async function isUsable(folder: string): Promise<boolean> {
  try {
    const found = await entryAt(folder);
    if (found === null) {
      await access(await nearestExisting(dirname(folder)), constants.W_OK);
      return true;
    }
    const uid = process.getuid?.();
    if (!found.isDirectory() || (uid !== undefined && found.uid !== BigInt(uid))) return false;
    await access(folder, constants.W_OK);
    return true;
  } catch (error) {
    if (isCode(error, "EACCES", "EPERM", "EROFS")) return false;
    throw error;
  }
}

async function nearestExisting(path: string): Promise<string> {
  return (await entryAt(path)) === null ? nearestExisting(dirname(path)) : path;
}

/** NFS, SMB (three names of it), AFS, 9P, Ceph, as statfs(2) on Linux names them. */
const networkVolumes = new Set([
  0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x5346414f, 0x01021997, 0x00c36400,
]);

async function isNetworkVolume(folder: string): Promise<boolean> {
  const { type } = await statfs(folder);
  // A 32-bit number that some systems hand out as a negative one.
  return networkVolumes.has(type >>> 0);
}

/** The name inside the trash: room for '.trashinfo' in 255 bytes, the extension kept. */
function trashName(name: string, number: number): string {
  const extension = extname(name);
  const suffix = number === 1 ? "" : `.${number}`;
  let stem = basename(name, extension);
  while (Buffer.byteLength(`${stem}${suffix}${extension}`) > 200 && stem.length > 1) {
    stem = [...stem].slice(0, -1).join("");
  }
  return `${stem}${suffix}${extension}`;
}

/** The specification's escapes: those of RFC 2396, with '/' left as it is. */
function escapePath(path: string): string {
  return path.split(sep).map(encodeURIComponent).join("/");
}

/** YYYY-MM-DDThh:mm:ss in the person's own time, as the specification asks. */
function localTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}
