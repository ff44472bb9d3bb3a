import { rmSync } from "node:fs";
import { onTestFinished } from "vitest";
import { Decisions } from "./decisions.ts";
import { type FixtureFrame, openFixtureLibrary } from "./library.fixture.ts";

/** Two bursts of three and a lone photo; the sharpest frame of each is its second. */
export const frames: FixtureFrame[] = [
  { name: "A1.JPG", at: 0, sharpness: 0.2 },
  { name: "A2.JPG", at: 300, sharpness: 0.5 },
  { name: "A3.JPG", at: 600, sharpness: 0.3 },
  { name: "B1.JPG", at: 60_000, sharpness: 0.2 },
  { name: "B2.JPG", at: 60_300, sharpness: 0.6 },
  { name: "B3.JPG", at: 60_600, sharpness: 0.1 },
  { name: "C1.JPG", at: 500_000, sharpness: 0.4 },
];

export async function decidedLibrary() {
  const library = openFixtureLibrary();
  onTestFinished(() => {
    library.database.close();
    rmSync(library.directory, { recursive: true });
  });
  const rootId = library.read("/photos/trip", frames);
  await library.group(rootId, 2000);
  return { ...library, rootId, decisions: new Decisions(library) };
}

export type DecidedLibrary = Awaited<ReturnType<typeof decidedLibrary>>;

/** All that a person could see of the library, without the revisions. */
export function visible({ photos, bursts, rootId }: DecidedLibrary) {
  const rows = photos.changes(rootId, 0);
  const picks = new Map(bursts.changes(rootId, 0).map((burst) => [burst.id, burst]));
  return rows.map(({ name, stars, flag, label, rotation, burstId, rank }) => {
    const burst = burstId === null ? undefined : picks.get(burstId);
    return {
      name,
      stars,
      flag,
      label,
      rotation,
      rank,
      burstId,
      pickId: burst?.pickId,
      manual: burst?.isManual,
      pickManual: burst?.pickIsManual,
    };
  });
}

export function idOf({ photos, rootId }: DecidedLibrary, name: string): number {
  const row = photos.changes(rootId, 0).find((photo) => photo.name === name);
  if (row === undefined) throw new Error(`No photo ${name}`);
  return row.id;
}

export function burstOf(library: DecidedLibrary, name: string): number {
  const [row] = library.photos.rows([idOf(library, name)]);
  if (row === undefined || row.burstId === null) throw new Error(`${name} is in no burst`);
  return row.burstId;
}
