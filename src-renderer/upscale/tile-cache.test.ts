import fc from "fast-check";
import { expect, test } from "vitest";
import type { Bitmap } from "../viewer2d/bitmap-cache.ts";
import { keyOfTile, TileCache } from "./tile-cache.ts";
import type { Tile } from "./tile-grid.ts";

class Pixels implements Bitmap {
  readonly width = 512;
  readonly height = 512;
  isClosed = false;

  close(): void {
    expect(this.isClosed).toBe(false);
    this.isClosed = true;
  }
}

const tile = (x: number, level = 3): Tile => ({ level, x, y: 0 });
const tiles = (...xs: number[]): Tile[] => xs.map((x) => tile(x));
const mebibyte = 1024 * 1024;

/** A host that the test answers by hand. */
function desk(maxTiles: number) {
  const asked = new Map<string, PromiseWithResolvers<Pixels>>();
  const made: Pixels[] = [];
  const aborted: string[] = [];
  let changes = 0;
  const cache = new TileCache<Pixels>({
    maxBytes: maxTiles * mebibyte,
    load: (wanted, signal) => {
      const key = keyOfTile(wanted);
      const answer = Promise.withResolvers<Pixels>();
      asked.set(key, answer);
      signal.addEventListener("abort", () => aborted.push(key));
      return answer.promise;
    },
    onChange: () => {
      changes += 1;
    },
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
  };
  return {
    cache,
    aborted,
    made,
    changes: () => changes,
    asked: () => [...asked.keys()],
    async arrive(key: string) {
      const pixels = new Pixels();
      made.push(pixels);
      asked.get(key)?.resolve(pixels);
      asked.delete(key);
      await settle();
    },
    async fail(key: string) {
      asked.get(key)?.reject(new Error("gone"));
      asked.delete(key);
      await settle();
    },
  };
}

test("loads in the order of want, six at a time", async () => {
  const host = desk(20);
  host.cache.want(tiles(4, 3, 5, 2, 6, 1, 7, 0));
  expect(host.asked()).toEqual(["3/4/0", "3/3/0", "3/5/0", "3/2/0", "3/6/0", "3/1/0"]);
  await host.arrive("3/3/0");
  expect(host.cache.get(tile(3))).not.toBeNull();
  expect(host.asked()).toContain("3/7/0");
  expect(host.changes()).toBe(1);
});

test("what is out of sight is aborted; if it comes after all it is let go", async () => {
  const host = desk(20);
  host.cache.want(tiles(1, 2));
  host.cache.want(tiles(2));
  expect(host.aborted).toEqual(["3/1/0"]);
  await host.arrive("3/1/0");
  expect(host.made[0]?.isClosed).toBe(true);
  expect(host.cache.get(tile(1))).toBeNull();
});

test("more than fits is not loaded: what is most wanted is there, and stays", async () => {
  const host = desk(2);
  host.cache.want(tiles(1, 2, 3));
  await host.arrive("3/1/0");
  await host.arrive("3/2/0");
  expect(host.asked()).toEqual([]);
  expect(host.cache.bytes).toBe(2 * mebibyte);
  host.cache.want(tiles(3, 2));
  await host.arrive("3/3/0");
  expect(host.cache.get(tile(1))).toBeNull();
  expect(host.cache.get(tile(2))).not.toBeNull();
});

test("a tile that can't be had is not asked for again and again, but once more when it comes back", async () => {
  const host = desk(4);
  host.cache.want(tiles(1));
  await host.fail("3/1/0");
  expect(host.cache.hasFailed).toBe(true);
  host.cache.want(tiles(1));
  expect(host.asked()).toEqual([]);
  host.cache.want([]);
  expect(host.cache.hasFailed).toBe(false);
  host.cache.want(tiles(1));
  expect(host.asked()).toEqual(["3/1/0"]);
});

test("never more bytes than allowed, and every bitmap is closed once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.uniqueArray(fc.nat(30), { maxLength: 12 }), fc.nat(8)), {
        maxLength: 30,
      }),
      async (steps) => {
        const host = desk(8);
        for (const [xs, arrivals] of steps) {
          host.cache.want(tiles(...xs));
          for (let n = 0; n < arrivals; n += 1) {
            const [key] = host.asked();
            if (key !== undefined) await host.arrive(key);
          }
          expect(host.cache.bytes).toBeLessThanOrEqual(8 * mebibyte);
        }
        host.cache.dispose();
        for (const key of host.asked()) await host.arrive(key);
        expect(host.made.every(({ isClosed }) => isClosed)).toBe(true);
      },
    ),
    { seed: 20261121, numRuns: 200 },
  );
});
