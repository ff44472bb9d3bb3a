import { expect, test } from "vitest";
import { jpeg, openLibrary } from "./readings.fixture.ts";

test("ranks are outdated when a frame leaves, comes back or is skipped, and not before", () => {
  const { read, addRoot, readings, photos, bursts } = openLibrary();
  const root = addRoot("/a");
  const found = ["1.jpg", "2.jpg", "3.jpg"].map((name) => jpeg("/a", name));
  read(root, found);
  const ids = readings.inState(root, ["measured"]).map(({ id }) => id);
  const burst = bursts.create();
  for (const id of ids) bursts.assign(id, null, burst);
  const rank = (): void => {
    const frames = bursts.membersOfBurst(burst);
    bursts.saveRanks(burst, {
      frames: frames.map(({ id }, at) => ({
        photoId: id,
        rank: at + 1,
        score: 1 - at / 10,
        reason: { en: "Sharp.", ko: "선명합니다." },
        subject: { kind: "face", box: [0.4, 0.2, 0.1, 0.15] },
        isTied: true,
      })),
      proposedId: frames[0]?.id ?? 0,
      verdict: "tooCloseToCall",
    });
  };
  expect(bursts.outdated(root)).toEqual([burst]);
  rank();
  expect(bursts.outdated(root)).toEqual([]);

  read(root, found.slice(1));
  expect(bursts.outdated(root)).toEqual([burst]);
  rank();
  expect(bursts.outdated(root)).toEqual([]);
  expect(photos.rows(ids).map((row) => row.rank)).toEqual([null, 1, 2]);
  expect(photos.rows(ids).map((row) => row.subject?.kind)).toEqual([undefined, "face", "face"]);
  expect(bursts.get(burst)?.verdict).toBe("tooCloseToCall");

  read(root, found);
  expect(bursts.outdated(root)).toEqual([burst]);
  rank();
  const [, , third] = ids;
  readings.saveSkip(third ?? 0, { code: "file-damaged", en: "Damaged.", ko: "손상." });
  expect(bursts.outdated(root)).toEqual([]);
  const [first] = ids;
  readings.saveSkip(first ?? 0, { code: "file-damaged", en: "Damaged.", ko: "손상." });
  expect(bursts.outdated(root)).toEqual([burst]);
});
