import { describe, expect, test } from "vitest";
import {
  makeNcnn,
  makePth,
  makeSafetensors,
  recordedFile,
  recordedNetwork,
  refusal,
  understood,
  withHeader,
} from "./model-files.fixture.ts";
import type { Network } from "./network.ts";
import { writeOnnx } from "./onnx-writer.ts";

const compact = () => understood(recordedNetwork("compact-x4"));

describe("files that end early", () => {
  test.each([
    ["a .pth", recordedFile("compact-x4"), {}],
    ["a .pth of old", recordedFile("rrdb-first-x4-legacy"), {}],
    ["a .safetensors", makeSafetensors(compact()), {}],
    ["an .onnx", writeOnnx(compact()), { name: "model.onnx" }],
    ["an ncnn .bin", makeNcnn(compact()).weights, { param: makeNcnn(compact()).param }],
  ])("%s, wherever it is cut", (_, whole, rest) => {
    const codes = new Set<string>();
    const ends = Array.from({ length: 160 }, (_each, i) => Math.floor((i * whole.length) / 160));
    for (const end of [...ends, 1, 3, 7, 15, whole.length - 1]) {
      codes.add(refusal({ weights: whole.subarray(0, end), ...rest }).code);
    }
    codes.delete("weights-unknown-format");
    for (const code of codes) expect(["weights-truncated", "weights-broken"]).toContain(code);
  });

  test("something behind the end", () => {
    const longer = (bytes: Uint8Array) => Buffer.concat([bytes, Buffer.alloc(8)]);
    const { weights, param } = makeNcnn(compact());
    for (const files of [
      { weights: longer(recordedFile("rrdb-first-x4-legacy")) },
      { weights: longer(makeSafetensors(compact())) },
      { weights: longer(weights), param },
    ]) {
      expect(refusal(files).code).toBe("weights-broken");
    }
  });

  test("nothing, and what is no model at all", () => {
    for (const text of ["", "PK", "Dear diary, no model today.", "{}", "\x89PNG\r\n\x1a\n"]) {
      const weights = Buffer.from(text, "latin1");
      expect(refusal({ weights }).code).toBe("weights-unknown-format");
    }
    expect(refusal({ weights: makeNcnn(compact()).weights, name: "m.bin" }).code).toBe(
      "weights-without-param",
    );
  });
});

describe(".safetensors", () => {
  const entry = { dtype: "F32", shape: [2], data_offsets: [0, 8] };
  const read = (header: string | object) =>
    refusal({
      weights: withHeader(
        typeof header === "string" ? header : JSON.stringify(header),
        Buffer.alloc(8),
      ),
    }).code;

  test("what is whole comes as far as its architecture", () => {
    expect(read({ a: entry })).toBe("weights-unknown-architecture");
  });

  test.each(["BOOL", "toString", "__proto__"])("numbers of the kind %s are left out", (dtype) => {
    const other = { dtype, shape: [8], data_offsets: [0, 8] };
    const weights = withHeader(JSON.stringify({ a: other }), Buffer.alloc(8));
    expect(refusal({ weights })).toMatchObject({
      code: "weights-unknown-architecture",
      happened: { en: expect.stringContaining("holds no network") },
    });
  });

  test("prefixes of prefixes without end", () => {
    expect(read({ [`${"module.".repeat(30_000)}a`]: entry })).toBe("weights-unknown-architecture");
  });

  test.each<[string, string | object, string]>([
    ["no JSON", "{'a': 1}", "weights-broken"],
    [
      "a number beyond the end",
      { a: { ...entry, shape: [4], data_offsets: [0, 16] } },
      "weights-truncated",
    ],
    ["offsets that go backwards", { a: { ...entry, data_offsets: [8, 0] } }, "weights-broken"],
    ["another size than the shape's", { a: { ...entry, shape: [1] } }, "weights-broken"],
    [
      "tensors that overlap",
      { a: entry, b: { ...entry, shape: [1], data_offsets: [4, 8] } },
      "weights-broken",
    ],
    ["a hole", { a: { ...entry, shape: [1], data_offsets: [4, 8] } }, "weights-broken"],
    [
      "one key twice",
      `{"a":${JSON.stringify(entry)},"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}`,
      "weights-broken",
    ],
    ["a shape of half a number", { a: { ...entry, shape: [0.5] } }, "weights-broken"],
    ["a shape beyond counting", { a: { ...entry, shape: [2 ** 40, 2 ** 40] } }, "weights-broken"],
    ["a tensor that is a text", { a: "weights" }, "weights-broken"],
    ["brackets without end", `{"a":${"[".repeat(100_000)}`, "weights-broken"],
  ])("%s", (_, header, code) => {
    expect(read(header)).toBe(code);
  });

  test("a header of terabytes is none", () => {
    const weights = withHeader("{}", Buffer.alloc(8));
    weights.writeBigUInt64LE(2n ** 40n);
    expect(refusal({ weights }).code).toBe("weights-unknown-format");
  });
});

describe("ncnn", () => {
  const { param, weights } = makeNcnn(compact());

  test.each([
    ["another first line", param.replace("7767517", "7767518"), "weights-broken"],
    ["fewer layers than it says", param.replace(/\n\d+ /, "\n99 "), "weights-broken"],
    ["a value that isn't there", param.replace(" data 1", " dato 1"), "weights-broken"],
    ["values that aren't numbers", param.replace("0=6", "0=six"), "weights-broken"],
    ["more inputs than words", param.replace(/(Convolution \S+) 1/, "$1 900"), "weights-broken"],
    ["outputs below none", param.replace(/(Convolution \S+ 1) 1/, "$1 -1"), "weights-broken"],
    ["more weights than there are", param.replace("6=162", "6=16200"), "weights-truncated"],
    ["weights beyond counting", param.replace("6=162", "6=1e300"), "weights-unknown-architecture"],
    ["no weights", param.replace("6=162", "6=0"), "weights-unknown-architecture"],
    ["a stride", param.replace("6=162", "6=162 3=2"), "weights-unknown-architecture"],
    ["another layer", param.replace("PixelShuffle", "Softmax"), "weights-unknown-architecture"],
    [
      "an enlargement of half",
      param.replace("1=4 2=4", "1=1.5 2=1.5"),
      "weights-unknown-architecture",
    ],
    ["nothing", "", "weights-broken"],
  ])("%s", (_, bad, code) => {
    expect(bad).not.toBe(param);
    expect(refusal({ weights, param: bad, name: "m.bin" }).code).toBe(code);
  });

  test("layers that Kiln knows, put together otherwise", () => {
    const skipped = param.replace(/^(BinaryOp \S+ 2 1) \S+ (\S+)/m, "$1 $2 $2");
    expect(skipped).not.toBe(param);
    const error = refusal({ weights, param: skipped, name: "m.bin" });
    expect(error.code).toBe("weights-unknown-architecture");
    expect(error.happened.en).toContain("“Convolution”");
  });

  test("whole numbers of 8 bits are said to be that", () => {
    const quantised = Buffer.from(weights);
    quantised.writeUInt32LE(0x000d4b38);
    const error = refusal({ weights: quantised, param, name: "m.bin" });
    expect(error.code).toBe("weights-unsupported");
    expect(error.happened.en).toContain("8-bit");
  });
});

describe("architectures", () => {
  const renamed = (network: Network, rename: (key: string) => string): Network => ({
    ...network,
    tensors: new Map([...network.tensors].map(([key, each]) => [rename(key), each])),
  });
  const with1x1 = (network: Network): Network => {
    const extra = { shape: [2, 4, 1, 1], data: new Float32Array(8) };
    const tensors = new Map([...network.tensors, ["body.0.rdb1.conv1x1.weight", extra]]);
    return { ...network, tensors };
  };
  const reshaped = (network: Network, key: string, shape: number[]): Network => {
    const data = new Float32Array(shape.reduce((sum, size) => sum * size, 1));
    return { ...network, tensors: new Map([...network.tensors, [key, { shape, data }]]) };
  };

  test("ESRGAN+ is named", () => {
    const network = with1x1(understood(recordedNetwork("rrdb-x4")));
    const error = refusal({ weights: makeSafetensors(network) });
    expect(error.code).toBe("weights-unsupported");
    expect(error.happened.en).toContain("ESRGAN+");
    expect(error.happened.ko).toContain("ESRGAN+");
  });

  test("what isn't known is told by its tensors", () => {
    const network = renamed(compact(), (key) => key.replace("body", "layers.0.attn"));
    const error = refusal({ weights: makePth(network), name: "swin.pth" });
    expect(error.code).toBe("weights-unknown-architecture");
    expect(error.happened.en).toContain("“layers.0.attn.0.weight”");
    expect(error.happened.en).toMatch(/and \d+ more/);
    expect(error.todo.en).toContain(".onnx");
  });

  test.each([
    ["a tensor of another shape", reshaped(compact(), "body.2.weight", [6, 5, 3, 3])],
    ["5 × 5 kernels", reshaped(compact(), "body.2.weight", [6, 6, 5, 5])],
    ["a tensor more", reshaped(compact(), "attention.weight", [1])],
    ["an output of two channels", reshaped(compact(), "body.6.weight", [2, 6, 3, 3])],
    ["a layer far out", reshaped(compact(), "body.99999999.weight", [48, 6, 3, 3])],
    [
      "grey in",
      reshaped(understood(recordedNetwork("rrdb-x4")), "conv_first.weight", [4, 1, 3, 3]),
    ],
    [
      "block numbers far out",
      reshaped(
        understood(recordedNetwork("rrdb-x4")),
        "body.99999999.rdb1.conv1.weight",
        [2, 4, 3, 3],
      ),
    ],
    [
      "the first ESRGAN's numbers far out",
      reshaped(
        understood(recordedNetwork("rrdb-x4")),
        "model.1.sub.99999999.RDB1.conv1.0.weight",
        [2, 4, 3, 3],
      ),
    ],
  ])("%s", (_, network) => {
    expect(refusal({ weights: makeSafetensors(network) }).code).toBe(
      "weights-unknown-architecture",
    );
  });
});
