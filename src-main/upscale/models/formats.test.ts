import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { blendNetworks, readNetwork } from "./index.ts";
import {
  largestDifference,
  makeNcnn,
  makePth,
  makeSafetensors,
  recordedNetwork,
  recordedNetworks,
  understood,
} from "./model-files.fixture.ts";
import type { Network } from "./network.ts";
import { writeOnnx } from "./onnx-writer.ts";

const withoutUnshuffle = recordedNetworks.filter((name) => !name.includes("unshuffle"));

/** Numbers that a narrower format holds as they are. */
function rounded(network: Network, keep: (value: number) => number): Network {
  const tensors = new Map(
    [...network.tensors].map(([key, { shape, data }]) => [key, { shape, data: data.map(keep) }]),
  );
  return { ...network, tensors };
}

describe("one network, one file, whatever it comes in", () => {
  test.each(recordedNetworks)(
    "%s as .safetensors, .pth of either byte order or zip64, and .onnx",
    (name) => {
      const network = understood(recordedNetwork(name));
      const expected = writeOnnx(network);
      for (const [weights, file] of [
        [makeSafetensors(network), "n.safetensors"],
        [makePth(network), "n.pth"],
        [makePth(network, { byteOrder: "big" }), "n.pth"],
        [makePth(network, { isWide: true }), "n.pth"],
        [expected, "n.onnx"],
      ] as const) {
        const read = readNetwork({ weights, name: file });
        expect(Buffer.compare(read.onnx(), expected), file).toBe(0);
        expect(read.info).toEqual(recordedNetwork(name).info);
      }
    },
  );

  test.each(withoutUnshuffle)("%s as ncnn", (name) => {
    const network = understood(recordedNetwork(name));
    for (const input of ["data", "input"]) {
      const read = readNetwork({ ...makeNcnn(network, "f32", input), name: "n.bin" });
      expect(Buffer.compare(read.onnx(), writeOnnx(network)), input).toBe(0);
    }
  });

  test("half precision and tables of 256 numbers", () => {
    const network = understood(recordedNetwork("rrdb-x4"));
    // No −0, which a table doesn't keep.
    const coarse = rounded(network, (value) => Math.round(value * 16) / 16 + 0);
    const expected = writeOnnx(coarse);
    for (const files of [
      { ...makeNcnn(coarse, "f16"), name: "n.bin" },
      { ...makeNcnn(coarse, "table"), name: "n.bin" },
      { weights: makeSafetensors(coarse, "F16"), name: "n.safetensors" },
      { weights: makeSafetensors(coarse, "BF16"), name: "n.safetensors" },
    ]) {
      expect(Buffer.compare(readNetwork(files).onnx(), expected)).toBe(0);
    }
  });

  test("wherever the file's bytes lie in memory", () => {
    const network = understood(recordedNetwork("compact-x4"));
    const file = makeSafetensors(network);
    for (let shift = 0; shift < 4; shift += 1) {
      const moved = new Uint8Array(file.length + shift).subarray(shift);
      moved.set(file);
      const read = readNetwork({ weights: moved, name: "n.safetensors" });
      expect(Buffer.compare(read.onnx(), writeOnnx(network))).toBe(0);
    }
  });
});

describe("ncnn", () => {
  const compact = () => understood(recordedNetwork("compact-x4"));

  test("a bicubic reduction at the end is left out", () => {
    const { param, weights } = makeNcnn(compact());
    const lines = param
      .replace(/ output /, " whole ")
      .trim()
      .split("\n");
    lines.push("Interp last 1 1 whole output 0=3 1=5.0e-01 2=5.0e-01");
    lines[1] = `${lines.length - 2} ${lines.length - 2}`;
    const read = readNetwork({ weights, param: lines.join("\n"), name: "animevideov3-x2.bin" });
    expect(read.info.scale).toBe(4);
    expect(Buffer.compare(read.onnx(), writeOnnx(compact()))).toBe(0);
  });

  test.each([
    [0, /9=1/],
    [0.1, /9=2/],
  ])("a Compact network with ReLUs of slope %f, folded into its convolutions", (slope, folded) => {
    const network = compact();
    const layers = network.layers.map((layer) =>
      layer.op === "prelu" ? ({ op: "leaky", from: layer.from, slope } as const) : layer,
    );
    const tensors = new Map(
      [...network.tensors].filter(([key]) => !/^body\.\d*[13579]\./.test(key)),
    );
    const expected = writeOnnx({ ...network, layers, tensors });
    const { param, weights } = makeNcnn({ ...network, layers, tensors });
    const plain = readNetwork({ weights, param, name: "n.bin" });
    expect(Buffer.compare(plain.onnx(), expected)).toBe(0);
    // As ncnn's optimiser writes it.
    const lines = param.trim().split("\n");
    for (let i = lines.length - 1; i >= 0; i -= 1) {
      const [type, , , , , output] = lines[i]?.split(" ") ?? [];
      if (type !== "ReLU") continue;
      const words = lines[i - 1]?.split(" ") ?? [];
      words[5] = output ?? "";
      lines.splice(i - 1, 2, `${words.join(" ")} ${slope === 0 ? "9=1" : `9=2 -23310=1,${slope}`}`);
    }
    lines[1] = `${lines.length - 2} ${lines.length - 2}`;
    const text = lines.join("\n");
    expect(text).toMatch(folded);
    expect(text).not.toMatch(/^ReLU/m);
    const optimised = readNetwork({ weights, param: text, name: "n.bin" });
    expect(Buffer.compare(optimised.onnx(), expected)).toBe(0);
    // The same as ONNX, where the graph says it, too.
    const again = readNetwork({ weights: expected, name: "n.onnx" });
    expect(again.info.architecture).toBe("compact");
    expect(() =>
      readNetwork({ weights: makeSafetensors({ ...network, tensors }), name: "n.safetensors" }),
    ).toThrow(expect.objectContaining({ code: "weights-unsupported" }));
  });
});

describe("denoise strength", () => {
  const shipped = () =>
    readNetwork({
      weights: readFileSync(
        join(import.meta.dirname, "..", "..", "..", "weights", "general-x4v3.onnx"),
      ),
      name: "general-x4v3.onnx",
    });

  test("1 is general alone, 0 its twin, and between lies every tensor's share", () => {
    const general = shipped();
    const tensors = understood(general).tensors;
    const halves = { ...understood(general), tensors: new Map(tensors) };
    for (const [key, { shape, data }] of tensors) {
      halves.tensors.set(key, { shape, data: data.map((value) => value / 2) });
    }
    const twin = readNetwork({ weights: writeOnnx(halves), name: "twin.onnx" });
    expect(Buffer.compare(blendNetworks(general, twin, 1).onnx(), general.onnx())).toBe(0);
    expect(Buffer.compare(blendNetworks(general, twin, 0).onnx(), twin.onnx())).toBe(0);
    const blend = blendNetworks(general, twin, 0.3);
    expect(blend.info).toEqual(general.info);
    for (const [key, { data }] of understood(blend).tensors) {
      const expected = tensors.get(key)?.data.map((value) => 0.65 * value) ?? [];
      expect(largestDifference(data, expected), key).toBeLessThan(1e-6);
    }
  });

  test("networks of another shape don't blend", () => {
    for (const other of ["compact-x4", "rrdb-x4"]) {
      expect(() => blendNetworks(shipped(), recordedNetwork(other), 0.5)).toThrow(
        expect.objectContaining({ code: "networks-unlike" }),
      );
    }
    expect(() => blendNetworks(shipped(), shipped(), 1.5)).toThrow(RangeError);
  });
});
