import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inTurns } from "../in-turns.ts";
import {
  BurstStore,
  EditStore,
  FaceStore,
  MeasureStore,
  MovedFileStore,
  openDatabase,
  PhotoStore,
  ReadingStore,
  RootStore,
} from "../library/index.ts";
import { plainProbe } from "../library/readings.fixture.ts";
import { LOOK_BYTES } from "./best-cut/index.ts";
import { groupRoot } from "./grouping.ts";
import { Ranking } from "./ranking.ts";

/** A frame for a test's library: when it was taken, how sharp it is. */
export interface FixtureFrame {
  readonly name: string;
  /** Milliseconds since the test's own epoch; null for no EXIF time. */
  readonly at: number | null;
  readonly sharpness: number;
  /** Frames of one scene look alike; unlike scenes don't. */
  readonly scene?: number;
}

const epoch = Date.UTC(2026, 4, 1, 9, 0, 0);

/** A real library on the disk for tests, with helpers that go the way of a reading. */
export function openFixtureLibrary(directory = mkdtempSync(join(tmpdir(), "kiln-library-"))) {
  const database = openDatabase(directory);
  const stores = {
    database,
    roots: new RootStore(database),
    photos: new PhotoStore(database),
    readings: new ReadingStore(database),
    movedFiles: new MovedFileStore(database),
    bursts: new BurstStore(database),
    measures: new MeasureStore(database, 1),
    faces: new FaceStore(database, 1),
    edits: new EditStore(database),
  };
  const ranking = new Ranking(stores);
  return {
    ...stores,
    ranking,
    directory,
    /** Groups a root and ranks its bursts, as the end of a reading does. */
    async group(rootId: number, gapMs: number): Promise<void> {
      await ranking.rank(await inTurns(groupRoot(stores, rootId, gapMs)));
    },
    /** Takes frames in as a finished reading would, up to but without grouping. Answers the root's id. */
    read(path: string, frames: readonly FixtureFrame[]): number {
      const rootId = stores.roots.add({ path, whole: true, kind: "referenced" }, 1);
      stores.readings.recordFound(
        rootId,
        frames.map(({ name }) => ({
          directory: path,
          key: name,
          files: [{ name, kind: "jpeg", bytes: 1000, modifiedMs: 1 }],
          skip: null,
        })),
      );
      for (const photo of stores.readings.inState(rootId, ["found"])) {
        const frame = frames.find(({ name }) => photo.path === join(path, name));
        if (frame === undefined) throw new Error(`No frame for ${photo.path}`);
        const fastHash = `hash-of-${path}-${frame.name}`;
        stores.readings.saveProbe(photo.id, { ...cameraProbe, ...captured(frame.at), fastHash });
        stores.measures.save(fastHash, {
          sharpness: frame.sharpness,
          noise: 2,
          contrast: 50,
          brightness: 0.5,
          clippedHighlights: 0,
          clippedShadows: 0,
          laplacianVariance: 100,
          motion: 0,
          motionDegrees: 0,
          look: lookOf(frame.scene ?? 0),
          detail: new Uint8Array(),
        });
        stores.readings.markMeasured(photo.id);
      }
      return rootId;
    },
  };
}

/** Of the one camera that took them all. */
const cameraProbe = {
  ...plainProbe,
  cameraMake: "Kiln",
  cameraModel: "Test",
  iso: 100,
  exposureSeconds: 0.01,
  fNumber: 2.8,
  focalLengthMm: 50,
};

function captured(at: number | null) {
  if (at === null) return { capturedAt: null };
  const local = new Date(epoch + at).toISOString().slice(0, -1);
  return { capturedAt: { local, subSecond: true, offsetMinutes: 540 } };
}

function lookOf(scene: number): Uint8Array {
  // Deterministic noise a scene: alike for one scene, unlike for two.
  let state = scene + 1;
  return Uint8Array.from({ length: LOOK_BYTES }, () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state >>> 23;
  });
}
