/** What a photo says of when it was taken. */
export interface Stamp {
  readonly id: number;
  /** Wall-clock time of the capture, in ms as if it were UTC; null where EXIF has none. */
  readonly capturedAt: number | null;
  /** Whether the camera's clock recorded sub-seconds. */
  readonly subSecond: boolean;
  /** Minutes that the camera's wall clock was ahead of UTC; null where EXIF doesn't say. */
  readonly offsetMinutes?: number | null;
  readonly camera: string | null;
}

/** A time that can be compared with others of the same camera. */
export interface Time {
  /** Ms on the clock that the camera went by most. */
  readonly at: number;
  /** Whether fractions of seconds are in it; else the true time lies up to a second later. */
  readonly isFine: boolean;
}

/** No camera takes this many frames in one instant: its clock stands still, and its times say nothing. */
const STOPPED_CLOCK_FRAMES = 40;

const MINUTE_MS = 60_000;

/**
 * Times by id; photos without one, and those of a clock that stands still, are left out.
 *
 * A camera that changed its time zone in between (a phone, a summer-time switch) is put on one clock. A camera whose
 * times have no fractions of a second, or nothing but zeros there, has a clock of whole seconds.
 */
export function readClocks(stamps: readonly Stamp[]): Map<number, Time> {
  const times = new Map<number, Time>();
  for (const own of Map.groupBy(stamps, ({ camera }) => camera).values()) {
    const zone = mostCommon(own.flatMap(({ offsetMinutes }) => offsetMinutes ?? []));
    const read = own.flatMap(({ id, capturedAt, offsetMinutes }) =>
      capturedAt === null
        ? []
        : [{ id, at: capturedAt - ((offsetMinutes ?? zone) - zone) * MINUTE_MS }],
    );
    const isFine =
      own.every((stamp) => stamp.capturedAt === null || stamp.subSecond) &&
      read.some(({ at }) => at % 1000 !== 0);
    for (const instant of Map.groupBy(read, ({ at }) => at).values()) {
      if (instant.length >= STOPPED_CLOCK_FRAMES) continue;
      for (const { id, at } of instant) times.set(id, { at, isFine });
    }
  }
  return times;
}

/** The most frequent number, the smallest of several; 0 for none. */
function mostCommon(values: readonly number[]): number {
  const counts = [...Map.groupBy(values, (value) => value)].map(([value, all]) => ({
    value,
    count: all.length,
  }));
  return counts.toSorted((a, b) => b.count - a.count || a.value - b.value)[0]?.value ?? 0;
}
