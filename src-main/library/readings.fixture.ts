/** What tests of stores share that readings of folders fill. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import {
  BurstStore,
  EditStore,
  type FoundPhoto,
  foundKey,
  MovedFileStore,
  openDatabase,
  type PhotoProbe,
  PhotoStore,
  ReadingStore,
  RootStore,
} from "./index.ts";

/** A library that is closed and removed at the end of the test. */
export function openLibrary() {
  const directory = mkdtempSync(join(tmpdir(), "kiln-stores-"));
  const database = openDatabase(directory);
  onTestFinished(() => {
    database.close();
    rmSync(directory, { recursive: true });
  });
  const photos = new PhotoStore(database);
  const readings = new ReadingStore(database);
  const movedFiles = new MovedFileStore(database);
  const roots = new RootStore(database);
  const addRoot = (path: string): number => roots.add({ path, whole: true, kind: "referenced" }, 1);
  return {
    database,
    photos,
    readings,
    movedFiles,
    roots,
    bursts: new BurstStore(database),
    addRoot,
    /** What reading a folder does to its rows: what is found is probed and measured, what is not met is missing. */
    read(rootId: number, found: readonly FoundPhoto[], hashOf = hashOfName): void {
      readings.recordFound(rootId, found);
      readings.markMissing(
        rootId,
        new Set(found.map((each) => foundKey(each.directory, each.key))),
        [],
      );
      for (const { id, path } of readings.inState(rootId, ["found"])) {
        const probe = { ...plainProbe, fastHash: hashOf(path) };
        const moved = movedFiles.twins(id, probe).find((twin) => !found.some(isAt(twin.path)));
        if (moved !== undefined) movedFiles.settle([{ place: id, photo: moved.id }]);
        readings.saveProbe(moved?.id ?? id, probe);
        readings.markMeasured(moved?.id ?? id);
      }
    },
    shown: (rootId: number) =>
      Object.fromEntries(
        photos
          .changes(rootId, 0)
          .filter(({ state }) => state !== "gone")
          .map(({ name, state, stars }) => [name, `${state} ${stars}`]),
      ),
    star(rootId: number, name: string): number {
      const row = photos.changes(rootId, 0).find((photo) => photo.name === name);
      if (row === undefined) throw new Error(`No photo ${name}`);
      const change = { entity: "photo", id: row.id, field: "stars", value: 5 } as const;
      new EditStore(database).record({ en: "5 stars", ko: "별 5개" }, [change], 1);
      return row.id;
    },
  };
}

const isAt =
  (path: string) =>
  ({ directory, files }: FoundPhoto): boolean =>
    files.some(({ name }) => join(directory, name) === path);

const hashOfName = (path: string): string => `hash of ${path.slice(path.lastIndexOf("/") + 1)}`;

/** A photo of one JPEG, as a scan finds it. */
export function jpeg(
  directory: string,
  name: string,
  change: { bytes?: number; beside?: string[] } = {},
) {
  const { bytes = 1000, beside = [] } = change;
  return {
    directory,
    key: name.replace(/\.[^.]+$/, ""),
    files: [
      { name, kind: "jpeg", bytes, modifiedMs: 1 } as const,
      ...beside.map((each) => ({ name: each, kind: "xmp", bytes: 10, modifiedMs: 1 }) as const),
    ],
    skip: null,
  } satisfies FoundPhoto;
}

export const plainProbe: PhotoProbe = {
  format: "jpeg",
  bytes: 1000,
  modifiedMs: 1,
  fastHash: "",
  width: 6000,
  height: 4000,
  orientation: 1,
  capturedAt: null,
  cameraMake: null,
  cameraModel: null,
  lens: null,
  iso: null,
  exposureSeconds: null,
  fNumber: null,
  focalLengthMm: null,
  latitude: null,
  longitude: null,
  iccName: null,
  isRaw: false,
  preview: null,
  focus: null,
};
