/** Shares 0..1 of the way from left to right at which a picture turns from before to after. */

/** One press of an arrow; with Shift, or Page Up and Down. */
const step = 0.02;
const largeStep = 0.1;

export function clampShare(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** Where a pointer at `clientX` puts the line. */
export function shareAt(
  clientX: number,
  frame: { readonly left: number; readonly width: number },
): number {
  return frame.width === 0 ? 0.5 : clampShare((clientX - frame.left) / frame.width);
}

/** Where a key moves the line; null for keys that mean nothing to it. */
export function shareAfterKey(
  share: number,
  key: { readonly code: string; readonly shiftKey: boolean },
): number | null {
  const by = key.shiftKey ? largeStep : step;
  const next = {
    ArrowLeft: share - by,
    ArrowRight: share + by,
    PageDown: share - largeStep,
    PageUp: share + largeStep,
    Home: 0,
    End: 1,
  }[key.code];
  // Whole hundredths: what is read out is what is shown.
  return next === undefined ? null : clampShare(Math.round(next * 100) / 100);
}
