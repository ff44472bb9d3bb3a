import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bench, bring, converter, entry, one, two } from "./catalogue.fixture.ts";
import { Catalogue } from "./catalogue.ts";
import { weightsDirectory } from "./manifest.ts";
import { whole } from "./server.fixture.ts";
import { compactModel } from "./tiny-models.fixture.ts";

test("a model that was brought is converted, tried and listed; the same bytes are not added twice", async () => {
  const { catalogue, checked, library } = await bench();
  const mine = compactModel({ seed: 9 });
  const folder = await bring({
    "4x Ultra-Scharf (v2).safetensors": mine,
    "copy.safetensors": mine,
  });
  const result = await catalogue.add([join(folder, "4x Ultra-Scharf (v2).safetensors")]);
  expect(result).toMatchObject({
    added: [
      {
        id: "4x-ultra-scharf-v2",
        name: "4x Ultra-Scharf (v2)",
        origin: "added",
        scale: 2,
        isAtHand: true,
        isVerified: false,
        licence: null,
      },
    ],
    known: [],
    refused: [],
  });
  expect(checked).toHaveLength(1);
  expect(await catalogue.add([join(folder, "copy.safetensors")])).toMatchObject({
    added: [],
    known: [{ file: "copy.safetensors", model: { id: "4x-ultra-scharf-v2" } }],
  });
  expect(await readdir(join(library, "models"))).toEqual(["4x-ultra-scharf-v2"]);
  // What the person brought lies where it lay.
  expect(await readFile(join(folder, "copy.safetensors"))).toEqual(mine);
});

test("a copy of a network that is there is known as that model, whatever it is called", async () => {
  const { catalogue, library } = await bench();
  const folder = await bring({ "mine.safetensors": compactModel({ seed: 9 }) });
  await catalogue.add([folder]);
  const network = await readFile(join(library, "models", "mine", "network.onnx"));
  const copies = await bring({ "copy.onnx": network });
  expect(await catalogue.add([copies])).toMatchObject({
    added: [],
    known: [{ file: "copy.onnx", model: { id: "mine" } }],
  });
  // A twin in another container is converted to the same network.
  const text = compactModel({ seed: 9 });
  const length = Number(text.readBigUInt64LE());
  const header = Buffer.from(`${text.subarray(8, 8 + length).toString()}  `);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(header.length));
  const padded = Buffer.concat([size, header, text.subarray(8 + length)]);
  const twins = await bring({ "twin.safetensors": padded });
  expect(await catalogue.add([twins])).toMatchObject({
    added: [],
    known: [{ file: "twin.safetensors", model: { id: "mine" } }],
  });
  expect(await readdir(join(library, "models"))).toEqual(["mine"]);
});

test("a copy of what ships is known as that", async () => {
  const { library, engine } = await bench();
  const catalogue = new Catalogue({
    libraryDirectory: library,
    engine,
    converter,
    check: () => Promise.reject(new Error("unused")),
    mirrors: undefined,
  });
  const shipped = await readFile(join(weightsDirectory(), "general-x4v3.onnx"));
  const folder = await bring({ "My general.onnx": shipped });
  expect(await catalogue.add([folder])).toMatchObject({
    added: [],
    known: [{ file: "My general.onnx", model: { id: "general-x4v3" } }],
  });
});

test.skipIf(process.platform === "win32")(
  "control characters of a file's name don't get into the model's",
  async () => {
    const { catalogue } = await bench();
    const folder = await bring({ "a\u001b[2Jb\nc.safetensors": compactModel({ seed: 5 }) });
    const { added } = await catalogue.add([folder]);
    expect(added).toMatchObject([{ id: "a-2jb-c", name: "a [2Jb c" }]);
  },
);

test("bringing the files of a model that can be fetched makes that one", async () => {
  const { catalogue } = await bench();
  const folder = await bring({ "whatever.safetensors": one });
  const { added } = await catalogue.add([folder]);
  expect(added).toMatchObject([{ id: "general", isAtHand: true, isVerified: true }]);
  expect((await catalogue.open("general")).scale).toBe(2);
});

test("what is no model is refused by name, and the rest is taken", async () => {
  const { catalogue, library } = await bench();
  const folder = await bring({
    "a.safetensors": compactModel({ seed: 5 }),
    "broken.pth": randomBytes(5000),
    "half.param": Buffer.from("7767517\n0 0\n"),
    "notes.txt": Buffer.from("hello"),
  });
  const names = ["a.safetensors", "broken.pth", "half.param", "notes.txt", "missing.onnx"];
  const { added, refused } = await catalogue.add(names.map((name) => join(folder, name)));
  expect(added.map(({ id }) => id)).toEqual(["a"]);
  expect(refused.map(({ file: name, problem }) => [name, problem.code])).toEqual([
    ["broken.pth", "weights-unknown-format"],
    ["half.param", "model-partner-missing"],
    ["notes.txt", "model-format"],
    ["missing.onnx", "model-unreadable"],
  ]);
  expect(await readdir(join(library, "models"))).toEqual(["a"]);
});

test("a network that fails on a tile does not join the list", async () => {
  const { library, engine, checked } = await bench();
  const catalogue = new Catalogue({
    libraryDirectory: library,
    engine,
    converter,
    check: () => Promise.reject(new Error("NaN everywhere")),
    mirrors: undefined,
  });
  const folder = await bring({ "a.safetensors": compactModel({ seed: 5 }) });
  await expect(catalogue.add([folder])).rejects.toThrow("NaN everywhere");
  expect(checked).toEqual([]);
  expect(await readdir(join(library, "models"))).toEqual([]);
});

test("ids are unique, whatever the file is called", async () => {
  const { catalogue } = await bench();
  const names = [
    "General.safetensors",
    "제주 사진.safetensors",
    "con.safetensors",
    "...safetensors",
  ];
  const ids = [];
  for (const [index, name] of names.entries()) {
    const folder = await bring({ [name]: compactModel({ seed: 20 + index }) });
    ids.push(...(await catalogue.add([join(folder, name)])).added.map(({ id }) => id));
  }
  expect(ids).toEqual(["general-2", "model", "model-con", "model-2"]);
});

test("what a page uploaded is cleared away once it was read", async () => {
  const { catalogue, library } = await bench();
  const received = join(library, "originals", "2026-11-21");
  await mkdir(received, { recursive: true });
  await writeFile(join(received, "a.safetensors"), compactModel({ seed: 5 }));
  expect((await catalogue.add([received])).added).toHaveLength(1);
  expect(existsSync(received)).toBe(false);
  await mkdir(received, { recursive: true });
  await writeFile(join(received, "photo.jpg"), "not ours");
  await catalogue.add([received]);
  expect(await readdir(received)).toEqual(["photo.jpg"]);
});

test("rename and remove: the person's own; what is Kiln's can only be fetched again", async () => {
  const { server, catalogue, fetch } = await bench();
  server.answer("/grain/tiny.safetensors", whole(two));
  await fetch("grain");
  const folder = await bring({ "a.safetensors": compactModel({ seed: 5 }) });
  await catalogue.add([folder]);
  await catalogue.rename("a", "My best");
  expect((await entry(catalogue, "a")).name).toBe("My best");
  await expect(catalogue.rename("grain", "x")).rejects.toMatchObject({ code: "model-shipped" });
  await catalogue.remove("a");
  await catalogue.remove("grain");
  expect((await catalogue.list()).map(({ id, isAtHand }) => [id, isAtHand])).toEqual([
    ["general", false],
    ["grain", false],
    ["unhashed", false],
  ]);
  await expect(catalogue.remove("a")).rejects.toMatchObject({ code: "model-unknown" });
  await expect(catalogue.remove("grain")).rejects.toMatchObject({ code: "model-not-at-hand" });
});
