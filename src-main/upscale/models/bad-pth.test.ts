import { describe, expect, test } from "vitest";
import {
  makeNcnn,
  makePth,
  makeSafetensors,
  makeZip,
  type PickledTensor,
  pickle,
  pickleTensors,
  recordedNetwork,
  refusal,
  understood,
} from "./model-files.fixture.ts";
import { writeOnnx } from "./onnx-writer.ts";
import { legacyMagic, readZipPth } from "./pth.ts";

const compact = () => understood(recordedNetwork("compact-x4"));
const zip = (dataPickle: Uint8Array): Buffer => makeZip([["archive/data.pkl", dataPickle]]);

describe("a pickle that asks for code", () => {
  const call = (module: string, name: string): Buffer =>
    Buffer.concat([
      pickle.start,
      pickle.global(module, name),
      pickle.mark,
      pickle.text("touch /tmp/kiln-was-here"),
      pickle.tuple,
      pickle.reduce,
      pickle.stop,
    ]);

  test.each([
    ["os", "system"],
    ["posix", "system"],
    ["nt", "system"],
    ["builtins", "eval"],
    ["__builtin__", "exec"],
    ["subprocess", "Popen"],
    ["torch", "load"],
    ["torch._utils", "_rebuild_tensor_v2.__globals__"],
    ["torch.hub", "load"],
    ["collections", "OrderedDict.fromkeys"],
    ["runpy", "run_path"],
    ["constructor", "constructor"],
    ["__proto__", "toString"],
  ])("%s.%s is refused by its name", (module, name) => {
    const wanted = { code: "weights-foreign-code" };
    const inZip = refusal({ weights: zip(call(module, name)) });
    const legacy = refusal({ weights: Buffer.concat([legacyMagic, call(module, name)]) });
    const stacked = refusal({
      weights: zip(
        Buffer.concat([
          pickle.start,
          pickle.text(module),
          pickle.text(name),
          Buffer.of(0x93),
          pickle.stop,
        ]),
      ),
    });
    for (const error of [inZip, legacy, stacked]) {
      expect(error).toMatchObject(wanted);
      expect(error.happened.en).toContain(`“${module}.${name}”`);
      expect(error.happened.ko).toContain(`“${module}.${name}”`);
    }
  });

  test("a name full of control characters, or without end, stays one short sentence", () => {
    const odd = refusal({ weights: zip(call("\u001b[2J\u0000os", `${"x".repeat(150)}`)) });
    expect(odd.code).toBe("weights-foreign-code");
    expect(odd.happened.en).toMatch(/^[^\p{Cc}]{1,200}$/u);
    expect(refusal({ weights: zip(call("a".repeat(5000), "b")) }).code).toBe("weights-broken");
  });

  test.each([
    ["INST", "i"],
    ["OBJ", "o"],
    ["NEWOBJ", "\x81"],
    ["NEWOBJ_EX", "\x92"],
    ["EXT1", "\x82"],
    ["PERSID", "P"],
    ["GET", "g"],
    ["STRING", "S"],
    ["LONG4", "\x8b"],
    ["BYTEARRAY8", "\x96"],
    ["NEXT_BUFFER", "\x97"],
  ])("the opcode %s, by which code would be reached or sizes be claimed", (_, opcode) => {
    const weights = zip(Buffer.concat([pickle.start, Buffer.from(opcode, "latin1"), pickle.stop]));
    expect(refusal({ weights }).code).toBe("weights-foreign-opcode");
  });

  test("calls of what may be named, with other things than it takes", () => {
    for (const [module, name] of [
      ["collections", "OrderedDict"],
      ["torch._utils", "_rebuild_tensor_v2"],
      ["torch._utils", "_rebuild_parameter"],
      ["torch", "FloatStorage"],
    ] as const) {
      expect(refusal({ weights: zip(call(module, name)) }).code).toBe("weights-broken");
    }
  });
});

describe("a pickle that would take more than it should", () => {
  const pickled = (...parts: readonly Buffer[]) =>
    refusal({ weights: zip(Buffer.concat([pickle.start, ...parts])) }).code;

  test("marks, lists and tuples without end", () => {
    for (const opcode of ["(", "]", "}", ")", "N", "(]", "]q\x00a"]) {
      const many = Buffer.from(opcode.repeat(1_500_000), "latin1");
      expect(pickled(many), opcode).toBe("weights-broken");
    }
  });

  test("tuples of tuples, each of twice the last", () => {
    const doubled = Buffer.concat([
      pickle.text("x"),
      Buffer.from("q\x00h\x00\x86".repeat(100_000), "latin1"),
    ]);
    expect(pickled(doubled, pickle.stop)).toBe("weights-unknown-architecture");
  });

  test("a dictionary that holds itself", () => {
    const own = Buffer.concat([pickle.dict, Buffer.from("q\x00"), pickle.text("state_dict")]);
    expect(pickled(own, Buffer.from("h\x00s"), pickle.stop)).toBe("weights-unknown-architecture");
  });

  test("a text of 4 GB", () => {
    expect(pickled(Buffer.from("X\xff\xff\xff\xff....", "latin1"))).toBe("weights-truncated");
  });

  test("texts without end", () => {
    const texts = (count: number) => [
      Buffer.from("]("),
      ...Array.from({ length: count }, () => pickle.text("x".repeat(2 ** 20))),
      Buffer.from("e"),
      pickle.stop,
    ];
    expect(pickled(...texts(16))).toBe("weights-unknown-architecture");
    expect(pickled(...texts(17))).toBe("weights-broken");
  });
});

describe("tensors that aren't there", () => {
  const good: PickledTensor = {
    key: "body.0.weight",
    storage: "0",
    count: 8,
    shape: [8],
    strides: [1],
  };
  const made = (...tensors: readonly Partial<PickledTensor>[]) =>
    refusal({
      weights: makeZip([
        ["n/data.pkl", pickleTensors(tensors.map((each) => ({ ...good, ...each })))],
        ["n/data/0", Buffer.alloc(32)],
      ]),
    }).code;

  test("what is whole comes as far as its architecture", () => {
    expect(made({})).toBe("weights-unknown-architecture");
  });

  test.each<[string, Partial<PickledTensor>]>([
    ["an offset beyond the storage", { offset: 1 }],
    ["an offset below it", { offset: -1 }],
    ["strides that reach outside", { shape: [2, 2], strides: [6, 2] }],
    ["strides that go backwards", { shape: [2, 2], strides: [-2, 1], offset: 2 }],
    ["strides of 0 that make much of little", { shape: [1000, 1000], strides: [0, 0] }],
    ["a shape of more than can be counted", { shape: [2 ** 30, 2 ** 30], strides: [1, 1] }],
    ["sizes below 0", { shape: [-2, -4], strides: [1, 1] }],
    ["more sizes than strides", { shape: [2, 4], strides: [1] }],
    ["a hundred dimensions", { shape: Array(100).fill(1), strides: Array(100).fill(1) }],
    ["a storage that isn't in the file", { storage: "7" }],
    ["a storage outside of its folder", { storage: "../data.pkl" }],
    ["a storage of another size", { count: 9 }],
    ["a storage of other numbers", { kind: "DoubleStorage" }],
    ["numbers below none", { count: -1 }],
  ])("%s", (_, bad) => {
    expect(made(bad)).toBe("weights-broken");
  });

  test("a key that stands there twice", () => {
    expect(made({}, {})).toBe("weights-broken");
  });

  test("one storage for a hundred tensors: a small file would become a large network", () => {
    const count = 16_384;
    const tensors = Array.from({ length: 100 }, (_, i) => ({
      ...good,
      ...{ key: `body.${i}.weight`, count, shape: [count] },
    }));
    const weights = makeZip([
      ["n/data.pkl", pickleTensors(tensors)],
      ["n/data/0", Buffer.alloc(4 * count)],
    ]);
    expect(refusal({ weights }).code).toBe("weights-broken");
  });

  test("a tensor of few numbers that lie far apart takes no more memory than they do", () => {
    const count = 2 ** 25;
    const apart = { ...good, kind: "HalfStorage", count, shape: [2], strides: [count - 1] };
    const numbers = Buffer.alloc(2 * count);
    numbers.writeUInt16LE(0x3c00);
    numbers.writeUInt16LE(0xc000, numbers.length - 2);
    const weights = makeZip([
      ["n/data.pkl", pickleTensors([apart])],
      ["n/data/0", numbers],
    ]);
    const tensor = readZipPth(weights, "m.pth").get(good.key);
    const before = process.memoryUsage().arrayBuffers;
    expect(tensor?.read()).toEqual(Float32Array.of(1, -2));
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 20);
  });

  test("numbers that are none", () => {
    for (const bad of [Number.NaN, Infinity]) {
      const network = compact();
      const weight = network.tensors.get("body.2.weight");
      weight?.data.fill(bad, 5, 6);
      const param = makeNcnn(network);
      for (const files of [
        { weights: makePth(network) },
        { weights: makeSafetensors(network) },
        { weights: writeOnnx(network) },
        param,
      ]) {
        const { code, happened } = refusal(files);
        expect(code).toBe("weights-not-numbers");
        expect(happened.en).toContain("“body.2.weight”");
      }
    }
  });
});

describe("archives", () => {
  const bytes = Buffer.alloc(64);

  test("entries that overlap, are named twice, packed, or lie outside", () => {
    const archive = makeZip([
      ["n/data.pkl", bytes],
      ["n/data/0", bytes],
    ]);
    const directory = archive.lastIndexOf(Buffer.from("PK\x01\x02"));
    const changed = (at: number, value: number) => {
      const copy = Buffer.from(archive);
      copy.writeUInt32LE(value, directory + at);
      return refusal({ weights: copy });
    };
    expect(changed(42, 0).code, "overlaps").toBe("weights-broken");
    expect(changed(42, 0x7fff_ffff).code, "outside").toBe("weights-broken");
    expect(changed(24, 0xffff_ffff).code, "4 GB without zip64").toBe("weights-broken");
    expect(changed(20, 63).code, "packed").toBe("weights-broken");
    const packed = Buffer.from(archive);
    packed.writeUInt16LE(8, directory + 10);
    expect(refusal({ weights: packed }).happened.en).toContain("packed again");
    const twice = makeZip([
      ["n/data.pkl", bytes],
      ["n/data.pkl", bytes],
    ]);
    expect(refusal({ weights: twice }).code).toBe("weights-broken");
    const many = Buffer.from(archive);
    many.writeUInt16LE(0xffff, archive.length - 12);
    expect(refusal({ weights: many }).code).toBe("weights-broken");
    const countless = makeZip([["n/data.pkl", bytes]], true);
    countless.writeBigUInt64LE(2n ** 60n, countless.lastIndexOf(Buffer.from("PK\x06\x06")) + 32);
    expect(refusal({ weights: countless }).code).toBe("weights-broken");
  });

  test("an archive of something else", () => {
    expect(refusal({ weights: makeZip([["word/document.xml", bytes]]) })).toMatchObject({
      code: "weights-unknown-architecture",
    });
  });
});
