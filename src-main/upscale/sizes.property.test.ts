import fc from "fast-check";
import { expect, test } from "vitest";
import { paperSchema, papers, type UpscaleTarget } from "../../src-preload/contract/upscale.ts";
import { KilnError } from "../errors.ts";
import { outputFormats, outputLimit } from "./output-limits.ts";
import { enlargementLimit, runSources, type Size, targetDensity, targetSize } from "./sizes.ts";

const runs = { seed: 20_261_121, numRuns: process.env.KILN_PROOFS === "1" ? 20_000 : 1_000 };

const edge = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 100_000 }));
const size = fc.record({ width: edge, height: edge });
const target: fc.Arbitrary<UpscaleTarget> = fc.oneof(
  fc.record({
    by: fc.constant("scale" as const),
    scale: fc.double({ min: 1, max: 16, noNaN: true }),
  }),
  fc.record({
    by: fc.constantFrom("width" as const, "height" as const),
    pixels: fc.integer({ min: 1, max: 200_000 }),
  }),
  fc.record({
    by: fc.constant("print" as const),
    paper: fc.constantFrom(...paperSchema.options),
    dpi: fc.integer({ min: 36, max: 1200 }),
  }),
);

test.each<[string, UpscaleTarget, Size, Size]>([
  [
    "twice",
    { by: "scale", scale: 2 },
    { width: 4000, height: 3000 },
    { width: 8000, height: 6000 },
  ],
  [
    "one and a half",
    { by: "scale", scale: 1.5 },
    { width: 401, height: 301 },
    { width: 602, height: 452 },
  ],
  [
    "6000 wide",
    { by: "width", pixels: 6000 },
    { width: 4032, height: 3024 },
    { width: 6000, height: 4500 },
  ],
  [
    "one pixel high",
    { by: "width", pixels: 16 },
    { width: 100_000, height: 1 },
    { width: 16, height: 1 },
  ],
  // 297 × 420 mm at 300 an inch is 3508 × 4961; 3:2 is longer than A3, 4:3 shorter.
  [
    "A3 of 3:2, lying",
    { by: "print", paper: "A3", dpi: 300 },
    { width: 6000, height: 4000 },
    { width: 4961, height: 3307 },
  ],
  [
    "A3 of 4:3, lying",
    { by: "print", paper: "A3", dpi: 300 },
    { width: 4000, height: 3000 },
    { width: 4677, height: 3508 },
  ],
  [
    "A3 of 4:3, upright",
    { by: "print", paper: "A3", dpi: 300 },
    { width: 3000, height: 4000 },
    { width: 3508, height: 4677 },
  ],
])("%s", (_, asked, source, made) => {
  expect(targetSize(asked, source)).toEqual(made);
});

test("a print says its density, and nothing else says one", () => {
  expect(targetDensity({ by: "print", paper: "A4", dpi: 240 })).toBe(240);
  expect(targetDensity({ by: "width", pixels: 240 })).toBeNull();
});

test("a size keeps the source's proportions to a pixel", () => {
  fc.assert(
    fc.property(target, size, (asked, source) => {
      const made = targetSize(asked, source);
      expect(made.width).toBeGreaterThanOrEqual(1);
      expect(made.height).toBeGreaterThanOrEqual(1);
      // The edge that was not given follows from the one that was, within half a pixel of its own or of the other's.
      const [width, height] = [made.width / source.width, made.height / source.height];
      const slack = 0.5 / source.width + 0.5 / source.height + 1e-9;
      const isRaised = made.width === 1 || made.height === 1;
      expect(isRaised || Math.abs(width - height) <= slack).toBe(true);
      if (asked.by === "print") {
        const [short, long] = papers[asked.paper];
        const pixels = (mm: number): number => Math.round((mm / 25.4) * asked.dpi);
        expect(Math.min(made.width, made.height)).toBeLessThanOrEqual(Math.max(1, pixels(short)));
        expect(Math.max(made.width, made.height)).toBeLessThanOrEqual(Math.max(1, pixels(long)));
        const fills =
          Math.min(made.width, made.height) === pixels(short) ||
          Math.max(made.width, made.height) === pixels(long);
        expect(fills).toBe(true);
      }
    }),
    runs,
  );
});

test("runs reach the target, never enlarge beyond the network, and do no more than they must", () => {
  fc.assert(
    fc.property(target, size, fc.constantFrom(1, 2, 3, 4, 8, 16), (asked, source, scale) => {
      const wanted = targetSize(asked, source);
      const times = Math.max(wanted.width / source.width, wanted.height / source.height);
      const limit = enlargementLimit(source, wanted, scale);
      if (times > 16 || (scale === 1 && times > 1)) {
        expect(limit?.code).toBe(times > 16 ? "upscale-too-far" : "model-keeps-size");
        expect(() => runSources(source, wanted, scale)).toThrow(KilnError);
        return;
      }
      expect(limit).toBeNull();
      const sizes = runSources(source, wanted, scale);
      expect(sizes[0]).toEqual(source);
      expect(sizes.length).toBeLessThanOrEqual(4);
      for (const [run, given] of sizes.entries()) {
        const next = sizes[run + 1] ?? wanted;
        expect(given.width * scale).toBeGreaterThanOrEqual(next.width);
        expect(given.height * scale).toBeGreaterThanOrEqual(next.height);
        // Behind the first run nothing is larger than the rest of the way needs.
        if (run > 0) {
          const left = scale ** (sizes.length - run);
          expect((given.width - 1) * left).toBeLessThan(wanted.width);
          expect((given.height - 1) * left).toBeLessThan(wanted.height);
        }
      }
      if (sizes.length > 1) expect(times).toBeGreaterThan(scale ** (sizes.length - 1));
    }),
    runs,
  );
});

test("eight times by a network of four costs two small runs", () => {
  const source = { width: 1000, height: 700 };
  expect(runSources(source, { width: 8000, height: 5600 }, 4)).toEqual([
    source,
    { width: 2000, height: 1400 },
  ]);
});

test("what a format can't hold is said with a format that can", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...outputFormats),
      edge,
      edge,
      fc.integer({ min: 1, max: 16 }),
      (format, w, h, times) => {
        const limit = outputLimit(format, w * times, h * times);
        if (limit === null) return;
        expect(limit.code).toBe("output-too-large");
        expect(limit.todo.en).toMatch(
          /^Choose (PNG|JPEG, PNG|PNG or TIFF|.*TIFF).*, or a smaller size\.$/,
        );
        const names = { jpeg: "JPEG", png: "PNG", webp: "WebP", avif: "AVIF", tiff: "TIFF" };
        for (const other of outputFormats) {
          const isNamed =
            limit.todo.en.includes(names[other]) && limit.todo.ko.includes(names[other]);
          expect(isNamed).toBe(
            other !== format && outputLimit(other, w * times, h * times) === null,
          );
        }
      },
    ),
    runs,
  );
});

test.each([
  ["webp", 16_384, 10, "PNG"],
  ["jpeg", 65_536, 10, "PNG or TIFF"],
  ["avif", 16_385, 10, "JPEG"],
  ["webp", 16_000, 16_000, "JPEG"],
] as const)("%s of %i × %i", (format, width, height, instead) => {
  const limit = outputLimit(format, width, height);
  expect(limit?.todo.en).toContain(instead);
  expect(limit?.happened.ko).toMatch(/[가-힣].*\.$/);
  expect(outputLimit("png", width, height)).toBeNull();
});
