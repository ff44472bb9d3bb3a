import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";

const bases = 12;
const placeholder = "2026:05:01 09:00:00";

/**
 * `count` distinct 24 MP JPEGs in a folder, as a day's shooting: a frame every 7 s. A few pictures are encoded; every
 * file has its own capture time and so its own bytes. What is there already is kept.
 */
export async function shoot(folder: string, count: number): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const pictures: Buffer[] = [];
  for (let index = 0; index < count; index += 1) {
    const path = join(folder, `IMG_${String(index + 1).padStart(5, "0")}.JPG`);
    if (existsSync(path)) continue;
    const picture = pictures[index % bases] ?? (await encode(index % bases));
    pictures[index % bases] = picture;
    const time = new Date(Date.UTC(2026, 4, 1) + index * 7000).toISOString();
    const stamp = `${time.slice(0, 10).replaceAll("-", ":")} ${time.slice(11, 19)}`;
    const at = picture.indexOf(placeholder, 0, "latin1");
    const bytes = Buffer.from(picture);
    bytes.write(stamp, at, "latin1");
    writeFileSync(path, bytes);
  }
}

function encode(seed: number): Promise<Buffer> {
  const shapes = Array.from({ length: 900 }, (_, n) => {
    const value = Math.imul((n + 1) * (seed + 7), 2_654_435_761) >>> 0;
    const [x, y] = [value % 6000, (value >>> 7) % 4000];
    return `<circle cx="${x}" cy="${y}" r="${20 + (value % 90)}" fill="hsl(${value % 360} 50% ${20 + (value % 60)}%)"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="6000" height="4000">
    <rect width="6000" height="4000" fill="hsl(${seed * 30} 25% 45%)"/>${shapes.join("")}</svg>`;
  return sharp(Buffer.from(svg))
    .withExif({
      IFD0: { Make: "Kiln", Model: "Bench" },
      IFD2: { DateTimeOriginal: placeholder },
    })
    .jpeg({ quality: 82 })
    .toBuffer();
}
