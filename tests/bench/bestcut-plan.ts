/** What the best cut is benched on: bursts of five, drawn from a seed. Nothing here touches a pixel. */
import {
  type Blur,
  between,
  createRandom,
  deriveSeed,
  pick,
  type Random,
  type Size,
  shuffle,
} from "../../src-main/sample/index.ts";

/** Part of every outcome's key: another version draws other bursts from the same seed. */
export const GENERATOR_VERSION = 1;

export const SETS = ["mixed", "missedFocus", "nearTies"] as const;
export type SetName = (typeof SETS)[number];

/** What tells Kiln where the subject is: a face, what the camera says that it focused on, or only the picture. */
export const KINDS = ["face", "focusPoint", "neither"] as const;
export type Kind = (typeof KINDS)[number];

export const FRAMES = 5;

/** Blur sigmas of a burst, in px of a frame 2000 px long. */
const LADDER = [0, 0.6, 0.9, 1.3, 2] as const;

/** A hand's wander: the frame sees the scene turned (radians), zoomed and shifted (shares of the long edge). */
export interface Wander {
  readonly angle: number;
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export interface PlannedFrame {
  readonly subject: Blur;
  readonly background: Blur;
  readonly wander: Wander;
  /** Factor on the gamma-coded light. */
  readonly gain: number;
  /** Sigma of each channel, in 8-bit levels. */
  readonly noise: number;
  /** Of the JPEG, 1..100. */
  readonly quality: number;
}

export interface PlannedSubject {
  readonly kind: Kind;
  /** Shares of the frame's height: of a face the head alone, of anything else the whole of it. */
  readonly height: number;
  /** Where in the room that is left for it, 0..1 from the top left. */
  readonly x: number;
  readonly y: number;
}

export interface PlannedBurst {
  readonly set: SetName;
  readonly seed: number;
  readonly index: number;
  readonly frames: readonly PlannedFrame[];
  /** Null where one plane holds all. */
  readonly subject: PlannedSubject | null;
  /** The truth: place of the sharpest frame; null where all are as sharp. */
  readonly sharpest: number | null;
}

/** Sigma of the plan's blur number `step`, in px of a frame of this size. */
function sigmaOf(step: number, { width, height }: Size): number {
  return ((LADDER[step] ?? 0) * Math.max(width, height)) / 2000;
}

/** Burst number `index` of a set: the same for the same arguments on every machine. */
export function planBurst(set: SetName, seed: number, index: number, size: Size): PlannedBurst {
  const random = createRandom(deriveSeed(deriveSeed(seed, 3 * index + SETS.indexOf(set)), 7));
  const steps = shuffle(random, [...LADDER.keys()]);
  const tie = drawBlur(random, sigmaOf(pick(random, [0, 1, 2, 3, 4]), size));
  const frames = steps.map((step): PlannedFrame => {
    const blur = drawBlur(random, sigmaOf(step, size));
    // Who focuses behind the subject has the background as sharp as the subject should be, and the other way round.
    const traded = drawBlur(random, sigmaOf(LADDER.length - 1 - step, size));
    return {
      subject: set === "nearTies" ? tie : blur,
      background: set === "nearTies" ? tie : set === "mixed" ? blur : traded,
      wander: {
        angle: between(random, -0.008, 0.008),
        zoom: between(random, 0.99, 1.01),
        x: between(random, -0.005, 0.005),
        y: between(random, -0.005, 0.005),
      },
      gain: between(random, 0.7, 1.3),
      noise: between(random, 1, 10),
      quality: Math.floor(between(random, 60, 96)),
    };
  });
  return {
    set,
    seed,
    index,
    frames,
    subject: set === "missedFocus" ? planSubject(random, index) : null,
    sharpest: set === "nearTies" ? null : steps.indexOf(0),
  };
}

/** A burst as cameras bring them home: in focus but for its second frame, little noise, quality 82, some with a face. */
export function planSheets(index: number, size: Size): PlannedBurst {
  const burst = planBurst("missedFocus", 24, index, size);
  const soft = { kind: "disc", sigma: 2 } as const;
  const sharp = { kind: "disc", sigma: 0 } as const;
  const frames = burst.frames.map((frame, i) => {
    const blur = i === 1 ? soft : sharp;
    return { ...frame, subject: blur, background: blur, gain: 1, noise: 2.7, quality: 82 };
  });
  return { ...burst, frames, sharpest: null };
}

/** The kinds take turns, so that each has its third however many bursts there are. */
function planSubject(random: Random, index: number): PlannedSubject {
  const kind = KINDS[index % KINDS.length] ?? "neither";
  const height = kind === "face" ? 0.1 * 3 ** random() : between(random, 0.25, 0.6);
  return { kind, height, x: random(), y: random() };
}

/** Sigma is the point spread's standard deviation: of motion, along its line. */
function drawBlur(random: Random, sigma: number): Blur {
  const kind = pick(random, ["gaussian", "disc", "motion"]);
  const angle = random() * Math.PI;
  return kind === "motion" ? { kind, sigma, angle } : { kind, sigma };
}
