import { rmSync } from "node:fs";
import { expect, onTestFinished, test } from "vitest";
import { Decisions } from "./decisions.ts";
import { openFixtureLibrary } from "./library.fixture.ts";
import { Ranking } from "./ranking.ts";

/** `bursts` bursts of `frames` frames, the second of each the sharpest; not grouped yet. */
function openLibrary(bursts: number, frames: number) {
  const library = openFixtureLibrary();
  onTestFinished(async () => {
    await library.ranking.close();
    library.database.close();
    rmSync(library.directory, { recursive: true });
  });
  const rootId = library.read(
    "/photos/trip",
    Array.from({ length: bursts * frames }, (_, i) => ({
      name: `${String(i).padStart(4, "0")}.JPG`,
      at: 60_000 * Math.floor(i / frames) + 200 * (i % frames),
      sharpness: i % frames === 1 ? 0.6 : 0.2,
    })),
  );
  const rows = () => library.photos.changes(rootId, 0);
  return { ...library, rootId, rows, decisions: new Decisions(library) };
}

test("a large burst is ranked after its frames have changed, and has no ranks until then", async () => {
  const { group, rootId, rows, bursts, decisions, ranking } = openLibrary(20, 5);
  await group(rootId, 2000);
  expect(rows().every(({ rank }) => rank !== null)).toBe(true);
  const ids = bursts.changes(rootId, 0).map(({ id }) => id);
  const [into = 0] = ids;
  await decisions.mergeBursts(ids);
  await ranking.settled();
  expect(
    rows()
      .map(({ rank }) => rank ?? 0)
      .toSorted((a, b) => a - b),
  ).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
  expect(bursts.get(into)?.pickId).not.toBeNull();
});

test("what changes while it is being ranked is ranked as it is in the end", async () => {
  const { group, rootId, bursts, decisions, ranking, rows } = openLibrary(20, 5);
  await group(rootId, 2000);
  const ids = bursts.changes(rootId, 0).map(({ id }) => id);
  const [into = 0] = ids;
  await decisions.mergeBursts(ids);
  // The merged burst is being ranked now, or waits for it.
  const half = rows().slice(0, 50);
  await Promise.all([decisions.splitBurst(half.map(({ id }) => id)), ranking.rank([into])]);
  await ranking.settled();
  const groups = [...Map.groupBy(rows(), ({ burstId }) => burstId).values()];
  expect(groups.map((frames) => frames.length)).toEqual([50, 50]);
  for (const frames of groups) {
    const ranks = frames.map(({ rank }) => rank ?? 0).toSorted((a, b) => a - b);
    expect(ranks).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  }
});

test("a Kiln that ended before it had ranked all goes on at its next start", async () => {
  const { group, rootId, bursts, decisions, ranking, rows, ...stores } = openLibrary(40, 3);
  await group(rootId, 2000);
  const ids = bursts.changes(rootId, 0).map(({ id }) => id);
  const ended = decisions.dissolveBursts(ids);
  await Promise.all([ended, ranking.close()]);
  expect(rows().some(({ rank }) => rank === null)).toBe(true);
  await expect(ranking.rank(ids)).rejects.toThrow();
  const next = new Ranking({ ...stores, bursts });
  next.takeUp();
  await next.settled();
  expect(rows().every(({ rank }) => rank === 1)).toBe(true);
  await next.close();
});

test("proposals are accepted once they are there, also of bursts that are still being ranked", async () => {
  const { group, rootId, bursts, decisions, rows } = openLibrary(30, 4);
  await group(rootId, 2000);
  const ids = bursts.changes(rootId, 0).map(({ id }) => id);
  await decisions.dissolveBursts(ids);
  const alone = bursts.changes(rootId, 0).flatMap(({ id, gone }) => (gone ? [] : [id]));
  await decisions.acceptProposals(alone, "leave", "leave");
  expect(rows().map(({ flag }) => flag)).toEqual(Array.from({ length: 120 }, () => "pick"));
});
