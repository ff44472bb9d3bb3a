/** Progress of the last quarter of a minute counts most. */
const memoryMs = 15_000;
/** Before this much of a run was watched, any number would be a guess. */
const shortestWatchMs = 1_000;

/**
 * Estimates when a job ends from its own fraction: progress and time, both fading exponentially into the past, and
 * the ratio of the two as the rate. The ratio has no start-up bias, and it adapts when a stage is slower than its
 * weight says.
 */
export class EtaEstimate {
  #gained = 0;
  #passed = 0;
  #watched = 0;
  #fraction: number;
  #time: number;

  /** `fraction` 0..1 at `now`, in milliseconds of any clock. */
  constructor(fraction: number, now: number) {
    this.#fraction = fraction;
    this.#time = now;
  }

  /** Tells of a share of the job that was passed over without work: it says nothing about the rate. */
  skip(share: number): void {
    this.#fraction += share;
  }

  /** Takes in where the job stands and answers with the seconds left, or null while it can't tell. */
  update(fraction: number, now: number): number | null {
    const passed = Math.max(0, now - this.#time);
    const fade = Math.exp(-passed / memoryMs);
    this.#gained = this.#gained * fade + (fraction - this.#fraction);
    this.#passed = this.#passed * fade + passed;
    this.#watched += passed;
    this.#fraction = fraction;
    this.#time = now;
    if (this.#watched < shortestWatchMs || this.#gained <= 0) return null;
    return Math.round(((1 - fraction) * this.#passed) / this.#gained / 1_000);
  }
}
