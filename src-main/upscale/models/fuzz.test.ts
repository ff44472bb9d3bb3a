import { expect, test } from "vitest";
import { KilnError } from "../../errors.ts";
import { type ModelFiles, readNetwork, withPixels } from "./index.ts";
import {
  makeNcnn,
  makePth,
  makeSafetensors,
  makeZip,
  randomNumbers,
  recordedFile,
  recordedNetwork,
  understood,
} from "./model-files.fixture.ts";
import { FLOAT, integers, node, tensor, valueInfo, writeOnnx } from "./onnx-writer.ts";
import { Message } from "./protobuf.ts";
import { readStoredZip } from "./zip.ts";

const ROUNDS = process.env.KILN_PROOFS === "1" ? 10_000 : 700;
/** Far more than any of them takes, on a busy machine, too. */
const MAX_MS = 10_000;
const MAX_GROWTH_MIB = 256;

type Random = (limit: number) => number;
/** @returns a file that is broken somewhere, or not */
type Maker = (random: Random) => ModelFiles;

const numbers = [
  0, 1, 2, 127, 128, 255, 256, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff,
];

/** Bytes turned over, numbers made absurd, parts moved or doubled, the end cut off. */
function mutate(original: Uint8Array, random: Random, from = 0, to = original.length): Buffer {
  let bytes = Buffer.from(original);
  const place = (): number => Math.min(from + random(Math.max(1, to - from)), bytes.length - 1);
  for (let i = 1 + random(4); i > 0 && bytes.length > 16; i -= 1) {
    const at = place();
    const kind = random(7);
    if (kind === 0) bytes[at] = random(256);
    if (kind === 1) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
    if (kind === 2 && at + 4 <= bytes.length) {
      bytes.writeUInt32LE(numbers[random(numbers.length)] ?? 0, at);
    }
    if (kind === 3 && at + 8 <= bytes.length) {
      bytes.writeBigUInt64LE(
        BigInt(numbers[random(numbers.length)] ?? 0) << BigInt(random(33)),
        at,
      );
    }
    if (kind === 4) bytes.copy(bytes, at, place(), place() + random(64));
    if (kind === 5) {
      const piece = bytes.subarray(at, at + random(64));
      bytes = Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]);
    }
    if (kind === 6 && random(4) === 0) bytes = bytes.subarray(0, at);
  }
  return bytes;
}

/** Opcodes of all protocols, those first that reach for code or sizes. */
const opcodes = Buffer.from(
  "\x81\x92ioPcR\x93b\x82\x83\x84\x96\x97\x98\x8d\x8e\x8b(.0129]}FGIJKLMNQSTUVX^aeghjlpqrstu\x80\x85\x86\x87\x88\x89\x8a\x8c\x8f\x90\x91\x94\x95",
  "latin1",
);
const foreign = ["os\nsystem", "builtins\neval", "posix\npopen", "torch\nload", "nt\nsystem"];

function mutatePickle(pickle: Uint8Array, random: Random): Buffer {
  const bytes = Buffer.from(pickle);
  const kind = random(3);
  if (kind === 0) return mutate(bytes, random);
  if (kind === 1) {
    for (let i = 1 + random(3); i > 0; i -= 1) {
      bytes[random(bytes.length)] = opcodes[random(opcodes.length)] ?? 0;
    }
    return bytes;
  }
  return withForeignGlobal(bytes, random);
}

/** One of the globals that are asked for becomes another. */
function withForeignGlobal(pickle: Buffer, random: Random): Buffer {
  const text = pickle.toString("latin1");
  const found = [...text.matchAll(/c[a-z._]+\n\w+\n/g)];
  const chosen = found[random(found.length)];
  if (chosen === undefined) throw new Error("names no globals");
  const after = text.slice(chosen.index + chosen[0].length);
  const other = `c${foreign[random(foreign.length)]}\n`;
  return Buffer.from(text.slice(0, chosen.index) + other + after, "latin1");
}

/** Words of a text replaced by others of it, or by numbers that are absurd. */
function mutateText(text: string, random: Random): string {
  const words = text.split(/([\s=,:{}[\]"]+)/);
  for (let i = 1 + random(3); i > 0; i -= 1) {
    const absurd = [
      "-1",
      "0",
      "1e300",
      "NaN",
      "4294967296",
      "-23310",
      "0.5",
      "__proto__",
      "999999",
    ];
    const others = random(2) === 0 ? words : absurd;
    words[random(words.length)] = others[random(others.length)] ?? "";
  }
  return words.join("");
}

function zipMaker(file: Uint8Array): Maker {
  const entries = [...readStoredZip(file, "base")];
  const end = file.length;
  return (random) => {
    // The directory lies at the end.
    if (random(3) === 0) return { weights: mutate(file, random, end - 1500), name: "m.pth" };
    const mutated = entries.map(([name, content]) =>
      name.endsWith("data.pkl")
        ? ([name, mutatePickle(content, random)] as const)
        : ([name, random(20) === 0 ? mutate(content, random) : content] as const),
    );
    return { weights: makeZip(mutated, random(4) === 0), name: "m.pth" };
  };
}

function legacyMaker(file: Uint8Array): Maker {
  const text = Buffer.from(file).toString("latin1");
  // Numbers begin behind the list of storages.
  const end = text.lastIndexOf("]") < 0 ? file.length : Math.min(file.length, 9000);
  return (random) => {
    if (random(3) === 0) {
      const head = Buffer.from(file.subarray(0, end));
      const tail = file.subarray(end);
      return { weights: Buffer.concat([mutatePickle(head, random), tail]), name: "m.pth" };
    }
    return { weights: mutate(file, random, 15, end), name: "m.pth" };
  };
}

function safetensorsMaker(file: Uint8Array): Maker {
  const length = Number(Buffer.from(file).readBigUInt64LE());
  const header = Buffer.from(file.subarray(8, 8 + length)).toString();
  return (random) => {
    if (random(3) === 0) return { weights: mutate(file, random, 0, length), name: "m.safetensors" };
    const text = Buffer.from(mutateText(header, random));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    const weights = Buffer.concat([size, text, file.subarray(8 + length)]);
    return { weights, name: "m.safetensors" };
  };
}

function ncnnMaker({ weights, param }: ReturnType<typeof makeNcnn>): Maker {
  return (random) => {
    const isText = random(3) > 0;
    return {
      weights: isText ? weights : mutate(weights, random),
      param: isText ? mutateText(param, random) : param,
      name: "m.bin",
    };
  };
}

function onnxMaker(file: Uint8Array, weightsBegin: number): Maker {
  return (random) => {
    const whole = random(3) === 0;
    return {
      weights: mutate(file, random, 0, whole ? file.length : weightsBegin),
      name: random(2) === 0 ? "m.onnx" : "m",
    };
  };
}

/** Operators of many kinds, with what they need beside them. */
function foreignGraph(): Uint8Array {
  const scales = tensor("s", [4], Float32Array.of(1, 1, 2, 2));
  const weight = tensor("w", [3, 3, 3, 3], new Float32Array(81).fill(0.1));
  const graph = new Message()
    .message(1, node("Conv", ["x", "w"], "a").message(5, integers("pads", [1, 1, 1, 1])))
    .message(1, node("Sigmoid", ["a"], "b"))
    .message(1, node("Resize", ["b", "", "s"], "c"))
    .message(1, node("ConvTranspose", ["c", "w"], "d").message(5, integers("strides", [2, 2])))
    .message(
      1,
      node("MaxPool", ["d"], "e")
        .message(5, integers("strides", [2, 2]))
        .message(5, integers("kernel_shape", [2, 2])),
    )
    .message(1, node("Clip", ["e"], "y"))
    .message(5, scales)
    .message(5, weight)
    .message(11, valueInfo("x", FLOAT, [1, 3, "h", "w"]))
    .message(12, valueInfo("y", FLOAT, [1, 3, "h", "w"]));
  return new Message().int(1, 8).message(7, graph).message(8, new Message().int(2, 17)).finish();
}

function makers(): [string, Maker][] {
  const compact = understood(recordedNetwork("compact-x4"));
  const dense = understood(recordedNetwork("rrdb-first-x1"));
  return [
    ["zip", zipMaker(recordedFile("compact-x4"))],
    ["zip with byteorder", zipMaker(makePth(dense))],
    ["legacy", legacyMaker(recordedFile("compact-x2-legacy"))],
    ["legacy of the first ESRGAN", legacyMaker(recordedFile("rrdb-first-x4-legacy"))],
    ["safetensors", safetensorsMaker(makeSafetensors(compact))],
    ["ncnn", ncnnMaker(makeNcnn(compact, "f16"))],
    ["ncnn, dense", ncnnMaker(makeNcnn(dense, "table"))],
    ["onnx", onnxMaker(writeOnnx(compact), 1200)],
    ["foreign onnx", onnxMaker(foreignGraph(), 700)],
  ];
}

/** What became of a file: "read", or the code of its sentence. Anything that is no sentence fails the test. */
function outcome(files: ModelFiles): string {
  try {
    withPixels(readNetwork(files).onnx(), 8);
    return "read";
  } catch (error) {
    if (error instanceof KilnError) return error.code;
    throw error;
  }
}

test(`${ROUNDS} mutated files: sentences only, no hang, bounded memory`, {
  timeout: 1_800_000,
}, () => {
  const next = randomNumbers(20_261_121);
  const random: Random = (limit) => Math.floor(next() * limit);
  const all = makers();
  const outcomes = new Map<string, number>();
  const before = process.resourceUsage().maxRSS / 1024;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [format, make] = all[round % all.length] ?? [
      "",
      () => ({ weights: new Uint8Array(), name: "" }),
    ];
    const files = make(random);
    const began = performance.now();
    let code: string;
    try {
      code = outcome(files);
    } catch (error) {
      throw new Error(`round ${round}, ${format}`, { cause: error });
    }
    expect(performance.now() - began, `round ${round}, ${format}`).toBeLessThan(MAX_MS);
    outcomes.set(code, (outcomes.get(code) ?? 0) + 1);
  }
  expect(process.resourceUsage().maxRSS / 1024 - before).toBeLessThan(MAX_GROWTH_MIB);
  // The mutations reach everywhere: some change weights only, others each part of the readers.
  for (const code of [
    "read",
    "weights-broken",
    "weights-truncated",
    "weights-foreign-code",
    "weights-foreign-opcode",
    "weights-unknown-architecture",
  ]) {
    expect([...outcomes.keys()]).toContain(code);
  }
});

test("a global that isn't allowed is never passed over, whatever else the file is", () => {
  const next = randomNumbers(20_261_122);
  const random: Random = (limit) => Math.floor(next() * limit);
  const files = ["compact-x4", "rrdb-x4", "rrdb-first-x1", "compact-x3-half"].map(recordedFile);
  for (let round = 0; round < ROUNDS / 10; round += 1) {
    const entries = [...readStoredZip(files[round % files.length] ?? new Uint8Array(), "base")];
    const weights = makeZip(
      entries.map(([name, content]) => [
        name,
        name.endsWith("data.pkl") ? withForeignGlobal(Buffer.from(content), random) : content,
      ]),
    );
    expect(outcome({ weights, name: "m.pth" }), `round ${round}`).toBe("weights-foreign-code");
  }
});
