import { describe, expect, test } from "vitest";
import { readNetwork } from "./index.ts";
import { recordedNetwork, refusal, understood } from "./model-files.fixture.ts";
import { FLOAT, integer, node, tensor, UINT8, valueInfo, writeOnnx } from "./onnx-writer.ts";
import { Message, readFields } from "./protobuf.ts";

describe("an .onnx", () => {
  /** A graph that doubles a picture's values, or something like it. */
  const model = ({
    nodes = [node("Add", ["x", "x"], "y")],
    initializers = [],
    input = valueInfo("x", FLOAT, [1, 3, "h", "w"]),
    output = valueInfo("y", FLOAT, [1, 3, "h", "w"]),
    opset = 17,
    extra = new Message(),
  }: {
    nodes?: readonly Message[];
    initializers?: readonly Message[];
    input?: Message;
    output?: Message;
    opset?: number;
    extra?: Message;
  }) => {
    const graph = new Message();
    for (const each of nodes) graph.message(1, each);
    for (const each of initializers) graph.message(5, each);
    graph.message(11, input).message(12, output);
    const whole = new Message().int(1, 8).message(7, graph);
    return whole.message(8, new Message().int(2, opset)).append(extra.finish()).finish();
  };
  const read = (parts: Parameters<typeof model>[0]) =>
    refusal({ weights: model(parts), name: "m.onnx" });

  const outside = (more: Message): Message =>
    new Message().int(1, 4).int(2, FLOAT).string(8, "secret").append(more.finish());
  const location = new Message().message(
    13,
    new Message().string(1, "location").string(2, "../../../../etc/passwd"),
  );

  test("what is plain is taken", () => {
    const { info } = readNetwork({ weights: model({}), name: "m.onnx" });
    expect(info).toEqual({
      architecture: "onnx",
      scale: 1,
      multiple: 1,
      receptiveRadius: 0,
      padding: 0,
      flops: 0,
      parameters: 0,
    });
  });

  test.each([
    ["an initializer with an address", outside(location)],
    ["an initializer that only says so", outside(new Message().int(14, 1))],
    ["one that says so in 33 bits", outside(new Message().int(14, 2 ** 32 + 1))],
  ])("that asks for files outside of itself: %s", (_, secret) => {
    const attribute = (field: number, value: Message): Message =>
      node("Constant", [], "c").message(5, new Message().string(1, "value").message(field, value));
    for (const parts of [
      { initializers: [secret] },
      { nodes: [attribute(5, secret), node("Add", ["x", "x"], "y")] },
      { nodes: [attribute(10, secret), node("Add", ["x", "x"], "y")] },
      { nodes: [attribute(22, new Message().message(1, secret)), node("Add", ["x", "x"], "y")] },
    ]) {
      const error = read(parts);
      expect(error.code).toBe("onnx-external-data");
      expect(error.happened.en).toContain("“m.onnx”");
    }
  });

  test.each(["If", "Loop", "Scan", "SequenceMap"])("that branches or loops: %s", (operator) => {
    const error = read({ nodes: [node(operator, ["x"], "y")] });
    expect(error.code).toBe("onnx-control-flow");
    expect(error.happened.en).toContain(`“${operator}”`);
  });

  test("with graphs in a node, functions, or training in the model", () => {
    const inner = new Message().string(1, "body").message(6, new Message());
    expect(read({ nodes: [node("Add", ["x", "x"], "y").message(5, inner)] }).code).toBe(
      "onnx-control-flow",
    );
    for (const field of [20, 25]) {
      expect(read({ extra: new Message().message(field, new Message()) }).code).toBe(
        "onnx-control-flow",
      );
    }
  });

  test("with operators that aren't ONNX's", () => {
    const error = read({ nodes: [node("FusedConv", ["x"], "y").string(7, "com.microsoft")] });
    expect(error.code).toBe("onnx-foreign-operator");
    expect(error.happened.en).toContain("“com.microsoft.FusedConv”");
  });

  test("with two graphs, of which a parser would make one", () => {
    const graph = new Message().message(1, node("If", ["x"], "y"));
    expect(read({ extra: new Message().message(7, graph) }).code).toBe("weights-broken");
  });

  test("with fields, nodes or numbers without end", () => {
    const empty = (field: number, count: number): Uint8Array =>
      new Uint8Array(2 * count).map((_, i) => (i % 2 === 0 ? field * 8 + 2 : 0));
    const whole = (graph: Uint8Array) =>
      refusal({ weights: new Message().int(1, 8).bytes(7, graph).finish(), name: "m.onnx" }).code;
    expect(whole(empty(13, 4_000_001)), "fields").toBe("weights-broken");
    expect(whole(empty(1, 60_000)), "nodes").toBe("weights-broken");
    expect(whole(empty(11, 60_000)), "inputs").toBe("weights-broken");
    const named = new Uint8Array(3 * 4000).map((_, i) => [10, 1, 0x78][i % 3] ?? 0);
    const nodes = new Message();
    for (let i = 0; i < 600; i += 1) nodes.bytes(1, named);
    expect(whole(nodes.finish()), "names").toBe("weights-broken");
    const dims = new Message().bytes(1, new Uint8Array(100_000));
    expect(read({ initializers: [dims] }).code, "dimensions").toBe("weights-broken");
    const inputs = node("Add", Array<string>(5000).fill("x"), "y");
    expect(read({ nodes: [inputs] }).code, "inputs of a node").toBe("weights-broken");
  });

  test("an architecture that Kiln knows, with concatenations of twice the last beside it", () => {
    const doubled = Array.from({ length: 40 }, (_, i) =>
      node("Concat", [i === 0 ? "input" : `d${i}`, i === 0 ? "input" : `d${i}`], `d${i + 1}`)
        // Along the channels.
        .message(5, integer("axis", 1)),
    );
    const known = writeOnnx(understood(recordedNetwork("rrdb-first-x1")));
    const bomb = new Message();
    for (const { field, bytes, start, end } of readFields(known)) {
      if (field !== 7) bomb.append(known.subarray(start, end));
      else {
        const graph = new Message();
        for (const each of doubled) graph.message(1, each);
        bomb.message(7, graph.append(bytes));
      }
    }
    const { info } = readNetwork({ weights: bomb.finish(), name: "m.onnx" });
    expect(info.architecture).toBe("rrdb");
  });

  test("of an old opset, or of none", () => {
    expect(read({ opset: 10 })).toMatchObject({ code: "onnx-opset" });
    expect(read({ opset: 0 })).toMatchObject({ code: "onnx-opset" });
  });

  test.each([
    ["on bytes", { input: valueInfo("x", UINT8, [1, 3, "h", "w"]) }],
    ["on grey", { input: valueInfo("x", FLOAT, [1, 1, "h", "w"]) }],
    ["on one size", { input: valueInfo("x", FLOAT, [1, 3, 64, 64]) }],
    ["on four at a time", { input: valueInfo("x", FLOAT, [4, 3, "h", "w"]) }],
    ["on rows", { input: valueInfo("x", FLOAT, [3, "w"]) }],
    ["to classes", { output: valueInfo("y", FLOAT, [1, 1000]) }],
    [
      "enlarging by 5",
      {
        nodes: [node("Resize", ["x", "", "s"], "y")],
        initializers: [tensor("s", [4], Float32Array.of(1, 1, 5, 5))],
      },
    ],
  ])("that works %s", (_, parts) => {
    expect(read(parts).code).toBe("onnx-not-an-upscaler");
  });

  test("that takes in two pictures", () => {
    const second = valueInfo("z", FLOAT, [1, 3, "h", "w"]);
    const graph = new Message()
      .message(1, node("Add", ["x", "z"], "y"))
      .message(11, valueInfo("x", FLOAT, [1, 3, "h", "w"]))
      .message(11, second)
      .message(12, valueInfo("y", FLOAT, [1, 3, "h", "w"]));
    const whole = new Message().int(1, 8).message(7, graph).message(8, new Message().int(2, 17));
    const error = refusal({ weights: whole.finish(), name: "m.onnx" });
    expect(error.code).toBe("onnx-not-an-upscaler");
  });

  test("that ONNX Runtime would read as its own format, unchecked", () => {
    // Field 1, then a producer's name that begins where that format's mark is.
    const hidden = new Message().int(1, 8).string(2, "ORTM").finish();
    expect(Buffer.from(hidden.subarray(4, 8)).toString()).toBe("ORTM");
    const weights = Buffer.concat([hidden, model({}).subarray(2)]);
    expect(refusal({ weights, name: "m.onnx" }).code).toBe("weights-unknown-format");
  });

  test("whose NaNs lie in a graph that Kiln doesn't know", () => {
    const nodes = [node("Add", ["x", "n"], "y")];
    const error = read({ nodes, initializers: [tensor("n", [1], Float32Array.of(Number.NaN))] });
    expect(error.code).toBe("weights-not-numbers");
  });
});
