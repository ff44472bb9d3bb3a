import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readMetadata } from "./decode.ts";
import { lumaOf } from "./luma.ts";
import { decodeMeasured } from "./measured-frame.ts";
import { encodeExif } from "./raw/exif-fields.ts";
import { withMetadata } from "./raw/jpeg-header.ts";
import { loadSharp, type Sharp } from "./sharp.ts";
import { explainFailure, openSource } from "./source.ts";

const [width, height] = [4000, 2400];

describe("a photo of 4,000 px", () => {
  let folder: string;
  let sharp: Sharp;
  let picture: Buffer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "kiln-measured-"));
    sharp = await loadSharp();
    const noise = { type: "gaussian", mean: 128, sigma: 60 } as const;
    const size = { width: 500, height: 300, channels: 3, background: "#888", noise } as const;
    const small = await sharp({ create: size }).png().toBuffer();
    picture = await sharp(small).resize(width, height).jpeg({ quality: 85 }).toBuffer();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([1, 6])("orientation %i: the pixels are sharp's", async (orientation) => {
    const exif = encodeExif({ order: "II", image: [], photo: [], gps: [] }, orientation);
    const path = join(folder, `${orientation}.jpg`);
    writeFileSync(path, withMetadata(picture, exif, null));
    const source = await openSource(path);
    const { frame, luma } = await decodeMeasured(sharp, source, await readMetadata(sharp, source));
    const [wide, tall] = orientation === 1 ? [1000, 600] : [600, 1000];
    expect([frame.width, frame.height, luma.width, luma.height]).toEqual([wide, tall, wide, tall]);
    const own = { data: Buffer.from(frame.data), luma: Buffer.from(luma.data) };
    const data = await sharp(path)
      .autoOrient()
      .resize({ width: wide, height: tall, fit: "fill", kernel: "nearest" })
      .raw()
      .toBuffer();
    expect(own.data.equals(data)).toBe(true);
    expect(own.luma.equals(lumaOf({ width: wide, height: tall, data }).data)).toBe(true);
  });

  test("one that ends early is said to", async () => {
    const path = join(folder, "cut.jpg");
    for (const share of [0.5, 0.99]) {
      writeFileSync(path, picture.subarray(0, Math.floor(share * picture.length)));
      const source = await openSource(path);
      const metadata = await readMetadata(sharp, source);
      const failure = await decodeMeasured(sharp, source, metadata).catch((error: unknown) =>
        explainFailure(source, error),
      );
      expect(failure).toMatchObject({ code: "file-truncated" });
    }
  });
});
