import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { updateSidecar } from "../xmp/index.ts";
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

describe("sidecars of hundreds of photos", () => {
  /** Photos with a sidecar each, which another program wrote in a minute from now. */
  async function crowd(count: number) {
    const bench = await openFolder();
    const { folder, read } = bench;
    const time = new Date(Date.now() + 60_000);
    const content = updateSidecar(null, { rating: 2 }, "p.xmp", time);
    for (let i = 0; i < count; i += 1) {
      writeFileSync(join(folder, `p${i}.JPG`), "photo");
      writeFileSync(join(folder, `p${i}.xmp`), content);
      utimesSync(join(folder, `p${i}.xmp`), time, time);
    }
    return { ...bench, ids: Object.values(read()) };
  }

  test("are settled in turns", async () => {
    const { sidecars, takeIn, row, ids } = await crowd(250);
    const [seen, saveSeen] = [sidecars.seen.bind(sidecars), sidecars.saveSeen.bind(sidecars)];
    const turns: number[] = [];
    let settled = 0;
    sidecars.seen = (...place) => {
      if (settled > 0) turns.push(settled);
      settled = 0;
      return seen(...place);
    };
    sidecars.saveSeen = (...what) => {
      settled += 1;
      saveSeen(...what);
    };
    expect(await takeIn()).toMatchObject({ cameIn: 250, overruled: 0 });
    expect([...turns, settled]).toEqual([100, 100, 50]);
    expect(ids.map((id) => row(id)?.stars)).toEqual(ids.map(() => 2));
  });

  test("that overrule the person are one step of undo", async () => {
    const { edits, takeIn, row, ids } = await crowd(150);
    const five = ids.map((id) => ({ entity: "photo", id, field: "stars", value: 5 }) as const);
    edits.record({ en: "Five stars", ko: "별 5개" }, five, Date.now());
    expect(await takeIn()).toMatchObject({ cameIn: 150, overruled: 150 });
    expect(ids.map((id) => row(id)?.stars)).toEqual(ids.map(() => 2));
    expect(edits.nextUndo()?.label.en).toBe("Take over 150 sidecars");
    expect(await takeIn()).toMatchObject({ cameIn: 0 });
  });
});
