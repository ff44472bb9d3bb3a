import type { Exposure } from "./burst.ts";
import { type Blur, SHARP } from "./camera.ts";
import { between, type Random } from "./random.ts";
import type { SceneName } from "./scenes/gallery.ts";

/** Farthest that a frame lies from the middle of what is painted, in pixels. */
export const WANDER = 10;

/** One photo of the sample: how it is taken, and what its EXIF says of that. */
export interface PlannedFrame extends Exposure {
  /** Where the hand wandered, in whole pixels of at most {@link WANDER}: the frame stays as sharp as it was painted. */
  readonly x: number;
  readonly y: number;
  readonly iso: number;
  /** Seconds, as a fraction of integers. */
  readonly exposure: string;
}

/** One scene of the sample and the frames taken of it. */
export interface PlannedScene {
  readonly scene: SceneName;
  /** What the sample shows with it; `single` photos stand alone. */
  readonly shows: "shake" | "defocus" | "noise" | "mixed" | "missedFocus" | "single";
  readonly frames: readonly PlannedFrame[];
  /** Index of the frame that is the sharp one. */
  readonly sharpest: number;
  readonly isPortrait: boolean;
  /** Written with the Display P3 profile instead of sRGB. */
  readonly isWide: boolean;
  /** Of the first frame, local time in ms as if it were UTC. */
  readonly capturedAt: number;
  /** Between frames, in ms. */
  readonly interval: number;
  readonly fNumber: string;
  /** In mm. */
  readonly focalLength: number;
  /** Degrees north and east; null where the camera had no fix. */
  readonly place: { readonly latitude: number; readonly longitude: number } | null;
}

const MINUTE = 60_000;
/** 2026-05-16 09:12:40.37 by the clock on the wall. */
const START = Date.UTC(2026, 4, 16, 9, 12, 40, 370);

const JEJU = { latitude: 33.4586, longitude: 126.9422 };
const SEORAKSAN = { latitude: 38.1195, longitude: 128.4656 };
const ICHEON = { latitude: 37.2792, longitude: 127.4425 };

/** The shoot, in the order of its file names. Sizes of blurs are in px of a frame `longEdge` px long. */
export function planSample(random: Random, longEdge: number): PlannedScene[] {
  const px = longEdge / 1800;
  const soft = (sigma: number): Blur => ({ kind: "disc", sigma: sigma * px });
  const moved = (length: number, degrees: number): Blur => ({
    kind: "motion",
    sigma: (length * px) / Math.sqrt(12),
    angle: (degrees * Math.PI) / 180,
  });
  const frame = (
    blur: Blur,
    rest: { background?: Blur; gain?: number; iso?: number; exposure?: string } = {},
  ): PlannedFrame => {
    const iso = rest.iso ?? 200;
    return {
      x: Math.round(between(random, -WANDER, WANDER)),
      y: Math.round(between(random, -WANDER, WANDER)),
      subject: blur,
      background: rest.background ?? blur,
      gain: rest.gain ?? between(random, 0.97, 1.03),
      noise: 1.1 * Math.sqrt(iso / 200),
      iso,
      exposure: rest.exposure ?? "1/500",
    };
  };
  const single = (
    scene: SceneName,
    minutes: number,
    more: Partial<Pick<PlannedScene, "isWide" | "place" | "fNumber" | "focalLength">> = {},
  ): PlannedScene => ({
    scene,
    shows: "single",
    frames: [frame(SHARP)],
    sharpest: 0,
    isPortrait: false,
    isWide: false,
    capturedAt: START + minutes * MINUTE,
    interval: 0,
    fNumber: "8/1",
    focalLength: 35,
    place: null,
    ...more,
  });
  const burst = (
    scene: SceneName,
    shows: PlannedScene["shows"],
    minutes: number,
    sharpest: number,
    frames: readonly PlannedFrame[],
    more: Partial<PlannedScene> = {},
  ): PlannedScene => ({
    ...single(scene, minutes, more),
    ...more,
    shows,
    sharpest,
    frames,
    interval: 190,
  });

  return [
    single("hills", 0, { place: SEORAKSAN, focalLength: 24, fNumber: "11/1" }),
    burst(
      "sea",
      "mixed",
      95,
      2,
      [
        frame(soft(1.3)),
        frame(moved(9, 12), { exposure: "1/60" }),
        frame(SHARP),
        frame(soft(0.8)),
        frame(SHARP, { iso: 6400, exposure: "1/4000" }),
      ],
      { place: JEJU, focalLength: 70 },
    ),
    single("pebbles", 102, { place: JEJU, focalLength: 50 }),
    burst(
      "flower",
      "defocus",
      131,
      1,
      [
        frame(soft(1.6), { background: soft(3) }),
        frame(SHARP, { background: soft(3) }),
        frame(soft(0.8), { background: soft(2.6) }),
        frame(soft(2.8), { background: soft(2.2) }),
      ],
      { isPortrait: true, focalLength: 105, fNumber: "28/10" },
    ),
    burst(
      "town",
      "shake",
      178,
      3,
      [
        frame(moved(14, 24), { exposure: "1/15", iso: 100 }),
        frame(moved(5, -40), { exposure: "1/15", iso: 100 }),
        frame(moved(9, 80), { exposure: "1/15", iso: 100 }),
        frame(SHARP, { exposure: "1/15", iso: 100 }),
        frame(moved(7, 4), { exposure: "1/15", iso: 100 }),
      ],
      { focalLength: 28 },
    ),
    single("tiles", 190, { isWide: true, focalLength: 24 }),
    burst(
      "pottery",
      "missedFocus",
      246,
      3,
      [
        frame(soft(4), { background: SHARP, iso: 800, exposure: "1/125" }),
        frame(soft(2.6), { background: soft(0.7), iso: 800, exposure: "1/125" }),
        frame(soft(1.1), { background: soft(2.2), iso: 800, exposure: "1/125" }),
        frame(SHARP, { background: soft(3.4), iso: 800, exposure: "1/125" }),
        frame(soft(0.7), { background: soft(2.8), iso: 800, exposure: "1/125" }),
      ],
      { place: ICHEON, focalLength: 85, fNumber: "18/10" },
    ),
    burst(
      "fruit",
      "noise",
      254,
      0,
      [
        frame(SHARP, { iso: 400, exposure: "1/60" }),
        frame(SHARP, { iso: 12800, exposure: "1/2000" }),
        frame(soft(0.9), { iso: 1600, exposure: "1/250" }),
        frame(moved(8, 60), { iso: 200, exposure: "1/20" }),
      ],
      { focalLength: 50, fNumber: "4/1" },
    ),
    single("page", 263, { focalLength: 60 }),
    burst(
      "leaves",
      "defocus",
      301,
      2,
      [frame(soft(1.8)), frame(soft(0.9)), frame(SHARP), frame(soft(1.2), { gain: 1.25 })],
      { place: SEORAKSAN, focalLength: 60, fNumber: "28/10" },
    ),
  ];
}
