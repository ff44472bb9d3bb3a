import { expect, test } from "vitest";
import { openFolder } from "./sidecars.fixture.ts";

test("a reading that is broken off leaves sidecars unread: the next one takes in all of them", async () => {
  const { photos, foreign, sidecars, service, rootId, row, takeIn } = await openFolder();
  const ids = photos("a.JPG", "b.JPG", "c.JPG");
  for (const [i, name] of ["a.xmp", "b.xmp", "c.xmp"].entries()) foreign(name, { rating: i + 1 });
  const stop = new AbortController();
  const seen = sidecars.seen.bind(sidecars);
  sidecars.seen = (directory, name) => {
    if (name === "b.xmp") stop.abort(new Error("The person has enough"));
    return seen(directory, name);
  };
  await expect(service.takeIn(rootId, stop.signal)).rejects.toThrow("enough");
  expect(ids.map((id) => row(id)?.stars)).toEqual([0, 0, 0]);
  expect(await takeIn()).toMatchObject({ cameIn: 3 });
  expect(ids.map((id) => row(id)?.stars)).toEqual([1, 2, 3]);
  expect(await takeIn()).toMatchObject({ cameIn: 0 });
});

test("what the person decides while sidecars are read is not overruled by an older one", async () => {
  const { photos, foreign, sidecars, edits, row, takeIn } = await openFolder();
  const [first = 0, second = 0] = photos("a.JPG", "b.JPG");
  foreign("a.xmp", { rating: 2 }, -60);
  foreign("b.xmp", { rating: 3 }, -60);
  const seen = sidecars.seen.bind(sidecars);
  sidecars.seen = (directory, name) => {
    // The other one has been read by now.
    if (name === "b.xmp") {
      const step = { entity: "photo", id: first, field: "stars", value: 5 } as const;
      edits.record({ en: "Five stars", ko: "별 5개" }, [step], Date.now());
    }
    return seen(directory, name);
  };
  expect(await takeIn()).toMatchObject({ cameIn: 1, overruled: 0, kept: 1 });
  expect([row(first)?.stars, row(second)?.stars]).toEqual([5, 3]);
});
