import type { UpscaleTarget } from "../../src-preload/contract/upscale.ts";
import type { Language } from "../messages/language.ts";

const centimetresAnInch = 2.54;

/** "24,000 × 16,000" */
export function pixelsText(width: number, height: number, language: Language): string {
  return `${width.toLocaleString(language)} × ${height.toLocaleString(language)}`;
}

/** "384 MP", "9.6 MP", "0.2 MP" */
export function megapixelsText(width: number, height: number, language: Language): string {
  const value = (width * height) / 1e6;
  const digits = value < 9.95 ? 1 : 0;
  const shown = value.toLocaleString(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return `${shown} MP`;
}

/** Size on paper in centimetres: "42.0 × 28.0". */
export function centimetresText(
  width: number,
  height: number,
  dpi: number,
  language: Language,
): string {
  const [across, down] = [width, height].map((pixels) =>
    ((pixels / dpi) * centimetresAnInch).toLocaleString(language, {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
    }),
  );
  return `${across} × ${down}`;
}

/** "1.5", "4": at most two decimals. */
export function scaleText(scale: number, language: Language): string {
  return scale.toLocaleString(language, { maximumFractionDigits: 2 });
}

/** What was asked for, briefly: "×4", "6,000 px", "A3 · 300 dpi". */
export function targetText(target: UpscaleTarget, language: Language): string {
  switch (target.by) {
    case "scale":
      return `×${scaleText(target.scale, language)}`;
    case "width":
      return `↔ ${target.pixels.toLocaleString(language)} px`;
    case "height":
      return `↕ ${target.pixels.toLocaleString(language)} px`;
    case "print":
      return `${target.paper} · ${target.dpi} dpi`;
  }
}

/** How much larger a result is than its original along an edge: "×4", "×2.5". */
export function timesText(from: number, to: number, language: Language): string {
  return from === 0 ? "" : `×${scaleText(to / from, language)}`;
}

/** Seconds for the eye: "0.8", "12". */
export function secondsText(seconds: number, language: Language): string {
  return seconds.toLocaleString(language, { maximumFractionDigits: seconds < 9.95 ? 1 : 0 });
}
