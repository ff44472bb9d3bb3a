import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join, parse } from "node:path";
import { z } from "zod";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { defineJob, type JobResult } from "../jobs/index.ts";
import { entryAt, type SidecarPhoto, sameNameKey, versionOf } from "../library/index.ts";
import {
  loadSidecar,
  type SidecarValues,
  sidecarNames,
  sidecarOf,
  writeSidecar,
} from "../xmp/index.ts";
import { unreadableFolder } from "./problems.ts";
import {
  PHOTO_CHANGED,
  readNews,
  type SidecarServices,
  saidBy,
  settleNews,
} from "./read-sidecars.ts";
import { valuesFor, wantedValues } from "./sidecar-rules.ts";

/** Brings decisions into sidecars. A decision that can't get there stays in the library, and is listed with why. */
export const writeSidecarsJob = (services: SidecarServices) =>
  defineJob({
    kind: "write-sidecars",
    slot: "disk",
    input: z.object({}),
    stages: [{ id: "write", weight: 1, label: { en: "Writing sidecars", ko: "사이드카 쓰는 중" } }],
    title: () => ({ en: "Write sidecars", ko: "사이드카 쓰기" }),
    resume: "stage",
    checkpoint: z.object({
      /** Photos whose sidecars it could not write: those that a retry is about. */
      failed: z.array(z.int()),
    }),
    async run(context): Promise<JobResult> {
      context.stage("write");
      if (context.restored !== null) services.sidecars.queueFailed(context.restored.failed);
      const folders = new Folders(services.cardHolding);
      const ends = { written: 0, refused: new Problems(), failed: new Problems() };
      const pending = services.sidecars.pending();
      for (const [done, photoId] of pending.entries()) {
        context.signal.throwIfAborted();
        context.progress(done, pending.length);
        await writePhoto(services, folders, photoId, ends);
      }
      if (ends.failed.count > 0) {
        context.checkpoint({ failed: ends.failed.photoIds });
        throw notWritten(ends.failed);
      }
      const before = services.sidecars.unwritten(0).count - ends.refused.count;
      return { summary: summary(ends.written, ends.refused, before) };
    },
  });

interface Ends {
  written: number;
  readonly refused: Problems;
  readonly failed: Problems;
}

/** What keeps a decision out of a sidecar for good, or until the person changes something about the folder. */
const refusals: ReadonlySet<string> = new Set([
  "sidecar-on-card",
  "sidecar-folder-read-only",
  "sidecar-locked",
  "sidecar-shared",
  PHOTO_CHANGED,
]);

async function writePhoto(
  services: SidecarServices,
  folders: Folders,
  photoId: number,
  ends: Ends,
): Promise<void> {
  const { sidecars, preferences } = services;
  let photo = sidecars.photo(photoId);
  try {
    const names = photo === null ? null : await namesOf(services, folders, photo);
    if (photo === null || names === null) {
      // Missing for now: it is found again with its decision, which is then in the library only.
      sidecars.keep(photoId);
      return;
    }
    const { directory } = photo;
    // Renamed meanwhile, it may be another photo's: this one's decision has no business in that one's sidecar.
    if (!(await isAsRead(photo))) throw photoChanged(photo.fileNames[0] ?? "");
    const paths = names.all.map((name) => join(directory, name));
    // What another program changed since Kiln last looked has its say first.
    const read = await readNews(services, photoId, paths);
    settleNews(services, [read]);
    photo = sidecars.photo(photoId) ?? photo;
    const [broken] = read.problems;
    if (broken !== undefined) throw broken.problem;
    const wanted = wantedValues(photo, preferences().pickAs);
    for (const path of paths) await writeOne(services, folders, path, wanted, photo.origin);
    if (paths.length === 0 && names.takenBy !== null && !isEmpty(wanted)) {
      throw sidecarShared(photo.fileNames[0] ?? "", names.takenBy);
    }
    sidecars.settle(photo, "written", null);
    ends.written += 1;
  } catch (error) {
    if (!(error instanceof KilnError) || error.code === "disk-full" || photo === null) throw error;
    const isRefusal = refusals.has(error.code);
    sidecars.settle(photo, isRefusal ? "refused" : "failed", error);
    (isRefusal ? ends.refused : ends.failed).add(photo, error);
  }
}

/** `takenBy`: the photo that has `NAME.xmp`, where this one has not. */
async function namesOf(
  { sidecars }: SidecarServices,
  folders: Folders,
  photo: SidecarPhoto,
): Promise<{ all: readonly string[]; takenBy: string | null }> {
  const { directory, fileNames, baseNameOwner } = photo;
  const present = await folders.sidecars(directory);
  const beside = (): readonly string[] => sidecars.namesBeside(photo.id);
  const { shared, darktable } = sidecarNames(fileNames, present, baseNameOwner === null, beside);
  if (shared === null) return { all: darktable, takenBy: baseNameOwner };
  const spelling = await otherSpelling(directory, shared, present);
  if (spelling === null) return { all: [shared, ...darktable], takenBy: null };
  const base = parse(spelling).name;
  const owner = beside().find((name) => parse(name).name === base);
  return { all: darktable, takenBy: owner ?? spelling };
}

/**
 * How a sidecar is spelled that has the name on a disk that does not tell letter cases apart: that of another photo,
 * else it would have been chosen. Null where the name is free, or this photo's.
 */
async function otherSpelling(
  directory: string,
  name: string,
  present: readonly string[],
): Promise<string | null> {
  if (present.includes(name)) return null;
  const key = sameNameKey(name);
  const spelling = present.find((each) => sameNameKey(each) === key);
  if (spelling === undefined || (await entryAt(join(directory, name))) === null) return null;
  return spelling;
}

async function isAsRead({ directory, fileNames, version }: SidecarPhoto): Promise<boolean> {
  const found = await stat(join(directory, fileNames[0] ?? "")).catch(() => null);
  return found !== null && versionOf({ bytes: found.size, modifiedMs: found.mtimeMs }) === version;
}

async function writeOne(
  { sidecars }: SidecarServices,
  folders: Folders,
  path: string,
  wanted: SidecarValues,
  origin: SidecarPhoto["origin"],
): Promise<void> {
  const before = await loadSidecar(path);
  const values = valuesFor(wanted, before === null ? null : sidecarOf(path, before), origin);
  const written = await writeSidecar(path, values, {
    cardHolding: (folder) => folders.card(folder),
  });
  const place = [dirname(path), basename(path)] as const;
  const after = written === null ? null : await loadSidecar(path);
  if (before === null && after !== null) await folders.noteSidecar(path);
  if (after === null) sidecars.forgetSeen(...place);
  else sidecars.saveSeen(...place, { ...after, ...saidBy(sidecarOf(path, after)) });
}

/** What is asked of a folder once a job, not once a photo. */
class Folders {
  readonly #cardHolding: (folder: string) => Promise<string | null>;
  readonly #cards = new Map<string, Promise<string | null>>();
  readonly #listings = new Map<string, Promise<string[]>>();

  constructor(cardHolding: (folder: string) => Promise<string | null>) {
    this.#cardHolding = cardHolding;
  }

  card(folder: string): Promise<string | null> {
    const known = this.#cards.get(folder) ?? this.#cardHolding(folder);
    this.#cards.set(folder, known);
    return known;
  }

  /** Names of the sidecars in a folder. @throws KilnError `folder-missing`, `folder-unreadable` */
  sidecars(folder: string): Promise<string[]> {
    const known = this.#listings.get(folder) ?? listSidecars(folder);
    this.#listings.set(folder, known);
    return known;
  }

  /** A sidecar was made since the folder was listed. */
  async noteSidecar(path: string): Promise<void> {
    (await this.sidecars(dirname(path))).push(basename(path));
  }
}

async function listSidecars(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names.filter((name) => !name.startsWith(".") && extname(name).toLowerCase() === ".xmp");
  } catch (error) {
    throw unreadableFolder(folder, error);
  }
}

const unfitSidecars: ReadonlySet<string> = new Set([
  "sidecar-broken",
  "sidecar-not-xmp",
  "sidecar-unusual",
  "sidecar-too-large",
]);

/** Problems of many files, as one sentence. */
class Problems {
  readonly photoIds: number[] = [];
  readonly #folders = new Set<string>();
  readonly #codes = new Set<string>();
  readonly #first: KilnError[] = [];

  get count(): number {
    return this.photoIds.length;
  }

  /** Whether some of them, and whether all, are of sidecars that Kiln won't touch as they are. */
  get unfit(): { some: boolean; all: boolean } {
    const unfit = [...this.#codes].map((code) => unfitSidecars.has(code));
    return { some: unfit.includes(true), all: !unfit.includes(false) };
  }

  add({ id, directory }: SidecarPhoto, problem: KilnError): void {
    this.photoIds.push(id);
    this.#folders.add(directory);
    this.#codes.add(problem.code);
    if (this.#first.length < 3) this.#first.push(problem);
  }

  /** The folder of the first, and how many others there are. */
  get place(): Localized {
    const [folder = ""] = this.#folders;
    const others = this.#folders.size - 1;
    const name = basename(folder) || folder;
    return {
      en: `“${name}”${others === 0 ? "" : others === 1 ? " and 1 other folder" : ` and ${others} other folders`}`,
      ko: `‘${name}’${others === 0 ? "" : ` 외 ${others}개`} 폴더`,
    };
  }

  /** The first few of them. */
  text(language: keyof Localized): string {
    const texts = this.#first.map(({ happened }) => happened[language]);
    return this.count > texts.length ? `${texts.join(" ")} …` : texts.join(" ");
  }
}

/** @param before how many earlier jobs could not write, and this one was not about */
function summary(written: number, refused: Problems, before: number): Localized {
  const left =
    before > 0
      ? {
          en: `, ${before} from before still not`,
          ko: ` 이전의 ${before}장은 아직 쓰지 못했습니다.`,
        }
      : { en: "", ko: "" };
  const en = `Sidecars of ${written === 1 ? "1 photo" : `${written} photos`} written${left.en}`;
  const ko = `사진 ${written}장의 사이드카를 썼습니다.${left.ko}`;
  if (refused.count === 0) return { en, ko };
  return {
    en: `${en}, ${refused.count} not, in ${refused.place.en}: ${refused.text("en")}`,
    ko: `${ko} ${refused.place.ko}의 ${refused.count}장은 쓰지 못했습니다: ${refused.text("ko")}`,
  };
}

function notWritten(failed: Problems): KilnError {
  const { unfit, place, count } = failed;
  const photos = count === 1 ? "1 photo" : `${count} photos`;
  const kept = { en: "Your decisions are kept in Kiln.", ko: "결정은 Kiln에 남아 있습니다." };
  const repair = {
    en:
      count === 1
        ? "Repair, rename or delete the sidecar"
        : "Repair, rename or delete those sidecars",
    ko: "사이드카를 고치거나 이름을 바꾸거나 지운 뒤",
  };
  const todo = unfit.all
    ? { en: `${repair.en}, then retry.`, ko: `${repair.ko} 다시 시도하세요.` }
    : unfit.some
      ? {
          en: `${repair.en} that can't be read, and retry when the others can be written.`,
          ko: `읽을 수 없는 ${repair.ko}, 나머지를 쓸 수 있을 때 다시 시도하세요.`,
        }
      : {
          en: "Retry when the files can be written.",
          ko: "파일을 쓸 수 있을 때 다시 시도하세요.",
        };
  return new KilnError(
    "sidecars-not-written",
    {
      en: `Sidecars of ${photos} in ${place.en} were not written. ${failed.text("en")}`,
      ko: `${place.ko}에서 사진 ${count}장의 사이드카를 쓰지 못했습니다. ${failed.text("ko")}`,
    },
    { en: `${kept.en} ${todo.en}`, ko: `${kept.ko} ${todo.ko}` },
  );
}

/** Nothing that anybody would miss in a sidecar. */
function isEmpty({ rating, label }: SidecarValues): boolean {
  return (rating ?? 0) === 0 && (label ?? "") === "";
}

/** CR2 and DNG side by side: programs give both one sidecar, so it can hold the rating of one only. */
function sidecarShared(name: string, owner: string): KilnError {
  const sidecar = `${parse(name).name}.xmp`;
  return new KilnError(
    "sidecar-shared",
    {
      en: `The sidecar “${sidecar}” belongs to “${owner}”, so that decisions on “${name}” are in none.`,
      ko: `사이드카 ‘${sidecar}’은(는) ‘${owner}’의 것이라서 ‘${name}’의 결정은 어느 사이드카에도 없습니다.`,
    },
    {
      en: "Your decision is kept in Kiln. Rename one of the two to give each its own sidecar.",
      ko: "결정은 Kiln에 남아 있습니다. 둘 중 하나의 이름을 바꾸면 사이드카가 따로 생깁니다.",
    },
  );
}

function photoChanged(name: string): KilnError {
  return new KilnError(
    PHOTO_CHANGED,
    {
      en: `“${name}” is no longer the file that Kiln read.`,
      ko: `‘${name}’은(는) Kiln이 읽은 뒤에 바뀌었습니다.`,
    },
    {
      en: "Your decision is kept in Kiln, and written once the folder is read again.",
      ko: "결정은 Kiln에 남아 있으며, 폴더를 다시 읽으면 씁니다.",
    },
  );
}
