import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readNetwork } from "./index.ts";
import {
  largestDifference,
  recordedNetwork,
  recordedOutput,
  referencePicture,
  runNetwork,
} from "./model-files.fixture.ts";
import {
  FLOAT,
  FLOAT16,
  float,
  integer,
  integers,
  node,
  string,
  tensor,
  valueInfo,
} from "./onnx-writer.ts";
import { Message } from "./protobuf.ts";

/** A graph from `x` to `y`, with weights of 3 × 3 and 4 × 4 for three channels, and twice and half as scales. */
function graphOf(nodes: readonly Message[], type = FLOAT): Uint8Array {
  const graph = new Message();
  for (const each of nodes) graph.message(1, each);
  const weights = (edge: number) =>
    new Float32Array(9 * edge ** 2).map((_, i) => 0.1 + (i % 7) / 50);
  graph.message(5, tensor("w3", [3, 3, 3, 3], weights(3)));
  graph.message(5, tensor("w4", [3, 3, 4, 4], weights(4)));
  graph.message(5, tensor("twice", [4], Float32Array.of(1, 1, 2, 2)));
  graph.message(5, tensor("half", [4], Float32Array.of(1, 1, 0.5, 0.5)));
  graph.message(11, valueInfo("x", type, ["n", 3, "h", "w"]));
  graph.message(12, valueInfo("y", type, ["n", 3, "h2", "w2"]));
  const opset = new Message().int(2, 17);
  return new Message().int(1, 8).message(7, graph).message(8, opset).finish();
}

const with5 = (made: Message, ...attributes: readonly Message[]): Message => {
  for (const each of attributes) made.message(5, each);
  return made;
};
const conv = (from: string, to: string, dilation = 1): Message =>
  with5(
    node("Conv", [from, "w3"], to),
    integers("pads", [dilation, dilation, dilation, dilation]),
    integers("dilations", [dilation, dilation]),
  );
const resize = (from: string, to: string, scales: string, mode: string): Message =>
  with5(node("Resize", [from, "", scales], to), string("mode", mode));

const read = (weights: Uint8Array) => readNetwork({ weights, name: "m.onnx" });

describe("PyTorch's exports of known architectures are known again", () => {
  test.each(["compact-x4", "rrdb-x4"])("%s", async (name) => {
    const weights = readFileSync(join(import.meta.dirname, "fixtures", `${name}.onnx`));
    const { info, onnx } = read(weights);
    expect(info).toEqual(recordedNetwork(name).info);
    expect(Buffer.compare(onnx(), recordedNetwork(name).onnx())).toBe(0);
    const { data } = await runNetwork(weights, referencePicture(12, 8), { width: 12, height: 8 });
    expect(largestDifference(data, recordedOutput(name))).toBeLessThan(2e-6);
  });
});

describe("where a foreign graph's pixels come from", () => {
  const graphs: [
    string,
    Message[],
    { scale: number; multiple: number; receptiveRadius: number },
  ][] = [
    [
      "convolutions, dilated too, and an enlargement between",
      [conv("x", "a"), conv("a", "b", 3), resize("b", "c", "twice", "nearest"), conv("c", "y")],
      { scale: 2, multiple: 1, receptiveRadius: 5 },
    ],
    [
      "bilinear and bicubic enlargement",
      [resize("x", "a", "twice", "linear"), resize("a", "y", "twice", "cubic")],
      { scale: 4, multiple: 1, receptiveRadius: 2 },
    ],
    [
      "down by a stride and up again",
      [
        with5(
          node("Conv", ["x", "w3"], "a"),
          integers("pads", [1, 1, 1, 1]),
          integers("strides", [2, 2]),
        ),
        with5(
          node("ConvTranspose", ["a", "w4"], "b"),
          integers("strides", [2, 2]),
          integers("pads", [1, 1, 1, 1]),
        ),
        node("Add", ["b", "x"], "y"),
      ],
      { scale: 1, multiple: 2, receptiveRadius: 6 },
    ],
    [
      "an enlargement by a convolution with holes",
      [
        with5(
          node("ConvTranspose", ["x", "w4"], "y"),
          integers("strides", [2, 2]),
          integers("dilations", [5, 5]),
          integers("pads", [7, 7, 7, 7]),
        ),
      ],
      { scale: 2, multiple: 1, receptiveRadius: 8 },
    ],
    [
      "an enlargement by the pixel that comes next",
      [
        with5(
          resize("x", "y", "twice", "nearest"),
          string("nearest_mode", "ceil"),
          string("coordinate_transformation_mode", "asymmetric"),
        ),
      ],
      { scale: 2, multiple: 1, receptiveRadius: 1 },
    ],
    [
      "pixels to channels and back",
      [
        with5(node("SpaceToDepth", ["x"], "a"), integer("blocksize", 2)),
        with5(node("LeakyRelu", ["a"], "b"), float("alpha", 0.1)),
        with5(node("DepthToSpace", ["b"], "y"), integer("blocksize", 2)),
      ],
      { scale: 1, multiple: 2, receptiveRadius: 1 },
    ],
  ];

  test.each(graphs)("%s", async (_, nodes, wanted) => {
    const { info, network, onnx } = read(graphOf(nodes));
    expect(network).toBeNull();
    expect(info).toMatchObject({
      architecture: "onnx",
      ...wanted,
      padding: wanted.receptiveRadius,
    });
    const size = { width: 32, height: 8 };
    const plain = await runNetwork(onnx(), referencePicture(32, 8), size);
    expect(plain.shape).toEqual([1, 3, 8 * info.scale, 32 * info.scale]);
    for (const at of [14, 15]) {
      const picture = referencePicture(32, 8);
      for (let i = at; i < picture.length; i += 32) picture[i] = 1e6;
      const changed = await runNetwork(onnx(), picture, size);
      changed.data.forEach((value, i) => {
        if (value === plain.data[i]) return;
        const column = Math.floor((i % (32 * info.scale)) / info.scale);
        expect(Math.abs(column - at)).toBeLessThanOrEqual(info.receptiveRadius);
      });
    }
  });

  test("an operator that looks at all of the picture: only running it tells", () => {
    const nodes = [
      node("GlobalAveragePool", ["x"], "a"),
      node("Mul", ["x", "a"], "b"),
      resize("b", "y", "twice", "nearest"),
    ];
    expect(read(graphOf(nodes)).info).toMatchObject({ scale: 0, multiple: 1, padding: 96 });
  });

  test("a graph that makes a single pixel of a large piece: only running it tells", () => {
    const pool = (from: string, to: string, stride: number) =>
      with5(node("MaxPool", [from], to), integers("strides", [stride, stride]));
    const twice = resize("x", "y", "twice", "nearest");
    const aside = Array.from({ length: 20 }, (_, i) => pool(`a${i}`, `a${i + 1}`, 2 ** 60));
    const doubled = Array.from({ length: 13 }, (_, i) =>
      resize(`b${i}`, i === 12 ? "y" : `b${i + 1}`, "twice", "nearest"),
    );
    for (const nodes of [
      [pool("x", "b0", 4096), ...doubled],
      [pool("x", "a0", 2), ...aside, twice],
    ]) {
      expect(read(graphOf(nodes)).info).toMatchObject({ scale: 0, multiple: 1 });
    }
  });

  test("padding stays affordable where a graph could see far and wide", () => {
    const names = ["x", ...Array.from({ length: 299 }, (_, i) => `v${i}`), "y"];
    const nodes = names.slice(1).map((to, i) => conv(names[i] ?? "", to));
    expect(read(graphOf(nodes)).info).toMatchObject({ receptiveRadius: 300, padding: 96 });
  });
});

test("a network of half precision takes and gives float32", async () => {
  const nodes = [node("Add", ["x", "x"], "y")];
  const { info, onnx } = read(graphOf(nodes, FLOAT16));
  expect(info).toMatchObject({ scale: 1, receptiveRadius: 0 });
  const picture = referencePicture(4, 4);
  const { data } = await runNetwork(onnx(), picture, { width: 4, height: 4 });
  expect(
    largestDifference(
      data,
      picture.map((value) => 2 * value),
    ),
  ).toBe(0);
  // What was written is read again.
  expect(Buffer.compare(read(onnx()).onnx(), onnx())).toBe(0);
});
