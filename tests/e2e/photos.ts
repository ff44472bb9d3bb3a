import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

/** A frame to paint: when it was taken (ms since the test's epoch) and how soft it is (blur sigma in pixels). */
export interface Frame {
  readonly name: string;
  readonly at: number;
  readonly blur: number;
  /** Frames of one scene look alike. */
  readonly scene: number;
}

const epoch = Date.UTC(2026, 4, 1, 9, 0, 0);
const width = 1200;
const height = 800;

/** Two bursts and a lone photo. The sharp frames are IMG_0002 and IMG_0006. */
export const twoBursts: readonly Frame[] = [
  { name: "IMG_0001.JPG", at: 0, blur: 2.5, scene: 1 },
  { name: "IMG_0002.JPG", at: 400, blur: 0, scene: 1 },
  { name: "IMG_0003.JPG", at: 800, blur: 1.6, scene: 1 },
  { name: "IMG_0004.JPG", at: 60_000, blur: 1.6, scene: 2 },
  { name: "IMG_0005.JPG", at: 60_400, blur: 2.5, scene: 2 },
  { name: "IMG_0006.JPG", at: 60_800, blur: 0, scene: 2 },
  { name: "IMG_0007.JPG", at: 600_000, blur: 0, scene: 3 },
];

/** Paints frames into a folder, with the EXIF of a camera. */
export async function paint(folder: string, frames: readonly Frame[]): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const frame of frames) {
    const picture = sharp(Buffer.from(drawing(frame.scene)));
    if (frame.blur > 0) picture.blur(frame.blur);
    await picture
      .withExif({ IFD0: { Make: "Kiln", Model: "Test" }, IFD2: captureTags(frame.at) })
      .jpeg({ quality: 88 })
      .toFile(join(folder, frame.name));
  }
}

const portrait = join(import.meta.dirname, "../fixtures/faces/astronaut.jpg");

/** Two bursts of one person: IMG_0001 and IMG_0002 are as sharp as each other, IMG_0005 is the sharpest of its burst. */
export async function paintPortraits(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const blurs = [0, 0, 4, 4, 0, 3];
  for (const [index, blur] of blurs.entries()) {
    // The camera moves a little between two frames.
    const picture = sharp(portrait)
      .extract({ left: 2 * index, top: index, width: 480, height: 480 })
      .resize(1200);
    if (blur > 0) picture.blur(blur);
    const at = index < 3 ? 400 * index : 120_000 + 400 * index;
    await picture
      .withExif({ IFD0: { Make: "Kiln", Model: "Test" }, IFD2: captureTags(at) })
      .jpeg({ quality: 92 })
      .toFile(join(folder, `IMG_000${index + 1}.JPG`));
  }
}

function captureTags(at: number) {
  const [date = "", time = ""] = new Date(epoch + at).toISOString().split(/[TZ]/);
  const [seconds = "", milliseconds = ""] = time.split(".");
  return {
    DateTimeOriginal: `${date.replaceAll("-", ":")} ${seconds}`,
    SubSecTimeOriginal: milliseconds,
    ISOSpeedRatings: "400",
  };
}

/** Many crisp edges, another arrangement for each scene. */
function drawing(scene: number): string {
  let state = scene * 7919;
  const random = (): number => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  const shapes = Array.from({ length: 400 }, () => {
    const [x, y, size] = [random() * width, random() * height, 8 + random() * 60];
    const colour = `hsl(${Math.round(random() * 360)} 60% ${Math.round(20 + random() * 60)}%)`;
    return `<rect x="${x}" y="${y}" width="${size}" height="${size / 2}" fill="${colour}"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(${(scene * 67) % 360} 30% 50%)"/>${shapes.join("")}</svg>`;
}

/** Name → SHA-256 of every file in a folder: what must not change. */
export function fingerprints(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        createHash("sha256")
          .update(readFileSync(join(folder, name)))
          .digest("hex"),
      ]),
  );
}
