import { fractalNoise, hash, split } from "../noise.ts";
import { clamp01, fill, glow, hex, inside, light, mix, ramp } from "../paint.ts";
import { pick, type Random } from "../random.ts";
import type { Scene, Size } from "../scene.ts";

const EARTH = hex("#2a2119");
const WITHERED = hex("#5b3a1e");
const VEIN = hex("#f1dfae");

/** Layers of leaves on the ground. */
const LAYERS = 4;

/** Fallen leaves over each other. */
export function leaves(random: Random, size: Size): Scene {
  const { width, height } = size;
  const unit = Math.max(width, height) / 1000;
  const seed = Math.floor(random() * 1e6);
  const colours = pick(random, [
    [
      hex("#c9622a"),
      hex("#e0a030"),
      hex("#9c3522"),
      hex("#7c5a2c"),
      hex("#b8862f"),
      hex("#d8c04a"),
    ],
    [
      hex("#6d8c3a"),
      hex("#a9b24a"),
      hex("#4c6b3c"),
      hex("#c4a63c"),
      hex("#8f9f58"),
      hex("#3f5a44"),
    ],
  ]);
  const step = unit * 58;
  return {
    width,
    height,
    subject: null,
    background: (x, y, pixel) => {
      // From the top leaf down, as much of each as the ones above let through.
      let through = 1;
      fill(pixel, EARTH);
      light(pixel, 0);
      for (let layer = LAYERS - 1; layer >= 0 && through > 0.01; layer -= 1) {
        const ox = x + layer * 0.37 * step;
        const oy = y + layer * 0.53 * step;
        const column = Math.floor(ox / step);
        const row = Math.floor(oy / step);
        const own = seed + 10 * layer;
        for (let place = 8; place >= 0; place -= 1) {
          const i = column - 1 + (place % 3);
          const j = row - 1 + Math.floor(place / 3);
          const drawn = hash(i, j, own + 1);
          if (split(drawn, 3) > 0.78 - 0.1 * layer) continue;
          const dx = ox - (i + 0.5 + 0.7 * (drawn - 0.5)) * step;
          const dy = oy - (j + 0.5 + 0.7 * (split(drawn, 1) - 0.5)) * step;
          const half = step * (0.5 + 0.32 * split(drawn, 2));
          if (dx * dx + dy * dy > half * half * 1.1) continue;
          const angle = 2 * Math.PI * hash(i, j, own + 3);
          const along = (dx * Math.cos(angle) + dy * Math.sin(angle)) / half;
          const bent =
            (dy * Math.cos(angle) - dx * Math.sin(angle)) / half - 0.16 * along * along + 0.06;
          const tooth = 0.035 * (1 - 2 * Math.abs(((((along * 9) % 1) + 1) % 1) - 0.5));
          const belly = 0.42 * (1 - along * along) ** 0.8 * (1 - 0.35 * along) + tooth;
          const outside = Math.abs(along) < 1 ? (Math.abs(bent) - belly) * half : half;
          const cover = inside(outside);
          if (cover > 0) {
            const base = colours[Math.floor(hash(i, j, own + 5) * colours.length)] ?? EARTH;
            const blotch = fractalNoise(ox / (12 * unit), oy / (12 * unit), own + 6, 4);
            const rib = Math.abs((((along - Math.abs(bent) * 0.85) * 6.5 + 40) % 1) - 0.5) / 6.5;
            const vein = Math.max(
              inside((Math.abs(bent) - 0.012) * half),
              0.75 * inside((rib - 0.006) * half),
            );
            const fold = 1 + 0.3 * clamp01(bent * 4 + 0.5) - 0.15;
            const shade = (0.55 + 0.75 * blotch) * fold * (0.7 + 0.1 * layer);
            const tint = mix(base, WITHERED, 0.7 * ramp(0.55, 0.75, blotch));
            glow(pixel, tint, through * cover * shade * (1 - 0.65 * vein));
            glow(pixel, mix(tint, VEIN, 0.55), through * cover * 0.65 * vein);
            through *= 1 - cover;
          }
          // What lies below is in its shadow.
          through *= 1 - 0.5 * ramp(7 * unit, 0, outside);
        }
      }
      const earth = fractalNoise(x / (20 * unit), y / (20 * unit), seed, 5);
      glow(pixel, EARTH, through * (0.6 + 0.8 * earth));
    },
  };
}
