import type { KnownPhoto, PhotoProbe } from "../library/index.ts";

/** Programs that write a photo anew may round a fraction otherwise; a third of a stop is 26 %. */
const rounding = 0.05;

/**
 * Whether a file whose bytes are no longer those that were there is still the photo that it was. One that another
 * program edited in place (metadata written, turned, retouched) is: it keeps what the camera noted, when and with what
 * it was taken. Another photo under the name of an old one is not: the person never saw it, so it must not be picked or
 * rejected for it. Where the file doesn't say when it was taken, its size in pixels decides, either way up.
 */
export function isSamePhoto(before: KnownPhoto, after: PhotoProbe): boolean {
  if (before.capturedAt === null || after.capturedAt === null) {
    return isSameCamera(before, after) && longAndShort(before) === longAndShort(after);
  }
  return isSameMoment(before.capturedAt, after.capturedAt) && isSameExposure(before, after);
}

/**
 * By how many seconds the capture time differs where all else is as it was, parts of a second included: whoever sets a
 * camera's clock right afterwards shifts many photos by the same time. Null where it is the same, unknown, or not all.
 */
export function clockShift(before: KnownPhoto, after: PhotoProbe): number | null {
  const [from, to] = [before.capturedAt, after.capturedAt];
  if (from === null || to === null) return null;
  if (!isSameExposure(before, after) || longAndShort(before) !== longAndShort(after)) return null;
  const areExact = from.subSecond && to.subSecond;
  if (areExact && (Date.parse(`${to.local}Z`) - Date.parse(`${from.local}Z`)) % 1000 !== 0)
    return null;
  return secondOf(to) === secondOf(from) ? null : secondOf(to) - secondOf(from);
}

/** Frames of one second may not say which is which; what differs there are frames of a bracket. */
function isSameExposure(before: KnownPhoto, after: PhotoProbe): boolean {
  return (
    isSameCamera(before, after) &&
    isNear(before.exposureSeconds, after.exposureSeconds) &&
    isNear(before.fNumber, after.fNumber)
  );
}

function isSameCamera(before: KnownPhoto, after: PhotoProbe): boolean {
  return !differs(cameraOf(before), cameraOf(after));
}

function secondOf({ local }: Moment): number {
  return Math.floor(Date.parse(`${local}Z`) / 1000);
}

type Moment = NonNullable<KnownPhoto["capturedAt"]>;

/** To the millisecond where both are known to it: not every program keeps parts of a second. */
function isSameMoment(one: Moment, other: Moment): boolean {
  const unit = one.subSecond && other.subSecond ? 1 : 1000;
  const [a, b] = [one, other].map(({ local }) => Math.floor(Date.parse(`${local}Z`) / unit));
  return a === b;
}

function cameraOf({ cameraMake, cameraModel }: KnownPhoto | PhotoProbe): string | null {
  const name = [cameraMake, cameraModel].map((part) => part?.trim() ?? "").join(" ");
  return name.trim() === "" ? null : name.toLowerCase();
}

function longAndShort({ width, height }: KnownPhoto | PhotoProbe): string {
  return `${Math.max(width, height)} × ${Math.min(width, height)}`;
}

/** What one of them doesn't say is no difference. */
function differs(one: string | null, other: string | null): boolean {
  return one !== null && other !== null && one !== other;
}

function isNear(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return true;
  return Math.abs(one - other) <= rounding * Math.max(one, other);
}
