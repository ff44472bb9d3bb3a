/** What tests that read photos share: small real photos in folders of their own. */
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import sharp from "sharp";
import { onTestFinished } from "vitest";

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kiln-reading-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A photo to be taken. Photos of one scene look alike; `blur` 0 is sharp. */
export interface Take {
  /** Seconds since the test's own epoch; null for a photo that doesn't say when it was taken. */
  readonly at?: number | null;
  readonly scene?: number;
  readonly blur?: number;
}

const width = 384;
const height = 256;

/** The bytes of a JPEG; equal for equal takes. */
export function takeJpeg({ at = null, scene = 0, blur = 0 }: Take = {}): Promise<Buffer> {
  let picture = sharp(texture(scene), { raw: { width, height, channels: 3 } });
  if (blur > 0) picture = picture.blur(blur);
  if (at !== null) picture = picture.withExif(exifAt(at));
  return picture.jpeg({ quality: 90 }).toBuffer();
}

/** Writes photos into a folder, each by its path below it. */
export async function takePhotos(
  folder: string,
  takes: Readonly<Record<string, Take>>,
): Promise<void> {
  for (const [path, take] of Object.entries(takes)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), await takeJpeg(take));
  }
}

function exifAt(seconds: number) {
  const [day = "", time = ""] = new Date(Date.UTC(2026, 4, 1, 9) + Math.floor(seconds * 1000))
    .toISOString()
    .split("T");
  return {
    IFD0: { Make: "Kiln", Model: "Test" },
    IFD2: {
      DateTimeOriginal: `${day.replaceAll("-", ":")} ${time.slice(0, 8)}`,
      SubSecTimeOriginal: time.slice(9, 12),
    },
  };
}

/** Squares of several sizes in colours of the scene: detail on every scale, unlike that of any other scene. */
function texture(scene: number): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  const random = (x: number, y: number, size: number): number => {
    const cell =
      Math.floor(x / size) * 7919 + Math.floor(y / size) * 104_729 + size * 31 + scene * 65_537;
    return (Math.imul(cell ^ (cell >>> 13), 1_274_126_177) >>> 24) / 255;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = 0.5 * random(x, y, 64) + 0.3 * random(x, y, 12) + 0.2 * random(x, y, 3);
      pixels.fill(Math.round(value * 255), (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return pixels;
}

/** Everything that can be told of what lies in a folder, except when it was last looked at. */
export async function snapshot(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const facts = await Promise.all(
    entries.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const { mtimeMs, mode, size } = await stat(path);
      const hash = entry.isFile()
        ? createHash("sha256")
            .update(await readFile(path))
            .digest("hex")
        : "";
      return [relative(folder, path), `${mtimeMs} ${mode} ${size} ${hash}`] as const;
    }),
  );
  return Object.fromEntries(facts.toSorted());
}
