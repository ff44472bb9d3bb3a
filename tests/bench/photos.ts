import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

interface Size {
  readonly width: number;
  readonly height: number;
}

/** 24 MP. */
const fullSize: Size = { width: 6000, height: 4000 };
const bases = 12;
const placeholder = "2026:05:01 09:00:00";
/** Frames of a burst are a second apart, and the next burst is far enough not to be one with it. */
const framesInBurst = 4;
const betweenBurstsMs = 60_000;

/**
 * `count` distinct JPEGs in a folder, of 24 MP unless told, as a day's shooting in bursts of four. A few pictures are encoded; every
 * file has a capture time and a quantisation of its own, so that neither its bytes nor its pixels are another's.
 * What is there already is kept.
 */
export async function shoot(folder: string, count: number, size = fullSize): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const pictures = new Map<number, Buffer>();
  for (let index = 0; index < count; index += 1) {
    const path = join(folder, `IMG_${String(index + 1).padStart(5, "0")}.JPG`);
    if (existsSync(path)) continue;
    const burst = Math.floor(index / framesInBurst);
    const base = burst % bases;
    const picture = pictures.get(base) ?? (await encode(base, size));
    pictures.set(base, picture);
    const frame = index % framesInBurst;
    const bytes = Buffer.from(picture);
    stampTime(bytes, Date.UTC(2026, 4, 1) + burst * betweenBurstsMs + frame * 1000);
    quantise(bytes, Math.floor(burst / bases) * framesInBurst + frame);
    writeFileSync(path, bytes);
  }
}

function stampTime(jpeg: Buffer, at: number): void {
  const time = new Date(at).toISOString();
  const stamp = `${time.slice(0, 10).replaceAll("-", ":")} ${time.slice(11, 19)}`;
  jpeg.write(stamp, jpeg.indexOf(placeholder, 0, "latin1"), "latin1");
}

/** Writes a number into the first quantisation table, in steps that nobody would see. */
function quantise(jpeg: Buffer, variant: number): void {
  const table = jpeg.indexOf(Buffer.from([0xff, 0xdb])) + 5;
  let rest = variant;
  // Coefficients 4 to 9: every edge has them.
  for (let place = 4; rest > 0; place += 1) {
    jpeg[table + place] = Math.min(255, (jpeg[table + place] ?? 1) + (rest % 3));
    rest = Math.floor(rest / 3);
  }
}

function encode(seed: number, { width, height }: Size): Promise<Buffer> {
  const shapes = Array.from({ length: 900 }, (_, n) => {
    const value = Math.imul((n + 1) * (seed + 7), 2_654_435_761) >>> 0;
    const [x, y] = [value % 6000, (value >>> 7) % 4000];
    return `<circle cx="${x}" cy="${y}" r="${20 + (value % 90)}" fill="hsl(${value % 360} 50% ${20 + (value % 60)}%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 6000 4000">
    <rect width="6000" height="4000" fill="hsl(${seed * 30} 25% 45%)"/>${shapes.join("")}</svg>`;
  return sharp(Buffer.from(svg))
    .withExif({
      IFD0: { Make: "Kiln", Model: "Bench" },
      IFD2: { DateTimeOriginal: placeholder },
    })
    .jpeg({ quality: 82 })
    .toBuffer();
}
