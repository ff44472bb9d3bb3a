/** A library, a shoot and a destination on a real disk, for the tests of this room. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join, relative } from "node:path";
import {
  type FileKind,
  freedesktopTrash,
  type LibraryDatabase,
  openDatabase,
  PhotoStore,
  PlanStore,
  ReadingStore,
  RootStore,
  type Trash,
  versionOf,
} from "../library/index.ts";
import { applyPlan, type Encode } from "./execute.ts";
import { type ApplyPlanDraft, type ApplyPlanInput, type PlannedPhoto, planApply } from "./plan.ts";
import type { PlanOrder } from "./plan-child-fixture.ts";
import type { FileMove, PlanRunOptions } from "./run.ts";
import { undoPlan } from "./undo.ts";

/** A small generator (mulberry32): the same seed gives the same run on every machine. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const noPhotoFields: PlannedPhoto["fields"] = {
  capturedLocal: "2026-11-21T08:30:05.12",
  camera: "Kiln One",
  burst: 1,
  rank: 1,
  stars: 3,
  label: "none",
};

/** Stands for the worker that renders: its output depends on the source alone and is no copy of it. */
export const encodeForTests: Encode = async ({ source, target, quality }) => {
  const bytes = await readFile(source);
  await writeFile(target, Buffer.concat([Buffer.from(`jpeg at ${quality}\n`), bytes.reverse()]));
};

export function sha256Of(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** A photo once its file was read as it is now. */
export async function asRead(photo: PlannedPhoto): Promise<PlannedPhoto> {
  const { size, mtimeMs } = await stat(photo.files[0].path);
  return { ...photo, version: versionOf({ bytes: size, modifiedMs: mtimeMs }) };
}

/** Every file below a folder: its path from there, with the hash of its bytes (a link: of what it says). */
export async function treeOf(folder: string): Promise<Map<string, string>> {
  const tree = new Map<string, string>();
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = entry.isSymbolicLink() ? await readlink(path) : await readFile(path);
    tree.set(relative(folder, path), sha256Of(bytes));
  }
  return new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export class Bench {
  readonly folder: string;
  readonly shoot: string;
  readonly destination: string;
  readonly second: string;
  readonly dataHome: string;
  readonly moves: FileMove[] = [];
  readonly random: () => number;
  trash: Trash;
  encode: Encode = encodeForTests;
  database: LibraryDatabase;
  store: PlanStore;
  rootId: number;

  private constructor(folder: string, seed: number) {
    this.folder = folder;
    this.shoot = join(folder, "shoot");
    this.destination = join(folder, "picks");
    this.second = join(folder, "backup");
    this.dataHome = join(folder, "data-home");
    this.random = seeded(seed);
    this.trash = freedesktopTrash({ dataHome: this.dataHome });
    this.database = openDatabase(join(folder, "library"));
    this.store = new PlanStore(this.database);
    this.rootId = new RootStore(this.database).add(
      { path: this.shoot, whole: true, kind: "referenced" },
      1,
    );
  }

  static async make(parent: string = tmpdir(), seed = 1): Promise<Bench> {
    const bench = new Bench(await mkdtemp(join(parent, "kiln-apply-")), seed);
    for (const folder of [bench.shoot, bench.destination, bench.second]) await mkdir(folder);
    return bench;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.database.close();
    await rm(this.folder, { recursive: true });
  }

  /** Writes files with bytes of their own into the shoot and takes them into the library as one photo. */
  async photo(...names: [string, ...string[]]): Promise<PlannedPhoto> {
    const [main] = names;
    const directory = dirname(join(this.shoot, main));
    await mkdir(directory, { recursive: true });
    const files = [];
    for (const name of names) {
      const bytes = Buffer.alloc(200 + Math.floor(this.random() * 5000));
      for (const [index] of bytes.entries()) bytes[index] = Math.floor(this.random() * 256);
      await writeFile(join(this.shoot, name), bytes);
      files.push({
        name: relative(directory, join(this.shoot, name)),
        kind: kinds.get(extname(name).toLowerCase()) ?? "jpeg",
        bytes: bytes.length,
        modifiedMs: (await stat(join(this.shoot, name))).mtimeMs,
      });
    }
    const photos = new PhotoStore(this.database);
    const before = new Set(photos.changes(this.rootId, 0).map((row) => row.id));
    const found = { directory, key: main, files, skip: null };
    new ReadingStore(this.database).recordFound(this.rootId, [found]);
    const row = photos.changes(this.rootId, 0).find(({ id }) => !before.has(id));
    if (row === undefined) throw new Error(`${main} is in the library already.`);
    return this.planned(row.id);
  }

  order(planId: number, direction: PlanOrder["direction"]): PlanOrder {
    const library = join(this.folder, "library");
    return { library, dataHome: this.dataHome, planId, direction, killAt: null };
  }

  /** Lets the library go, so that a child can open it. */
  closeLibrary(): void {
    this.database.close();
  }

  openLibrary(): void {
    this.database = openDatabase(join(this.folder, "library"));
    this.store = new PlanStore(this.database);
  }

  planned(photoId: number): PlannedPhoto {
    const [main, ...others] = this.store.filesOf(photoId);
    const [row] = new PhotoStore(this.database).rows([photoId]);
    if (main === undefined || row === undefined) throw new Error(`Photo ${photoId} has no files.`);
    return { photoId, version: row.version, files: [main, ...others], fields: noPhotoFields };
  }

  input(options: Partial<ApplyPlanInput>): ApplyPlanInput {
    return {
      action: "copy",
      destination: this.destination,
      secondCopy: null,
      pattern: "{name}",
      subfolders: "",
      exportQuality: 90,
      exportEdge: null,
      picks: [],
      rejects: [],
      trash: this.trash,
      shownFolder: this.shoot,
      ...options,
    };
  }

  async plan(options: Partial<ApplyPlanInput>): Promise<{ planId: number; draft: ApplyPlanDraft }> {
    const draft = await planApply(this.input(options));
    return { planId: this.store.create(this.rootId, draft, 1), draft };
  }

  options(planId: number, more: Partial<PlanRunOptions> = {}): PlanRunOptions {
    return {
      planId,
      store: this.store,
      trash: this.trash,
      signal: new AbortController().signal,
      onProgress: () => undefined,
      follow: (move) => this.moves.push(move),
      ...more,
    };
  }

  apply(planId: number, more: Partial<PlanRunOptions> = {}) {
    return applyPlan({ ...this.options(planId, more), encode: this.encode });
  }

  undo(planId: number, more: Partial<PlanRunOptions> = {}) {
    return undoPlan(this.options(planId, more));
  }

  /** Files by the codes of what is said of them. */
  problems(planId: number): string[] {
    return this.store
      .items(planId)
      .flatMap(({ problem }) => (problem === null ? [] : [problem.code]));
  }
}

const kinds: ReadonlyMap<string, FileKind> = new Map([
  [".jpg", "jpeg"],
  [".cr2", "raw"],
  [".xmp", "xmp"],
  [".mov", "video"],
]);
