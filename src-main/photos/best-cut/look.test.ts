import fc from "fast-check";
import { expect, test } from "vitest";
import { renderBurst } from "../../sample/index.ts";
import { CLOCKLESS_LOOK_THRESHOLD, DEFAULT_LOOK_THRESHOLD } from "./bursts.ts";
import {
  areLooksAlike,
  describeLook,
  distanceOfLooks,
  LOOK_BYTES,
  lookDistance,
  openLook,
  turnLook,
} from "./look.ts";
import type { Luma } from "./luma.ts";

function grey(raster: { width: number; height: number; data: Uint8ClampedArray }): Luma {
  const { width, height } = raster;
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height }, (_, i) => raster.data[3 * i + 1] ?? 0),
  };
}

function flat(level: number): Luma {
  return { width: 300, height: 200, data: new Uint8Array(60_000).fill(level) };
}

const scenes = Array.from({ length: 14 }, (_, seed) => {
  const { scene, frames } = renderBurst(seed, {
    width: 300,
    height: 200,
    frames: 3,
    set: "mixed",
    blurUnit: 3,
  });
  return { scene, looks: frames.map(({ raster }) => describeLook(grey(raster))) };
});

test("frames of a burst look alike through blur, noise, exposure and a hand's wander", () => {
  for (const { looks } of scenes) {
    for (const a of looks) {
      for (const b of looks) expect(lookDistance(a, b)).toBeLessThan(CLOCKLESS_LOOK_THRESHOLD);
    }
  }
});

test("different scenes do not", () => {
  const distances = scenes.flatMap((a, i) =>
    scenes.slice(i + 1).flatMap((b) => {
      const [first] = a.looks;
      const [second] = b.looks;
      return a.scene === b.scene || !first || !second ? [] : lookDistance(first, second);
    }),
  );
  const apart = distances.filter((distance) => distance > DEFAULT_LOOK_THRESHOLD);
  expect(distances.length).toBeGreaterThan(50);
  expect(apart.length / distances.length).toBeGreaterThan(0.95);
  expect(Math.min(...distances)).toBeGreaterThan(CLOCKLESS_LOOK_THRESHOLD);
});

test("a shift of a few percent hardly shows", () => {
  const { frames } = renderBurst(3, {
    width: 320,
    height: 200,
    frames: 2,
    set: "nearTies",
    varies: { noise: false, gain: false, framing: false },
  });
  const [first] = frames;
  if (first === undefined) throw new Error("no frame");
  const luma = grey(first.raster);
  const cut = (x: number, y: number): Luma => {
    const data = new Uint8Array(300 * 190);
    for (let row = 0; row < 190; row += 1) {
      const from = (row + y) * luma.width + x;
      data.set(luma.data.subarray(from, from + 300), row * 300);
    }
    return { width: 300, height: 190, data };
  };
  expect(lookDistance(describeLook(cut(0, 0)), describeLook(cut(15, 8)))).toBeLessThan(
    CLOCKLESS_LOOK_THRESHOLD,
  );
});

test("an empty frame is like another one and like no picture; a turned frame is another framing", () => {
  const picture = scenes[0]?.looks[0];
  if (picture === undefined) throw new Error("no look");
  expect(lookDistance(describeLook(flat(0)), describeLook(flat(90)))).toBe(0);
  expect(lookDistance(describeLook(flat(0)), picture)).toBeGreaterThan(0.9);
  const turned = { width: 200, height: 300, data: flat(0).data };
  expect(lookDistance(describeLook(flat(0)), describeLook(turned))).toBe(1);
});

test("the distance is symmetric, between 0 and 1, and 0 to itself", () => {
  const bytes = fc.uint8Array({ minLength: LOOK_BYTES, maxLength: LOOK_BYTES });
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      expect(lookDistance(a, a)).toBe(0);
      const distance = lookDistance(a, b);
      expect(distance).toBe(lookDistance(b, a));
      expect(distance).toBeGreaterThanOrEqual(0);
      expect(distance).toBeLessThanOrEqual(1);
    }),
    { seed: 5, numRuns: 200 },
  );
});

test("photos of a few pixels have a look, too", () => {
  for (const [width, height] of [
    [1, 1],
    [3, 2],
    [17, 5],
  ] as const) {
    const look = describeLook({ width, height, data: new Uint8Array(width * height).fill(40) });
    expect(look.length).toBe(LOOK_BYTES);
  }
});

test("whether looks are alike, answered quickly, is what the distance says", () => {
  const looks = scenes.flatMap((scene) => scene.looks.map(openLook));
  let differing = 0;
  let pairs = 0;
  for (const a of looks) {
    for (const b of looks) {
      for (const limit of [0.2, 0.3, 0.45, 0.63]) {
        pairs += 1;
        if (areLooksAlike(a, b, limit) !== distanceOfLooks(a, b) <= limit) differing += 1;
      }
    }
  }
  // It gives up early on pairs that only a shift of a whole cell would bring just below the limit.
  expect(differing / pairs).toBeLessThan(0.005);
});

test("four quarter turns are none; a turned photo has the turned look", () => {
  const luma = { width: 64, height: 48, data: new Uint8Array(64 * 48) };
  luma.data.forEach((_, i) => {
    luma.data[i] = (i * 7919) % 251 > 100 && i % 64 > 20 ? 200 : 40;
  });
  const turnedData = new Uint8Array(64 * 48);
  for (let row = 0; row < 48; row += 1) {
    for (let column = 0; column < 64; column += 1) {
      turnedData[column * 48 + (47 - row)] = luma.data[row * 64 + column] ?? 0;
    }
  }
  const look = openLook(describeLook(luma));
  const turned = openLook(describeLook({ width: 48, height: 64, data: turnedData }));
  expect(distanceOfLooks(turnLook(look), turned)).toBeLessThan(0.02);
  expect(distanceOfLooks(look, turned)).toBe(1);
  expect(turnLook(turnLook(turnLook(turnLook(look))))).toEqual(look);
});
