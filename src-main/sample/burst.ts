import { type Blur, blurRaster, expose } from "./camera.ts";
import { between, createRandom, deriveSeed, pick, type Random, shuffle } from "./random.ts";
import {
  type Box,
  frameArea,
  layOver,
  paintRaster,
  type Raster,
  type Scene,
  STRAIGHT_VIEW,
  type View,
} from "./scene.ts";
import { GALLERY, SCENES, type SceneName, WITH_SUBJECT } from "./scenes/gallery.ts";

/** What is wrong with one frame. */
export interface Exposure {
  readonly background: Blur;
  readonly subject: Blur;
  /** Factor on the (gamma-coded) light. */
  readonly gain: number;
  /** Sigma in 8-bit levels. */
  readonly noise: number;
}

export interface Shot extends Exposure {
  readonly view: View;
}

/** A scene as seen from one place, everything sharp: to be developed into any number of frames. */
export interface Planes {
  readonly background: Raster;
  readonly subject: { readonly raster: Raster; readonly area: Box } | null;
}

/** Room about a subject for what its blur spreads, in pixels. */
const SPREAD = 24;

export function paintPlanes(scene: Scene, view: View): Planes {
  const whole = { x: 0, y: 0, width: scene.width, height: scene.height };
  const background = paintRaster(scene.background, scene, view, whole, 3);
  if (scene.subject === null) return { background, subject: null };
  const area = frameArea(scene.subject.box, scene, view, SPREAD);
  return {
    background,
    subject: { area, raster: paintRaster(scene.subject.paint, scene, view, area, 4) },
  };
}

/** One frame of what was painted: blurred, exposed; 3 channels, sRGB. */
export function developFrame(planes: Planes, shot: Exposure, random: Random): Raster {
  const frame = blurRaster(planes.background, shot.background);
  const own = frame === planes.background ? { ...frame, data: frame.data.slice() } : frame;
  if (planes.subject !== null) {
    layOver(own, blurRaster(planes.subject.raster, shot.subject), planes.subject.area);
  }
  return expose(own, shot, random);
}

export interface BurstRecipe {
  readonly width: number;
  readonly height: number;
  /** How many frames, 2..5. */
  readonly frames: number;
  /**
   * `mixed`: the whole frame blurred by another step of the ladder each time. `missedFocus`: subject and background
   * trade that blur. `nearTies`: the same blur in all.
   */
  readonly set: "mixed" | "missedFocus" | "nearTies";
  /** What else differs from frame to frame; all of it unless said. */
  readonly varies?: { readonly noise: boolean; readonly gain: boolean; readonly framing: boolean };
  /** Pixels that one unit of the blur ladder stands for; unless said, one at a long edge of 2000. */
  readonly blurUnit?: number;
}

export interface RenderedFrame {
  readonly raster: Raster;
  readonly shot: Shot;
}

export interface RenderedBurst {
  readonly scene: SceneName;
  readonly frames: readonly RenderedFrame[];
  /** Index of the frame whose subject (else whole frame) is sharpest; with `nearTies` none is. */
  readonly sharpest: number | null;
  /** Where the heart of the subject lies in a frame that did not wander, in pixels. */
  readonly subject: Box | null;
}

/** Blur sigmas of a burst, in units of one pixel at a long edge of 2000. */
const LADDER = [0, 0.6, 0.9, 1.3, 2] as const;

/** One burst of a scene drawn from `seed`: pure in its arguments, for tests and benches. */
export function renderBurst(seed: number, recipe: BurstRecipe): RenderedBurst {
  const random = createRandom(seed);
  const { width, height } = recipe;
  const name = pick(random, recipe.set === "missedFocus" ? WITH_SUBJECT : SCENES);
  const scene = GALLERY[name](createRandom(deriveSeed(seed, 1)), { width, height });
  const unit = recipe.blurUnit ?? Math.max(width, height) / 2000;
  const varies = recipe.varies ?? { noise: true, gain: true, framing: true };
  const steps = LADDER.slice(0, recipe.frames).map((step) => step * unit);
  const ladder = shuffle(random, steps);
  const tie = drawBlur(random, pick(random, LADDER) * unit);
  const frames = ladder.map((sigma, i) => {
    const blur = recipe.set === "nearTies" ? tie : drawBlur(random, sigma);
    const traded = steps.at(-1 - steps.indexOf(sigma)) ?? sigma;
    const shot: Shot = {
      view: varies.framing ? drawView(random, width) : STRAIGHT_VIEW,
      subject: blur,
      background: recipe.set === "missedFocus" ? { kind: "disc", sigma: traded } : blur,
      gain: varies.gain ? between(random, 0.7, 1.3) : 1,
      noise: varies.noise ? between(random, 1, 10) : 0,
    };
    const planes = throughLens(paintPlanes(scene, shot.view));
    return { shot, raster: developFrame(planes, shot, createRandom(deriveSeed(seed, 10 + i))) };
  });
  return {
    scene: name,
    frames,
    sharpest: recipe.set === "nearTies" ? null : ladder.indexOf(0),
    subject: scene.subject?.heart ?? null,
  };
}

/** No lens and no demosaicing shows a single pixel: what is in focus is about this soft on the sensor. */
const LENS: Blur = { kind: "gaussian", sigma: 0.5 };

function throughLens({ background, subject }: Planes): Planes {
  return {
    background: blurRaster(background, LENS),
    subject: subject && { ...subject, raster: blurRaster(subject.raster, LENS) },
  };
}

function drawBlur(random: Random, sigma: number): Blur {
  const kind = pick(random, ["gaussian", "disc", "motion"]);
  const angle = random() * Math.PI;
  return kind === "motion" ? { kind, sigma, angle } : { kind, sigma };
}

/** A hand's wander: up to half a percent of the width and one percent of zoom. */
function drawView(random: Random, width: number): View {
  return {
    zoom: between(random, 0.99, 1.01),
    x: between(random, -0.005, 0.005) * width,
    y: between(random, -0.005, 0.005) * width,
  };
}
