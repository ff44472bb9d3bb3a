import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { upscaleTileEdge } from "../../src-preload/contract/media.ts";
import { place, type Size } from "../viewer2d/viewport.ts";
import {
  ancestorOf,
  childrenOf,
  lastLevel,
  levelFor,
  levelSize,
  partOfAncestor,
  pixelsOfTile,
  targetOfTile,
  tilesInView,
} from "./tile-grid.ts";

const seed = 20261121;
const sizes = fc.record({
  width: fc.integer({ min: 1, max: 40_000 }),
  height: fc.integer({ min: 1, max: 40_000 }),
});
const boxes = fc.record({
  width: fc.integer({ min: 40, max: 4000 }),
  height: fc.integer({ min: 40, max: 3000 }),
});
const scales = fc.double({ min: 0.01, max: 32, noNaN: true });
const shares = fc.double({ min: 0, max: 1, noNaN: true });

const large: Size = { width: 24_000, height: 16_000 };

describe("levels", () => {
  test("the first is one tile, the last is the picture", () => {
    expect(lastLevel(large)).toBe(6);
    expect(levelSize(large, 0)).toEqual({ width: 375, height: 250 });
    expect(levelSize(large, 6)).toEqual(large);
    expect(levelSize({ width: 1001, height: 3 }, 0)).toEqual({ width: 501, height: 2 });
    expect(lastLevel({ width: 512, height: 512 })).toBe(0);
  });

  test("a zoom asks for no more than it shows", () => {
    expect(levelFor(large, 1)).toBe(6);
    expect(levelFor(large, 8)).toBe(6);
    expect(levelFor(large, 0.5)).toBe(5);
    // A little more than half is shown by half: nobody sees it.
    expect(levelFor(large, 0.54)).toBe(5);
    expect(levelFor(large, 0.6)).toBe(6);
    expect(levelFor(large, 0.0001)).toBe(0);
  });

  test("the level is sharp, and the one below would not be", () => {
    fc.assert(
      fc.property(sizes, scales, (size, scale) => {
        const level = levelFor(size, scale);
        const shrink = 2 ** (level - lastLevel(size));
        if (level < lastLevel(size)) expect(shrink * 1.11).toBeGreaterThanOrEqual(scale);
        if (level > 0) expect((shrink / 2) * 1.09).toBeLessThan(scale);
      }),
      { seed },
    );
  });
});

describe("tiles in view", () => {
  test("all of a small picture", () => {
    const size = { width: 1000, height: 600 };
    const box = { width: 2000, height: 1200 };
    const placement = place({ zoom: { scale: 1 }, center: { x: 0.5, y: 0.5 } }, size, box);
    const tiles = tilesInView(size, placement, box, 1);
    expect(new Set(tiles.map(({ x, y }) => `${x},${y}`))).toEqual(
      new Set(["0,0", "1,0", "0,1", "1,1"]),
    );
  });

  test("the middle comes first", () => {
    const box = { width: 1600, height: 1000 };
    const placement = place({ zoom: { scale: 1 }, center: { x: 0.5, y: 0.5 } }, large, box);
    const tiles = tilesInView(large, placement, box, 6);
    // 12,000 / 512 = 23.4 and 8,000 / 512 = 15.6.
    expect(tiles[0]).toEqual({ level: 6, x: 23, y: 15 });
    expect(tiles.length).toBeLessThanOrEqual(5 * 3);
  });

  test("they cover what is seen without gap or overlap, and there are never many", () => {
    fc.assert(
      fc.property(sizes, boxes, scales, shares, shares, (size, box, scale, x, y) => {
        const placement = place({ zoom: { scale }, center: { x, y } }, size, box);
        const level = levelFor(size, placement.scale);
        const tiles = tilesInView(size, placement, box, level);
        // Two tiles' edge is the most that a level is shrunk by.
        const across = Math.ceil((2.1 * box.width) / upscaleTileEdge) + 2;
        const down = Math.ceil((2.1 * box.height) / upscaleTileEdge) + 2;
        expect(tiles.length).toBeLessThanOrEqual(across * down);
        const rects = tiles.map((tile) => targetOfTile(size, tile, placement));
        const left = Math.min(...rects.map((rect) => rect.x));
        const top = Math.min(...rects.map((rect) => rect.y));
        const right = Math.max(...rects.map((rect) => rect.x + rect.width));
        const bottom = Math.max(...rects.map((rect) => rect.y + rect.height));
        expect(left).toBeLessThanOrEqual(Math.max(0, placement.x));
        expect(top).toBeLessThanOrEqual(Math.max(0, placement.y));
        expect(right).toBeGreaterThanOrEqual(
          Math.min(box.width, Math.round(placement.x + placement.width)),
        );
        expect(bottom).toBeGreaterThanOrEqual(
          Math.min(box.height, Math.round(placement.y + placement.height)),
        );
        const area = rects.reduce((sum, rect) => sum + rect.width * rect.height, 0);
        expect(area).toBe((right - left) * (bottom - top));
      }),
      { seed },
    );
  });
});

describe("stand-ins", () => {
  test("a tile lies in its ancestors, at the part that shows the same", () => {
    const tile = { level: 6, x: 23, y: 15 };
    const parent = ancestorOf(tile, 1);
    expect(parent).toEqual({ level: 5, x: 11, y: 7 });
    expect(partOfAncestor(large, tile, parent)).toEqual({
      x: 256,
      y: 256,
      width: 256,
      height: 256,
    });
    expect(ancestorOf(tile, 6)).toEqual({ level: 0, x: 0, y: 0 });
  });

  test("children cover their parent and know it", () => {
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(), fc.nat(), (size, l, x, y) => {
        const level = l % (lastLevel(size) + 1);
        const { width, height } = levelSize(size, level);
        const tile = {
          level,
          x: x % Math.ceil(width / upscaleTileEdge),
          y: y % Math.ceil(height / upscaleTileEdge),
        };
        const children = childrenOf(size, tile);
        expect(children.length > 0).toBe(level < lastLevel(size));
        for (const child of children) {
          expect(ancestorOf(child, 1)).toEqual(tile);
          const { width: w, height: h } = pixelsOfTile(size, child);
          expect(Math.min(w, h)).toBeGreaterThan(0);
        }
      }),
      { seed },
    );
  });
});
