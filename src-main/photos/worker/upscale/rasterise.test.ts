import { open, readFile } from "node:fs/promises";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTarget } from "../../../upscale/big-tiff.ts";
import { type Raster, rowBytes } from "../../../upscale/raster.ts";
import { type Bench, BUILDS, createBench } from "../photo-fixture.ts";
import { bleedUnderAlpha } from "./bleed.ts";
import { upright, writeSource } from "./fidelity.fixture.ts";
import { writeUpright } from "./orient.ts";

sharp.cache(false);

const isProof = process.env.KILN_PROOFS === "1";
const { signal } = new AbortController();

async function samplesOf(raster: Raster): Promise<Uint8Array | Uint16Array> {
  const bytes = await readFile(raster.path);
  const length = rowBytes(raster) * raster.height;
  const own = Uint8Array.from(bytes.subarray(raster.offset, raster.offset + length));
  return raster.bits === 8 ? own : new Uint16Array(own.buffer);
}

async function rasterOf(
  path: string,
  layout: Pick<Raster, "width" | "height" | "channels" | "bits">,
  samples: Uint8Array | Uint16Array,
): Promise<Raster> {
  const raster = await createTarget(path, layout);
  await using file = await open(path, "r+");
  await file.write(Buffer.from(samples.buffer), 0, samples.byteLength, raster.offset);
  return raster;
}

describe.each(BUILDS)("with sharp's %s build", (build) => {
  let bench: Bench;

  beforeAll(() => {
    bench = createBench(build);
  });
  afterAll(() => bench.close());

  test.each([1, 2, 3, 4, 5, 6, 7, 8])(
    "a photo in orientation %i that the person turned",
    async (orientation) => {
      const path = bench.at("photo.png");
      const kind = { format: "png", kind: "RGB", bits: 16 } as const;
      await writeSource(path, kind, null, orientation);
      const { width, height, samples } = upright(kind);
      const pixel = (x: number, y: number) => [
        ...samples.subarray(3 * (y * width + x), 3 * (y * width + x) + 3),
      ];
      // Where the pixel at x, y of the turned picture was.
      const places = {
        0: (x: number, y: number) => [x, y],
        90: (x: number, y: number) => [y, height - 1 - x],
        180: (x: number, y: number) => [width - 1 - x, height - 1 - y],
        270: (x: number, y: number) => [width - 1 - y, x],
      } as const;
      for (const rotation of [0, 90, 180, 270] as const) {
        const directory = bench.at("turned");
        const { raster } = await bench.pool.run("rasterise", { path, directory, rotation });
        const isOnItsSide = rotation % 180 !== 0;
        expect([raster.width, raster.height]).toEqual(
          isOnItsSide ? [height, width] : [width, height],
        );
        const turned = await samplesOf(raster);
        for (let y = 0; y < raster.height; y += 1) {
          for (let x = 0; x < raster.width; x += 1) {
            const at = 3 * (y * raster.width + x);
            const [fromX = 0, fromY = 0] = places[rotation](x, y);
            expect([...turned.subarray(at, at + 3)]).toEqual(pixel(fromX, fromY));
          }
        }
      }
    },
  );

  test("black and white that is stored as RGB is said to be, but for a single pixel", async () => {
    const [width, height] = [70, 50];
    const pixels = Buffer.alloc(width * height * 3, 0);
    for (let i = 0; i < pixels.length; i += 1) pixels[i] = Math.floor(i / 3) % 251;
    const isGrey = async (name: string): Promise<boolean> => {
      const path = bench.at(`${name}.png`);
      await sharp(pixels, { raw: { width, height, channels: 3 } })
        .png()
        .toFile(path);
      const directory = bench.at(name);
      const made = await bench.pool.run("rasterise", { path, directory, rotation: 0 });
      expect(made.raster.channels).toBe(3);
      return made.isGrey;
    };
    expect(await isGrey("grey")).toBe(true);
    pixels[pixels.length - 2] = 255;
    expect(await isGrey("nearly-grey")).toBe(false);
  });

  test("alpha that is the same everywhere is said to be", async () => {
    const path = bench.at("constant.png");
    const background = { r: 9, g: 9, b: 9, alpha: 1 };
    await sharp({ create: { width: 20, height: 10, channels: 4, background } })
      .png()
      .toFile(path);
    const directory = bench.at("constant");
    expect(await bench.pool.run("rasterise", { path, directory, rotation: 0 })).toMatchObject({
      hasAlpha: true,
      isAlphaConstant: true,
    });
  });

  test("a raster is reduced by its own light, and keeps its flat colours and its bits", async () => {
    const [width, height] = [90, 60];
    const samples = new Uint16Array(width * height * 4);
    for (let i = 0; i < samples.length; i += 4) {
      const isLeft = (i / 4) % width < width / 2;
      samples.set(isLeft ? [40_000, 257, 12_345, 65_535] : [40_000, 257, 12_345, 0], i);
    }
    const layout = { width, height, channels: 4, bits: 16 } as const;
    const raster = await rasterOf(bench.at("large.tif"), layout, samples);
    for (const resample of ["lanczos3", "nearest"] as const) {
      const reduced = await bench.pool.run("reduce", {
        raster,
        directory: bench.directory,
        file: bench.at("small", "reduced.tif"),
        width: 61,
        height: 43,
        resample,
      });
      expect(reduced).toMatchObject({ width: 61, height: 43, channels: 4, bits: 16 });
      const seen = await samplesOf(reduced);
      const at = 4 * (20 * 61 + 10);
      [40_000, 257, 12_345, 65_535].forEach((value, c) => {
        expect(Math.abs((seen[at + c] ?? 0) - value)).toBeLessThanOrEqual(1);
      });
      // The rim of what can be seen is not darkened by what can't.
      for (let x = 0; x < 61; x += 1) {
        const pixel = 4 * (20 * 61 + x);
        if ((seen[pixel + 3] ?? 0) > 6000)
          expect(Math.abs((seen[pixel] ?? 0) - 40_000)).toBeLessThan(40);
      }
    }
  });

  test.each([1, 2, 3, 4] as const)(
    "16 bits of %i channels are filtered as libvips filters 8",
    async (channels) => {
      const [width, height] = [157, 211];
      const random = numbers(channels);
      // Noise of middling shades: libvips cuts off at black and white between its two passes.
      const eight = Uint8Array.from({ length: width * height * channels }, (_, i) => {
        const isAlpha = channels % 2 === 0 && i % channels === channels - 1;
        const isHidden = Math.floor(i / channels) % width > 100;
        return isAlpha ? (isHidden ? 0 : 255) : Math.floor(96 + 64 * random());
      });
      const sixteen = Uint16Array.from(eight, (value) => 257 * value);
      for (const [to, size] of [
        ["half", { width: 79, height: 106 }],
        ["nearly all", { width: 156, height: 200 }],
        ["a tenth", { width: 16, height: 21 }],
      ] as const) {
        const reduced = await Promise.all(
          ([8, 16] as const).map(async (bits) => {
            const layout = { width, height, channels, bits };
            const raster = await rasterOf(
              bench.at(`n${bits}.tif`),
              layout,
              bits === 8 ? eight : sixteen,
            );
            const file = bench.at(`r${bits}.tif`);
            const asked = { directory: bench.directory, file, resample: "lanczos3" } as const;
            return samplesOf(await bench.pool.run("reduce", { raster, ...asked, ...size }));
          }),
        );
        const [a = [], b = []] = reduced;
        let sum = 0;
        let largest = 0;
        for (let i = 0; i < a.length; i += 1) {
          // At alpha's rim libvips keeps weighted colours in 8 bits, and cuts them off for themselves.
          const isByRim = Math.floor(i / channels) % size.width > 0.4 * size.width;
          if (channels % 2 === 0 && isByRim) continue;
          const difference = Math.abs((a[i] ?? 0) - (b[i] ?? 0) / 257);
          largest = Math.max(largest, difference);
          sum += difference;
        }
        expect(largest, to).toBeLessThan(4);
        expect(sum / a.length, to).toBeLessThan(0.8);
      }
    },
  );

  test("a raster is never enlarged twice", async () => {
    const layout = { width: 4, height: 4, channels: 3, bits: 8 } as const;
    const raster = await createTarget(bench.at("tiny.tif"), layout);
    const file = bench.at("enlarged.tif");
    const size = { width: 5, height: 4, resample: "lanczos3" } as const;
    const call = bench.pool.run("reduce", { raster, directory: bench.directory, file, ...size });
    await expect(call).rejects.toThrow("more than the network made");
  });
});

describe("colours under alpha 0", () => {
  let bench: Bench;

  beforeAll(() => {
    bench = createBench("native");
  });
  afterAll(() => bench.close());

  const picture = fc.record({
    width: fc.integer({ min: 1, max: 24 }),
    height: fc.integer({ min: 1, max: 24 }),
    channels: fc.constantFrom(2 as const, 4 as const),
    bits: fc.constantFrom(8 as const, 16 as const),
    holes: fc.double({ min: 0, max: 1, noNaN: true }),
    seed: fc.nat(),
  });

  test("are those of the nearest that can be seen, and nothing else changes", async () => {
    const path = bench.at("holes.tif");
    await fc.assert(
      fc.asyncProperty(picture, async ({ holes, seed, ...layout }) => {
        const { width, height, channels, bits } = layout;
        const random = numbers(seed);
        const count = width * height * channels;
        const samples = bits === 8 ? new Uint8Array(count) : new Uint16Array(count);
        const most = bits === 8 ? 255 : 65_535;
        for (let i = 0; i < count; i += channels) {
          const isHole = random() < holes;
          for (let c = 0; c < channels - 1; c += 1)
            samples[i + c] = isHole ? 0 : 1 + Math.floor(random() * most);
          samples[i + channels - 1] = isHole ? 0 : 1 + Math.floor(random() * most);
        }
        const before = samples.slice();
        const raster = await rasterOf(path, layout, samples);
        const facts = await bleedUnderAlpha(raster, signal);
        const after = await samplesOf(raster);
        const alphas = before.filter((_, i) => i % channels === channels - 1);
        expect(facts.isConstant).toBe(new Set(alphas).size === 1);
        const visible = [...alphas.keys()].filter((i) => alphas[i] !== 0);
        for (const [i, alpha] of alphas.entries()) {
          const own = after.subarray(i * channels, (i + 1) * channels);
          expect(own[channels - 1]).toBe(alpha);
          if (alpha !== 0 || visible.length === 0) {
            expect([...own]).toEqual([...before.subarray(i * channels, (i + 1) * channels)]);
            continue;
          }
          // Some pixel that is nearest, or as good as: a chamfer distance is off by a tenth at the most.
          const far = (to: number): number =>
            Math.hypot((to % width) - (i % width), Math.floor(to / width) - Math.floor(i / width));
          const nearest = Math.min(...visible.map(far));
          const isNear = visible.some(
            (to) =>
              far(to) <= 1.13 * nearest &&
              own.subarray(0, -1).every((value, c) => value === before[to * channels + c]),
          );
          expect(isNear).toBe(true);
        }
      }),
      { seed: 20_261_121, numRuns: isProof ? 3000 : 150 },
    );
  });

  test("cross the bands that a large picture is read in", async () => {
    // Three bands and a bit; the only colour is in the last row.
    const [width, height] = [2000, 3400];
    const samples = new Uint8Array(4 * width * height);
    samples.fill(200, 4 * width * (height - 1));
    const layout = { width, height, channels: 4, bits: 8 } as const;
    const raster = await rasterOf(bench.at("tall.tif"), layout, samples);
    await bleedUnderAlpha(raster, signal);
    const after = await samplesOf(raster);
    const colours = new Set<number>();
    for (let i = 0; i < after.length; i += 4) colours.add(after[i] ?? 0);
    expect([...colours]).toEqual([200]);
    expect(after[3]).toBe(0);
  });
});

test("a picture that is larger than a band is turned as a small one is", async () => {
  const bench = createBench("native");
  try {
    // 16-bit RGBA of 60 MB on its side: two bands.
    const [width, height] = [3000, 2600];
    const samples = new Uint16Array(4 * width * height);
    for (let i = 0; i < samples.length; i += 1) samples[i] = (i * 2_654_435_761) >>> 16;
    const layout = { width, height, channels: 4, bits: 16 } as const;
    const raster = await rasterOf(bench.at("stored.tif"), layout, samples);
    for (const orientation of [3, 6, 7, 8]) {
      const turned = await writeUpright(raster, orientation, bench.at("upright.tif"), signal);
      const seen = await samplesOf(turned);
      let wrong = 0;
      for (let n = 0; n < 20_000; n += 1) {
        const x = (n * 7919) % turned.width;
        const y = (n * 104_729) % turned.height;
        const places: Readonly<Record<number, [number, number]>> = {
          3: [width - 1 - x, height - 1 - y],
          6: [y, height - 1 - x],
          7: [width - 1 - y, height - 1 - x],
          8: [width - 1 - y, x],
        };
        const [u, v] = places[orientation] ?? [0, 0];
        for (let c = 0; c < 4; c += 1) {
          if (seen[4 * (y * turned.width + x) + c] !== samples[4 * (v * width + u) + c]) wrong += 1;
        }
      }
      expect(wrong).toBe(0);
    }
  } finally {
    await bench.close();
  }
});

/** Mulberry32: the same numbers in every run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
