import type { Messages } from "../messages/en.ts";

/** Noise sigma in 8-bit levels: below 2 nobody sees it, from 6 on everybody does. */
export function noiseLevel(sigma: number): keyof Messages["noiseLevels"] {
  if (sigma < 2) return "low";
  return sigma < 6 ? "some" : "high";
}

/** Standard deviation of luma in 8-bit levels. */
export function contrastLevel(deviation: number): keyof Messages["contrastLevels"] {
  if (deviation < 30) return "low";
  return deviation < 70 ? "even" : "high";
}

/** Mean luma, 0..1. */
export function toneOf(brightness: number): keyof Messages["tones"] {
  if (brightness < 0.25) return "dark";
  return brightness < 0.7 ? "even" : "bright";
}
