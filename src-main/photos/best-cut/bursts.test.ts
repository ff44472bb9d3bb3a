import fc from "fast-check";
import { expect, test } from "vitest";
import { type BurstCandidate, groupBursts, linkFrames } from "./bursts.ts";
import { LOOK_BYTES } from "./look.ts";

/** A look of its own for each number; `turn` makes the same scene a little different. */
function look(scene: number, turn = 0): Uint8Array {
  const bytes = new Uint8Array(LOOK_BYTES).fill(128);
  for (let i = 1; i < LOOK_BYTES; i += 1) {
    const wave = Math.sin(i * (0.37 + 0.61 * scene) + scene) + Math.sin((i * i * (scene + 2)) / 7);
    bytes[i] = 128 + Math.round(25 * wave + 3 * turn * Math.cos(i));
  }
  return bytes;
}

let ids = 0;
function frame(at: number | null, more: Partial<BurstCandidate> = {}): BurstCandidate {
  ids += 1;
  return {
    id: ids,
    name: `IMG_${ids}.JPG`,
    capturedAt: at,
    subSecond: true,
    camera: "A",
    look: look(1),
    ...more,
  };
}

function sizes(candidates: readonly BurstCandidate[], gapMs = 2000): number[] {
  return groupBursts(candidates, { gapMs }).map((group) => group.length);
}

test("frames within the gap are one burst, a longer pause begins the next", () => {
  expect(sizes([0, 200, 400, 5000, 5200].map((at) => frame(at)))).toEqual([3, 2]);
  expect(sizes([0, 1900, 3800].map((at) => frame(at)))).toEqual([3]);
  expect(sizes([0, 2001].map((at) => frame(at)))).toEqual([1, 1]);
});

test("within the gap, another scene is another burst", () => {
  expect(
    sizes([frame(0), frame(500), frame(1500, { look: look(2) }), frame(1900, { look: look(2) })]),
  ).toEqual([2, 2]);
});

test("one odd frame in between does not tear a burst apart", () => {
  expect(sizes([frame(0), frame(400, { look: look(3) }), frame(800)])).toEqual([2, 1]);
});

test("two cameras at one event, interleaved, are two bursts", () => {
  const frames = [0, 1, 2, 3, 4, 5].map((i) => frame(i * 150, { camera: i % 2 === 0 ? "A" : "B" }));
  expect(sizes(frames)).toEqual([3, 3]);
});

test("two bodies of one model, interleaved, are told apart by what they see", () => {
  const frames = [0, 1, 2, 3, 4, 5].map((i) => frame(i * 400, { look: look(i % 2 === 0 ? 1 : 2) }));
  expect(sizes(frames)).toEqual([3, 3]);
});

test("a clock of whole seconds: its second more or less is allowed for, the look decides", () => {
  const clock = { subSecond: false };
  // Three frames a second for two seconds, then the next scene in the same second.
  const times = [0, 0, 0, 1000, 1000, 1000];
  const frames = times.map((at) => frame(at, clock));
  const next = [1000, 2000].map((at) => frame(at, { ...clock, look: look(4) }));
  expect(sizes([...frames, ...next])).toEqual([6, 2]);
  expect(sizes([frame(0, clock), frame(1000, clock)], 500)).toEqual([2]);
  expect(sizes([frame(0, clock), frame(3000, clock)])).toEqual([1, 1]);
});

test("a time-lapse is no burst, by a fine clock and by one of whole seconds", () => {
  const shots = Array.from({ length: 40 }, (_, i) => i);
  const fine = shots.map((i) => frame(i * 1500 + ((i * 37) % 41)));
  expect(sizes(fine)).toEqual(shots.map(() => 1));
  const coarse = shots.map((i) =>
    frame(Math.floor((i * 1500) / 1000) * 1000, { subSecond: false }),
  );
  expect(sizes(coarse)).toEqual(shots.map(() => 1));
});

test("ten frames a second for a long time are one burst however even", () => {
  expect(sizes(Array.from({ length: 400 }, (_, i) => frame(i * 100)))).toEqual([400]);
});

test("a person who takes one frame after the other is no timer", () => {
  const times = [0, 1100, 2550, 3450, 5150, 6350, 8250, 9250, 10_850, 12_150, 13_950];
  expect(sizes(times.map((at) => frame(at)))).toEqual([11]);
});

test("300 files numbered in a row without a time do not become one burst", () => {
  const frames = Array.from({ length: 300 }, (_, i) =>
    frame(null, {
      name: `wedding (${i + 1}).jpg`,
      look: look(Math.floor(i / 3), i % 3),
      camera: null,
    }),
  );
  expect(sizes(frames)).toEqual(Array.from({ length: 100 }, () => 3));
});

test("without a time, files far apart in number, in two folders or without a look stand alone", () => {
  const untimed = (name: string, own: Uint8Array | null = look(1)): BurstCandidate =>
    frame(null, { name, look: own });
  expect(sizes([untimed("a1.jpg"), untimed("a2.jpg")])).toEqual([2]);
  expect(sizes([untimed("a1.jpg"), untimed("a9.jpg")])).toEqual([1, 1]);
  expect(sizes([untimed("x/a1.jpg"), untimed("y/a2.jpg")])).toEqual([1, 1]);
  expect(sizes([untimed("a1.jpg", null), untimed("a2.jpg", null)])).toEqual([1, 1]);
  expect(sizes([untimed("106_F.jpg"), untimed("106_M.jpg"), untimed("106_S.jpg")])).toEqual([3]);
});

test("a photo without a time never joins one that has one", () => {
  expect(sizes([frame(0), frame(null), frame(100)])).toEqual([2, 1]);
});

test("without a look, time alone decides", () => {
  expect(sizes([frame(0, { look: null }), frame(900), frame(9000, { look: null })])).toEqual([
    2, 1,
  ]);
});

test("groups come in order of time, then of natural name", () => {
  const late = frame(9000, { name: "a.jpg" });
  const ten = frame(null, { name: "b10.jpg", look: look(5) });
  const two = frame(null, { name: "b2.jpg", look: look(6) });
  const early = frame(0, { name: "z.jpg" });
  expect(groupBursts([ten, late, two, early], { gapMs: 2000 })).toEqual([
    [early.id],
    [late.id],
    [two.id],
    [ten.id],
  ]);
});

const candidates = fc
  .array(
    fc.record({
      capturedAt: fc.option(fc.integer({ min: 0, max: 20_000 }), { freq: 5 }),
      subSecond: fc.boolean(),
      offsetMinutes: fc.constantFrom(null, null, 60, 120),
      exposureSeconds: fc.constantFrom(null, 0.01, 4),
      identity: fc.constantFrom("", "", "x", "y"),
      camera: fc.constantFrom("A", "B", null),
      scene: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 6 }),
      turn: fc.integer({ min: 0, max: 4 }),
      name: fc.constantFrom("IMG_1", "IMG_2", "IMG_3", "IMG_2 copy", "x (1)", "x (12)", "x", "y"),
    }),
    { maxLength: 24 },
  )
  .map((drawn) =>
    drawn.map(({ scene, turn, name, ...rest }, i) => ({
      ...rest,
      id: i + 1,
      name: `${name}.JPG`,
      look: scene === null ? null : look(scene, turn),
    })),
  );

test("every photo is in exactly one group, whatever the order in which they come", () => {
  fc.assert(
    fc.property(
      candidates,
      fc.integer({ min: 0, max: 5000 }),
      fc.integer(),
      (photos, gapMs, seed) => {
        const groups = groupBursts(photos, { gapMs });
        expect(groups.flat().toSorted((a, b) => a - b)).toEqual(photos.map((photo) => photo.id));
        const shuffled = photos.toSorted(
          (a, b) => ((a.id * 7919 + seed) % 31) - ((b.id * 7919 + seed) % 31),
        );
        expect(groupBursts(shuffled, { gapMs })).toEqual(groups);
      },
    ),
    { seed: 11, numRuns: 300 },
  );
});

test("the work is bounded: 3000 unlike photos of one clock within any gap", () => {
  const frames = Array.from({ length: 3000 }, (_, i) => frame(3 * i + 1, { look: look(i % 50) }));
  const { ids, links } = linkFrames(frames, 600_000);
  expect(ids).toHaveLength(3000);
  expect(links.length).toBeLessThan(3000 * 24);
});

test("a longer gap only ever joins groups", () => {
  fc.assert(
    fc.property(
      candidates,
      fc.integer({ min: 0, max: 4000 }),
      fc.integer({ min: 0, max: 4000 }),
      (photos, gapMs, more) => {
        const wide = groupBursts(photos, { gapMs: gapMs + more });
        const home = new Map(wide.flatMap((group, i) => group.map((id) => [id, i])));
        for (const group of groupBursts(photos, { gapMs })) {
          expect(new Set(group.map((id) => home.get(id))).size).toBe(1);
        }
      },
    ),
    { seed: 12, numRuns: 300 },
  );
});
