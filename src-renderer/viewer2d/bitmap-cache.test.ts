import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { type Bitmap, BitmapCache, type Picture, type Want } from "./bitmap-cache.ts";

const damaged: Problem = {
  code: "damaged",
  happened: { en: "Damaged.", ko: "손상되었습니다." },
  todo: { en: "Take it away.", ko: "빼세요." },
};

class Pixels implements Bitmap {
  readonly width: number;
  readonly height: number;
  readonly of: string;
  isClosed = false;

  constructor(of: string, width: number, height: number) {
    this.of = of;
    this.width = width;
    this.height = height;
  }

  close(): void {
    expect(this.isClosed).toBe(false);
    this.isClosed = true;
  }
}

interface Asked {
  readonly name: string;
  readonly signal: AbortSignal;
  arrive(width?: number, height?: number): Promise<void>;
  fail(): Promise<void>;
}

/** A decoder that the test answers by hand. */
class Desk {
  readonly asked: Asked[] = [];
  readonly all: Pixels[] = [];
  /** Whether an abort ends a decode at once; what is being decoded already goes on to its end. */
  stops = true;

  readonly decode = (want: Want, signal: AbortSignal): Promise<Pixels> => {
    const { promise, resolve, reject } = Promise.withResolvers<Pixels>();
    const name = `${want.picture.id}${want.level}`;
    const take = (): void => {
      this.asked.splice(this.asked.indexOf(asked), 1);
    };
    const asked: Asked = {
      name,
      signal,
      arrive: async (width = want.picture.width, height = want.picture.height) => {
        take();
        const pixels = new Pixels(name, width, height);
        this.all.push(pixels);
        resolve(pixels);
        await settled();
      },
      fail: async () => {
        take();
        reject(new Error("damaged"));
        await settled();
      },
    };
    signal.addEventListener("abort", () => {
      if (!this.stops || !this.asked.includes(asked)) return;
      take();
      reject(signal.reason);
    });
    this.asked.push(asked);
    return promise;
  };

  names(): string[] {
    return this.asked.map(({ name }) => name);
  }

  first(): Asked {
    const [asked] = this.asked;
    if (asked === undefined) throw new Error("nothing was asked for");
    return asked;
  }
}

/** Lets the promises that are settled have their say. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
}

/** 1000 × 250 pixels are a million bytes. */
const million = 1_000_000;
const photo = (id: number, width = 1000, height = 250): Picture => ({
  id,
  version: "v",
  width,
  height,
});
const full = (id: number): Want => ({ picture: photo(id), level: "photo" });

/** @param quiet whether it is quiet from the start; else when `calm` is called */
function open(
  maxBytes: number,
  quiet = true,
): { cache: BitmapCache<Pixels>; desk: Desk; calm: () => void } {
  const desk = new Desk();
  let waiting: (() => void) | null = null;
  const calm = (): void => {
    const run = waiting;
    waiting = null;
    run?.();
  };
  const cache = new BitmapCache<Pixels>({
    decode: desk.decode,
    problemOf: () => damaged,
    maxBytes,
    whenQuiet: (run) => {
      waiting = run;
      if (quiet) queueMicrotask(calm);
      return () => {
        waiting = null;
      };
    },
  });
  return { cache, desk, calm };
}

describe("order", () => {
  test("what is seen goes before what may be seen, small before large, one ahead at a time", async () => {
    const { cache, desk } = open(10 * million);
    cache.want(cache, {
      visible: [full(1), { picture: photo(1), level: "thumbnail" }],
      ahead: [full(2), full(3)],
    });
    expect(desk.names()).toEqual(["1thumbnail", "1photo"]);
    await desk.first().arrive(256, 64);
    expect(desk.names()).toEqual(["1photo"]);
    await desk.first().arrive();
    expect(desk.names()).toEqual(["2photo"]);
    await desk.first().arrive();
    expect(desk.names()).toEqual(["3photo"]);
    await desk.first().arrive();
    expect(cache.isSettled).toBe(true);
    expect(cache.best(photo(1))?.level).toBe("photo");
  });

  test("a photo that comes on the screen does not wait for a prefetch that runs", async () => {
    const { cache, desk } = open(10 * million);
    cache.want(cache, { visible: [], ahead: [full(2)] });
    cache.want(cache, { visible: [full(5)], ahead: [full(2)] });
    expect(desk.names()).toEqual(["2photo", "5photo"]);
  });

  test("what may be seen waits for quiet, and for quiet again after every change", async () => {
    const { cache, desk, calm } = open(10 * million, false);
    cache.want(cache, { visible: [full(1)], ahead: [full(2), full(3)] });
    await desk.first().arrive();
    expect(desk.names()).toEqual([]);
    expect(cache.isSettled).toBe(false);
    calm();
    expect(desk.names()).toEqual(["2photo"]);
    cache.want(cache, { visible: [full(1)], ahead: [full(2), full(3)] });
    await desk.first().arrive();
    expect(desk.names()).toEqual([]);
    calm();
    expect(desk.names()).toEqual(["3photo"]);
  });

  test("what was prefetched and comes on the screen is there at once", async () => {
    const { cache, desk } = open(10 * million);
    cache.want(cache, { visible: [], ahead: [full(2)] });
    await desk.first().arrive();
    cache.want(cache, { visible: [full(2)], ahead: [] });
    expect(desk.names()).toEqual([]);
    expect(cache.get(full(2))?.of).toBe("2photo");
  });

  test("another version of a photo is another picture", async () => {
    const { cache, desk } = open(10 * million);
    cache.want(cache, { visible: [full(1)], ahead: [] });
    await desk.first().arrive();
    expect(cache.get({ picture: { ...photo(1), version: "w" }, level: "photo" })).toBeNull();
  });
});

describe("what is not wanted any more", () => {
  test("is aborted while it runs", () => {
    const { cache, desk } = open(10 * million);
    cache.want(cache, { visible: [full(1)], ahead: [] });
    const { signal } = desk.first();
    cache.want(cache, { visible: [full(2)], ahead: [] });
    expect(signal.aborted).toBe(true);
  });

  test("stays while there is room, then goes, the longest unused first", async () => {
    const { cache, desk } = open(3 * million);
    for (const id of [1, 2, 3]) {
      cache.want(cache, { visible: [full(id)], ahead: [] });
      await desk.first().arrive();
    }
    expect(cache.get(full(1))?.of).toBe("1photo");
    cache.want(cache, { visible: [full(4)], ahead: [] });
    await desk.first().arrive();
    expect(cache.get(full(2))).toBeNull();
    expect(desk.all.filter(({ isClosed }) => isClosed).map(({ of }) => of)).toEqual(["2photo"]);
    expect(cache.get(full(1))).not.toBeNull();
  });

  test("a released view wants nothing", () => {
    const { cache, desk } = open(10 * million);
    const view = {};
    cache.want(view, { visible: [full(1)], ahead: [] });
    const { signal } = desk.first();
    cache.release(view);
    expect(signal.aborted).toBe(true);
  });
});

describe("a held arrow", () => {
  test("leaves one decode behind at most, and then shows the photo that it stopped at", async () => {
    const { cache, desk } = open(10 * million);
    desk.stops = false;
    for (const id of [1, 2, 3, 4]) cache.want(cache, { visible: [full(id)], ahead: [] });
    expect(desk.names()).toEqual(["1photo"]);
    await desk.first().arrive();
    expect(desk.names()).toEqual(["4photo"]);
  });

  test("small pictures go on beside it", () => {
    const { cache, desk } = open(10 * million);
    desk.stops = false;
    cache.want(cache, { visible: [full(1)], ahead: [] });
    const thumbnail: Want = { picture: photo(2), level: "thumbnail" };
    cache.want(cache, { visible: [thumbnail, full(2)], ahead: [] });
    expect(desk.names()).toEqual(["1photo", "2thumbnail"]);
  });
});

describe("bounds", () => {
  test("nothing is prefetched beyond the bound, and what is seen takes the place of what may be seen", async () => {
    const { cache, desk } = open(2 * million);
    cache.want(cache, { visible: [full(1)], ahead: [full(2), full(3)] });
    await desk.first().arrive();
    await desk.first().arrive();
    expect(desk.names()).toEqual([]);
    expect(cache.heldBytes).toBe(2 * million);
    cache.want(cache, { visible: [full(1), full(9)], ahead: [full(2)] });
    expect(desk.names()).toEqual(["9photo"]);
    expect(cache.get(full(2))).toBeNull();
    expect(cache.get(full(1))).not.toBeNull();
  });

  test("a picture larger than the bound is never asked for", () => {
    const { cache, desk } = open(2 * million);
    const vast: Want = { picture: photo(1, 30_000, 30_000), level: "photo" };
    cache.want(cache, { visible: [vast], ahead: [] });
    expect(cache.fits(vast)).toBe(false);
    expect(desk.names()).toEqual([]);
  });

  test("a picture that turns out too large is given back and not decoded again", async () => {
    const { cache, desk } = open(2 * million);
    cache.want(cache, { visible: [full(1)], ahead: [] });
    await desk.first().arrive(4000, 4000);
    expect(desk.all[0]?.isClosed).toBe(true);
    expect(desk.names()).toEqual([]);
    expect(cache.heldBytes).toBe(0);
  });

  test("whatever is wanted and in whatever order it arrives, the bound holds and nothing seen is closed", async () => {
    const step = fc.record({
      visible: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 3 }),
      ahead: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 5 }),
      answers: fc.integer({ min: 0, max: 4 }),
      fails: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const { cache, desk } = open(5 * million);
        for (const { visible, ahead, answers, fails } of steps) {
          const seen = visible.flatMap((id) => cache.get(full(id)) ?? []);
          cache.want(cache, { visible: visible.map(full), ahead: ahead.map(full) });
          for (let count = 0; count < answers && desk.asked.length > 0; count += 1) {
            if (fails && count === 1) await desk.first().fail();
            else await desk.first().arrive();
          }
          await settled();
          expect(cache.heldBytes).toBeLessThanOrEqual(5 * million);
          expect(seen.some(({ isClosed }) => isClosed)).toBe(false);
          const open = desk.all.filter(({ isClosed }) => !isClosed).length;
          expect(open * million).toBe(cache.heldBytes);
        }
      }),
      { seed: 7, numRuns: 150 },
    );
  });
});

describe("failures", () => {
  test("are told, not tried again while the picture is wanted, and tried again after", async () => {
    const { cache, desk } = open(10 * million);
    let news = 0;
    cache.subscribe(() => {
      news += 1;
    });
    cache.want(cache, { visible: [full(1)], ahead: [] });
    await desk.first().fail();
    expect(news).toBe(1);
    expect(cache.problem(full(1))).toBe(damaged);
    expect(desk.names()).toEqual([]);
    cache.want(cache, { visible: [full(2)], ahead: [] });
    cache.want(cache, { visible: [full(1)], ahead: [] });
    await settled();
    expect(cache.problem(full(1))).toBeNull();
    expect(desk.names()).toContain("1photo");
  });

  test("an abort is no failure", async () => {
    const { cache } = open(10 * million);
    cache.want(cache, { visible: [full(1)], ahead: [] });
    cache.release(cache);
    await settled();
    expect(cache.problem(full(1))).toBeNull();
  });
});
