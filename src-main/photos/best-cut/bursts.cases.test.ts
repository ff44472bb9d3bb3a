/** What could fool the grouping: every case names the group that each frame belongs to. */
import { expect, test } from "vitest";
import {
  type BurstCandidate,
  DEFAULT_GAP_MS,
  DEFAULT_LOOK_THRESHOLD,
  groupBursts,
} from "./bursts.ts";
import { describeLook, lookDistance } from "./look.ts";

/** How a scene is seen. */
interface View {
  readonly scene: number;
  /** How far the camera is turned to the right, in widths of the frame. */
  readonly pan?: number;
  /** Stops brighter than right, clipped as a sensor clips. */
  readonly stops?: number;
  /** Lights what is near and in the middle; the rest is darker, as it was exposed for the flash. */
  readonly flash?: boolean;
  /** Where a person of a tenth of the width stands, 0..1. */
  readonly person?: number;
  /** Quarters by which the camera was turned. */
  readonly quarters?: number;
}

const width = 192;
const height = 128;

/** Uneven spots of several sizes, different in every scene. */
function brightness(scene: number, x: number, y: number): number {
  let sum = 0;
  for (const [size, weight] of [
    [0.9, 0.5],
    [0.31, 0.3],
    [0.11, 0.2],
  ] as const) {
    const [u, v] = [x / size + 17 * scene, y / size + 5 * scene];
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const at = (column: number, row: number): number => {
      let hash = Math.imul(column, 0x9e37_79b1) ^ Math.imul(row, 0x85eb_ca77);
      hash = Math.imul(hash ^ Math.imul(scene + 1, 0xc2b2_ae3d), 0x27d4_eb2f);
      hash = Math.imul(hash ^ (hash >>> 15), 0x85eb_ca77);
      return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
    };
    const smooth = (t: number): number => t * t * (3 - 2 * t);
    const [fx, fy] = [smooth(u - left), smooth(v - top)];
    const upper = at(left, top) * (1 - fx) + at(left + 1, top) * fx;
    const lower = at(left, top + 1) * (1 - fx) + at(left + 1, top + 1) * fx;
    sum += weight * (upper * (1 - fy) + lower * fy);
  }
  return 0.05 + 0.5 * sum;
}

function see({ scene, pan = 0, stops = 0, flash = false, person, quarters = 0 }: View) {
  const isUpright = quarters % 2 === 0;
  const [columns, rows] = isUpright ? [width, height] : [height, width];
  const data = new Uint8Array(columns * rows);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      // Turned frames see the same scene around the same middle.
      let [x, y] = [column - columns / 2, row - rows / 2];
      for (let quarter = 0; quarter < quarters; quarter += 1) [x, y] = [y, -x];
      const [u, v] = [(x + width / 2) / width, (y + height / 2) / width];
      let light = brightness(scene, 1.5 * (u + pan), 1.5 * v);
      if (person !== undefined && Math.abs(u - person) < 0.05 && v > 0.2) light *= 0.15;
      if (flash) light *= 0.35 + 4 * Math.exp(-((u - 0.5) ** 2 + (v - 0.4) ** 2) / 0.08);
      const level = Math.min(1, light ** 2.2 * 2 ** stops) ** (1 / 2.2);
      data[row * columns + column] = Math.round(255 * level);
    }
  }
  return describeLook({ width: columns, height: rows, data });
}

const looks = new Map<string, Uint8Array>();
function look(view: View): Uint8Array {
  const key = JSON.stringify(view);
  const known = looks.get(key) ?? see(view);
  looks.set(key, known);
  return known;
}

interface CaseFrame extends Partial<Omit<BurstCandidate, "look">> {
  /** Name of the group that it belongs to. */
  readonly group: string;
  readonly view: View;
}

interface HardCase {
  readonly name: string;
  readonly gapMs?: number;
  readonly frames: readonly CaseFrame[];
}

function times<T>(count: number, make: (i: number) => T): T[] {
  return Array.from({ length: count }, (_, i) => make(i));
}

const coarse = { subSecond: false } as const;
const clockless = { capturedAt: null, camera: null } as const;
const evening = Date.UTC(2026, 4, 1, 23, 59, 59, 700);
const hour = 3_600_000;

const cases: HardCase[] = [
  {
    name: "a clock without sub-seconds: two scenes and two fast bursts share seconds",
    frames: [
      ...times(8, (i) => ({
        group: i < 4 ? "a" : "b",
        view: { scene: i < 4 ? 1 : 2, pan: 0.01 * i },
        capturedAt: [0, 0, 0, 1000, 1000, 1000, 1000, 2000][i] ?? 0,
        ...coarse,
      })),
    ],
  },
  {
    name: "a clock that writes zeros for its sub-seconds is one of whole seconds",
    gapMs: 400,
    frames: times(9, (i) => ({
      group: "a",
      view: { scene: 1 },
      capturedAt: 1000 * Math.floor(i / 3),
    })),
  },
  {
    name: "no EXIF time: bursts of three by number and look",
    frames: times(30, (i) => ({
      group: String(Math.floor(i / 3)),
      view: { scene: 10 + Math.floor(i / 3), pan: 0.005 * (i % 3) },
      name: `DSC_${String(98 + i).padStart(4, "0")}.jpg`,
      ...clockless,
    })),
  },
  {
    name: "no EXIF time: a frame of another scene in between",
    frames: [1, 2, 1].map((scene, i) => ({
      group: String(scene),
      view: { scene },
      name: `DSC_${i}.jpg`,
      ...clockless,
    })),
  },
  {
    name: "300 files numbered in sequence, each of another scene, without times",
    frames: times(300, (i) => ({
      group: String(i),
      view: { scene: 100 + i },
      name: `wedding (${i + 1}).jpg`,
      ...clockless,
    })),
  },
  {
    name: "a clock that stands still: 120 photos of one instant are grouped by name and look",
    frames: times(120, (i) => ({
      group: String(Math.floor(i / 2)),
      view: { scene: 100 + Math.floor(i / 2), pan: 0.005 * (i % 2) },
      name: `P${1000 + i}.jpg`,
      capturedAt: 0,
      ...coarse,
    })),
  },
  {
    name: "two cameras at one event, interleaved",
    frames: times(12, (i) => ({
      group: i % 2 === 0 ? "a" : "b",
      view: { scene: 1, pan: 0.1 * (i % 2) },
      camera: i % 2 === 0 ? "Canon R6" : "Nikon Z8",
      capturedAt: 130 * i + 1,
    })),
  },
  {
    name: "two bodies of one model without serial numbers: one bursts while the other takes its own",
    frames: times(24, (i) => ({
      group: i % 4 === 3 ? "b" : "a",
      view: { scene: i % 4 === 3 ? 2 : 1, pan: 0.003 * i },
      capturedAt: 100 * i + 1,
    })),
  },
  {
    name: "a time-lapse: 60 frames every 2 s of a scene that hardly changes, each for itself",
    frames: times(60, (i) => ({
      group: String(i),
      view: { scene: 1, person: 0.2 + 0.005 * i },
      capturedAt: 2000 * i + ((i * 37) % 53),
    })),
    gapMs: 5000,
  },
  {
    name: "a time-lapse while another body of the same model takes bursts",
    frames: [
      ...times(30, (i) => ({
        group: String(i),
        view: { scene: 1 },
        capturedAt: 1500 * i + ((i * 37) % 53),
      })),
      ...times(12, (i) => ({
        group: `b${Math.floor(i / 4)}`,
        view: { scene: 2 + Math.floor(i / 4) },
        capturedAt: 8000 * Math.floor(i / 4) + 5120 + 140 * (i % 4),
      })),
    ],
  },
  {
    name: "a self-timer that takes ten, one every 2 s, is a burst",
    frames: times(10, (i) => ({
      group: "a",
      view: { scene: 1, person: 0.3 + 0.02 * i },
      capturedAt: 2000 * i + 3,
    })),
    gapMs: 2500,
  },
  {
    name: "exposure brackets of five, two stops apart",
    frames: times(10, (i) => ({
      group: i < 5 ? "a" : "b",
      view: { scene: i < 5 ? 1 : 2, stops: [0, -2, 2, -4, 4][i % 5] ?? 0 },
      exposureSeconds: 0.01 * 2 ** ([0, -2, 2, -4, 4][i % 5] ?? 0),
      capturedAt: 20_000 * Math.floor(i / 5) + 250 * (i % 5) + 1,
    })),
  },
  {
    name: "a bracket at night: the pause begins when the shutter closes",
    frames: [1, 4, 15].map((exposureSeconds, i) => ({
      group: "a",
      view: { scene: 1, stops: 2 * i - 2 },
      exposureSeconds,
      capturedAt: [5, 1805, 6605][i] ?? 0,
    })),
  },
  {
    name: "a focus bracket of 40, its frame growing a little from shot to shot",
    frames: times(40, (i) => ({
      group: "a",
      view: { scene: 1, pan: 0.002 * i },
      capturedAt: 400 * i + 1,
    })),
  },
  {
    name: "a burst across midnight",
    frames: times(6, (i) => ({
      group: "a",
      view: { scene: 1 },
      capturedAt: evening + 150 * i,
    })),
  },
  {
    name: "a phone's burst across the end of summer time",
    frames: times(6, (i) => ({
      group: "a",
      view: { scene: 1 },
      capturedAt: 10 * hour + 150 * i - (i < 3 ? 0 : hour) + 1,
      offsetMinutes: i < 3 ? 120 : 60,
    })),
  },
  {
    name: "clocks set to the year 0 and to 2099",
    frames: times(8, (i) => ({
      group: i < 4 ? "a" : "b",
      view: { scene: 1 },
      capturedAt: (i < 4 ? -62_167_219_200_000 : Date.UTC(2099, 11, 31)) + 150 * (i % 4) + 1,
    })),
  },
  {
    name: "a photo copied twice with edited names, without a time",
    frames: ["IMG_1.jpg", "IMG_1 copy.jpg", "IMG_1 (2).jpg", "IMG_7.jpg", "IMG_7 - 복사본.jpg"].map(
      (name) => ({
        group: name.startsWith("IMG_1") ? "a" : "b",
        view: { scene: name.startsWith("IMG_1") ? 1 : 2 },
        name,
        ...clockless,
      }),
    ),
  },
  {
    name: "a copy under a name of its own: equal bytes are one photo",
    frames: ["IMG_1.jpg", "IMG_2.jpg", "final best.jpg"].map((name, i) => ({
      group: i === 1 ? "b" : "a",
      view: { scene: i === 1 ? 2 : 1 },
      identity: i === 1 ? "second" : "first",
      name,
      ...clockless,
    })),
  },
  {
    name: "a name like a copy's on a photo of something else",
    frames: ["image.jpg", "image (1).jpg", "image (2).jpg"].map((name, i) => ({
      group: String(i),
      view: { scene: i },
      name,
      ...clockless,
    })),
  },
  {
    name: "a panning burst: first and last have nothing in common",
    frames: times(16, (i) => ({
      group: "a",
      view: { scene: 1, pan: 0.06 * i },
      capturedAt: 100 * i + 1,
    })),
  },
  {
    name: "400 identical frames in 20 seconds",
    frames: times(400, (i) => ({ group: "a", view: { scene: 1 }, capturedAt: 50 * i + 1 })),
  },
  {
    name: "a slow sequence with people moving",
    frames: times(9, (i) => ({
      group: "a",
      view: { scene: 1, person: 0.1 + 0.1 * ((i * 3) % 8) },
      capturedAt: [0, 1300, 3100, 4200, 6150, 7300, 8100, 9950, 11_300][i] ?? 0,
    })),
  },
  {
    name: "with and without flash",
    frames: [false, true, false, true].map((flash, i) => ({
      group: "a",
      view: { scene: 1, flash },
      capturedAt: 900 * i + 1,
    })),
  },
  {
    name: "turned to portrait in between: the landscapes stay together, the portraits are a stack of their own",
    frames: [0, 0, 3, 3, 0, 0].map((quarters, i) => ({
      group: quarters === 0 ? "a" : "b",
      view: { scene: 1, quarters },
      capturedAt: 500 * i + 1,
    })),
  },
  {
    name: "pointed straight down, the orientation flips inside a fast burst",
    frames: [0, 0, 1, 1, 2, 0].map((quarters, i) => ({
      group: "a",
      view: { scene: 1, quarters },
      capturedAt: 120 * i + 1,
    })),
  },
];

for (const { name, frames, gapMs = DEFAULT_GAP_MS } of cases) {
  test(name, () => {
    const candidates = frames.map(({ group: _, view, ...rest }, i) => ({
      id: i + 1,
      name: `IMG_${String(i).padStart(4, "0")}.JPG`,
      capturedAt: 0,
      subSecond: true,
      camera: "Kiln One",
      look: look(view),
      ...rest,
    }));
    const wanted = Map.groupBy(candidates, ({ id }) => frames[id - 1]?.group);
    const sorted = (groups: readonly (readonly number[])[]): string[] =>
      groups.map((ids) => ids.toSorted((a, b) => a - b).join(" ")).toSorted();
    expect(sorted(groupBursts(candidates, { gapMs }))).toEqual(
      sorted([...wanted.values()].map((own) => own.map(({ id }) => id))),
    );
  });
}

test("the scenes here are as unlike as real ones", () => {
  const distances = times(40, (i) =>
    lookDistance(look({ scene: 100 + i }), look({ scene: 101 + i })),
  ).toSorted((a, b) => a - b);
  expect(distances[0]).toBeGreaterThan(DEFAULT_LOOK_THRESHOLD);
  expect(distances[0]).toBeLessThan(0.7);
});
