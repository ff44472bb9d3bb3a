/** Blur that lies along one direction. */
export interface Motion {
  /** Share of the blur that is along the direction, 0..1. */
  readonly strength: number;
  /** 0..180 degrees clockwise from the right. */
  readonly degrees: number;
}

/** Crispness times sigma, for an edge under a Gaussian blur: 1 / (2 √π). */
const CRISP_SIGMA = 1 / (2 * Math.sqrt(Math.PI));

/** Less blur than this along the direction (px², beyond that across it) is no motion that a person would see… */
const LEAST_VARIANCE = 0.35;
/** …nor is a smaller share of all blur. */
const LEAST_SHARE = 0.45;

/** Variance of the blur (px²) along each of the four directions, from logarithms of the crispness of its edges. */
export function variancesOf(crispness: readonly number[]): number[] {
  return crispness.map((log) => (CRISP_SIGMA / Math.exp(log)) ** 2);
}

/** A blur's direction, whatever it is worth. */
interface Line extends Motion {
  /** Variance along the direction beyond that across it, px². */
  readonly along: number;
}

/**
 * Motion in a blur whose variance (px²) along gradients of 0, 45, 90 and 135 degrees is given; null where there is none
 * to speak of. A moved point is a line, whose variance falls with the squared cosine of the angle to it.
 */
export function estimateMotion(variances: readonly number[]): Motion | null {
  const { along, strength, degrees } = lineOf(variances);
  return along < LEAST_VARIANCE || strength < LEAST_SHARE ? null : { strength, degrees };
}

/** Whether such a blur is as large in all directions, as defocus is: motion is not, be it too little to be named. */
export function isRound(variances: readonly number[]): boolean {
  return lineOf(variances).strength < LEAST_SHARE;
}

function lineOf(variances: readonly number[]): Line {
  const [right = 0, falling = 0, down = 0, rising = 0] = variances;
  const mean = (right + falling + down + rising) / 4;
  const even = (right - down) / 2;
  const odd = (falling - rising) / 2;
  const along = 2 * Math.hypot(even, odd);
  const strength = Math.min(1, along / Math.max(1e-6, mean + along / 2));
  const degrees = (Math.atan2(odd, even) * 90) / Math.PI;
  return { along, strength, degrees: (degrees + 180) % 180 };
}
