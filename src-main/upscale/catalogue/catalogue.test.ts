import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import type { Job } from "../../../src-preload/contract/jobs.ts";
import { JobEngine, type JobEngineOptions } from "../../jobs/index.ts";
import { JobStore, openDatabase } from "../../library/index.ts";
import { createLog } from "../../log/index.ts";
import { temporaryFolder } from "../../photos/takes.fixture.ts";
import { forkLauncher } from "../../workers/index.ts";
import type { NetworkFile } from "../network.ts";
import { Catalogue, type CatalogueServices } from "./catalogue.ts";
import { createConvertPool } from "./convert-pool.ts";
import { ModelFolder } from "./model-folder.ts";
import { cutAfter, type ModelServer, startServer, whole } from "./server.fixture.ts";
import { compactModel } from "./tiny-models.fixture.ts";

/** The real child, shared: it takes longer to start than to convert. */
const converter = createConvertPool({
  launcher: forkLauncher(),
  entry: join(import.meta.dirname, "convert-worker.ts"),
});
afterAll(() => converter[Symbol.asyncDispose]());

const one = compactModel({ seed: 1 });
const two = compactModel({ seed: 2 });
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function file(host: string, bytes: Uint8Array, isHashed = true) {
  return {
    role: "weights",
    name: "tiny.safetensors",
    url: `https://${host}.test/tiny.safetensors`,
    bytes: isHashed ? bytes.length : null,
    sha256: isHashed ? sha256(bytes) : null,
    verified: isHashed,
  };
}

function model(id: string, files: object[], more: object = {}) {
  return {
    kind: "upscale",
    id,
    name: `Model ${id}`,
    role: { en: "For tests.", ko: "시험용." },
    architecture: "compact",
    scale: 2,
    licence: "MIT",
    licenceFile: "LICENSE",
    denoisesWith: null,
    shipped: null,
    sources: files.map((each) => ({ name: "A source", archive: null, files: [each] })),
    ...more,
  };
}

const manifest = [
  model("general", [file("first", one), file("second", one)], { denoisesWith: "grain" }),
  model("grain", [file("grain", two)]),
  model("unhashed", [file("unhashed", two, false)]),
];

interface Bench {
  readonly server: ModelServer;
  readonly library: string;
  readonly catalogue: Catalogue;
  readonly engine: JobEngine;
  readonly services: {
    readonly engineOptions: JobEngineOptions;
    readonly catalogueServices: CatalogueServices;
  };
  readonly checked: NetworkFile[];
  /** Runs a job to its end. */
  readonly end: (jobId: number | null) => Promise<Job>;
  /** Fetches a model to the end of its job. */
  readonly fetch: (id: string) => Promise<Job>;
}

/** A library with a catalogue of three models whose hosts are all one local server: "/HOST/tiny.safetensors". */
async function bench(): Promise<Bench> {
  const server = await startServer();
  const library = await temporaryFolder();
  const weights = await temporaryFolder();
  await writeFile(join(weights, "manifest.json"), JSON.stringify(manifest));
  const log = createLog({ directory: join(library, "log") });
  const database = openDatabase(library);
  const engineOptions = { store: new JobStore(database), log };
  const engine = new JobEngine(engineOptions);
  const checked: NetworkFile[] = [];
  const hosts = ["first", "second", "grain", "unhashed"];
  const catalogueServices: CatalogueServices = {
    libraryDirectory: library,
    engine,
    converter,
    weights,
    mirrors: hosts.map((host) => `https://${host}.test=${server.origin}/${host}`).join(" "),
    download: { silenceMs: 10_000, pause: () => Promise.resolve() },
    check: (network) => {
      checked.push(network);
      return Promise.resolve({ scale: network.scale });
    },
  };
  const catalogue = new Catalogue(catalogueServices);
  engine.begin(catalogue.definitions);
  onTestFinished(async () => {
    await engine.shutdown();
    database.close();
    await log.flush();
  });
  const end = (jobId: number | null): Promise<Job> =>
    new Promise((settle) => {
      const look = (): void => {
        const job = engine.list().find(({ id }) => id === jobId);
        if (job !== undefined && job.state !== "queued" && job.state !== "running") settle(job);
      };
      engine.onChange(look);
      look();
    });
  const fetch = async (id: string): Promise<Job> => end((await catalogue.fetch(id)).jobId);
  const services = { engineOptions, catalogueServices };
  return { server, library, catalogue, engine, services, checked, end, fetch };
}

async function entry(catalogue: Catalogue, id: string) {
  const found = (await catalogue.list()).find((each) => each.id === id);
  if (found === undefined) throw new Error(`No model ${id}`);
  return found;
}

async function bring(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

test("a model is fetched, converted and joins the list; windows hear of it", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  let changes = 0;
  catalogue.onChange(() => {
    changes += 1;
  });
  const before = catalogue.revision;
  expect(await entry(catalogue, "general")).toMatchObject({
    isAtHand: false,
    bytes: one.length,
    sources: [
      { host: server.origin.replace("http://", ""), isVerified: true },
      { isVerified: true },
    ],
  });
  expect((await fetch("general")).state).toBe("completed");
  expect(await entry(catalogue, "general")).toMatchObject({
    isAtHand: true,
    isVerified: true,
    cameFrom: "A source",
    jobId: null,
  });
  expect(changes).toBeGreaterThan(0);
  expect(catalogue.revision).toBe(before + changes);
  const network = await catalogue.open("general");
  expect(network).toMatchObject({ architecture: "compact", scale: 2, parameters: 712 });
  expect(existsSync(network.path)).toBe(true);
  expect(readdirSync(join(library, "models", "general")).toSorted()).toEqual([
    "model.json",
    "network.onnx",
  ]);
  expect(await catalogue.fetch("general")).toEqual({ jobId: null });
});

test("the next source is asked when one has nothing, breaks off or sends other bytes", async () => {
  for (const wrong of [
    undefined,
    cutAfter(0, one),
    whole(randomBytes(one.length)),
    whole(one.subarray(0, 100)),
  ]) {
    const { server, catalogue, fetch } = await bench();
    if (wrong !== undefined) server.answer("/first/tiny.safetensors", wrong);
    server.answer("/second/tiny.safetensors", whole(one));
    expect((await fetch("general")).state).toBe("completed");
    expect(await entry(catalogue, "general")).toMatchObject({ isAtHand: true, isVerified: true });
  }
});

test("where no source helps, the problem says what was tried, and nothing is used", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(two));
  const job = await fetch("general");
  const host = server.origin.replace("http://", "");
  expect(job.state).toBe("failed");
  expect(job.problem?.code).toBe("model-not-fetched");
  expect(job.problem?.happened.en).toBe(
    `“Model general” could not be fetched. Tried: ${host} (sent something else than expected), ${host} (does not have it, 404).`,
  );
  expect(job.problem?.happened.ko).toContain("예상과 다른 내용을 보냄");
  expect((await entry(catalogue, "general")).isAtHand).toBe(false);
  await expect(catalogue.open("general")).rejects.toMatchObject({ code: "model-not-at-hand" });
  expect((await readdir(join(library, "models"))).filter((name) => name !== ".downloads")).toEqual(
    [],
  );
});

test("offline: it says so, and the models at hand still open", async () => {
  const { server, catalogue, fetch, library, engine } = await bench();
  server.answer("/grain/tiny.safetensors", whole(two));
  await fetch("grain");
  const offline = new Catalogue({
    libraryDirectory: library,
    engine,
    converter: { run: () => Promise.reject(new Error("Nothing is to be converted.")) },
    check: () => Promise.reject(new Error("Nothing is to be checked.")),
    weights: await (async () => {
      const folder = await temporaryFolder();
      await writeFile(join(folder, "manifest.json"), JSON.stringify(manifest));
      return folder;
    })(),
    mirrors: "https://first.test=http://127.0.0.1:1 https://second.test=http://127.0.0.1:1",
  });
  const [definition] = offline.definitions;
  if (definition === undefined) throw new Error("No kind of job");
  const stop = new AbortController();
  const context = {
    jobId: 1,
    signal: stop.signal,
    restored: null,
    restoredStage: null,
    stage: () => undefined,
    progress: () => undefined,
    checkpoint: () => undefined,
    log: () => undefined,
  };
  await expect(
    definition.prepare({ id: "general", name: "Model general" }).run(context),
  ).rejects.toMatchObject({ code: "offline" });
  expect((await offline.open("grain")).scale).toBe(2);
  expect((await catalogue.open("grain")).scale).toBe(2);
});

test("a file without a known hash is used where its tensors fit, and marked; else it is not", async () => {
  const good = await bench();
  good.server.answer("/unhashed/tiny.safetensors", whole(two));
  expect((await good.fetch("unhashed")).state).toBe("completed");
  expect(await entry(good.catalogue, "unhashed")).toMatchObject({
    isAtHand: true,
    isVerified: false,
  });
  for (const wrong of [Buffer.alloc(two.length, 7), compactModel({ seed: 3, scale: 3 })]) {
    const bad = await bench();
    bad.server.answer("/unhashed/tiny.safetensors", whole(wrong));
    const job = await bad.fetch("unhashed");
    expect(job.problem?.happened.en).toContain("sent another model");
    expect((await entry(bad.catalogue, "unhashed")).isAtHand).toBe(false);
  }
});

test("two wishes for one model are one job", async () => {
  const { server, catalogue, end } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  const [first, second] = await Promise.all([
    catalogue.fetch("general"),
    catalogue.fetch("general"),
  ]);
  await end(first.jobId);
  expect(second.jobId).toBe(first.jobId);
  expect(server.requests).toHaveLength(1);
});

test("Kiln ends in the middle of a fetch: the next one goes on with what has come", async () => {
  const { server, library, catalogue, engine, services } = await bench();
  server.answer("/first/tiny.safetensors", (_, response) => {
    response.writeHead(200, { etag: '"one"', "content-length": one.length });
    response.write(one.subarray(0, 1000));
  });
  await catalogue.fetch("general");
  const part = join(library, "models", ".downloads", "general", "tiny.safetensors");
  await vi.waitFor(() => expect(statSync(part).size).toBe(1000));
  await engine.shutdown();
  server.answer("/first/tiny.safetensors", whole(one));
  const next = new JobEngine(services.engineOptions);
  const again = new Catalogue({ ...services.catalogueServices, engine: next });
  next.begin(again.definitions);
  await vi.waitFor(() => expect(next.list()[0]?.state).toBe("completed"), 10_000);
  await next.shutdown();
  expect(server.requests).toEqual([
    "/first/tiny.safetensors",
    "/first/tiny.safetensors bytes=1000-",
  ]);
  expect(await entry(again, "general")).toMatchObject({ isAtHand: true, isVerified: true });
});

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
    known: [{ id: "4x-ultra-scharf-v2" }],
  });
  expect(await readdir(join(library, "models"))).toEqual(["4x-ultra-scharf-v2"]);
  // What the person brought lies where it lay.
  expect(await readFile(join(folder, "copy.safetensors"))).toEqual(mine);
});

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

test("denoise strength blends two networks, once for each strength", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  server.answer("/grain/tiny.safetensors", whole(two));
  await fetch("general");
  await expect(catalogue.open("general", { denoise: 0.5 })).rejects.toMatchObject({
    code: "model-not-at-hand",
  });
  await fetch("grain");
  const strong = await catalogue.open("general", { denoise: 1 });
  const half = await catalogue.open("general", { denoise: 0.5 });
  const none = await catalogue.open("general", { denoise: 0 });
  expect(strong.path).toBe((await catalogue.open("general")).path);
  expect(none.path).toBe((await catalogue.open("grain")).path);
  const blended = await readFile(half.path);
  expect(half).toMatchObject({ scale: 2, architecture: "compact" });
  expect(blended.equals(await readFile(strong.path))).toBe(false);
  // Made once, and the same bytes if it is made again.
  await utimes(half.path, 1, 1);
  expect((await catalogue.open("general", { denoise: 0.501 })).path).toBe(half.path);
  await rm(half.path);
  expect(await readFile((await catalogue.open("general", { denoise: 0.5 })).path)).toEqual(blended);
  for (const denoise of [0.1, 0.2, 0.3, 0.4, 0.6, 0.7, 0.8, 0.9]) {
    await catalogue.open("general", { denoise });
  }
  expect(await readdir(join(library, "models", ".blends"))).toHaveLength(8);
});

test("what an earlier Kiln left half made is cleared, a broken model is fetched anew", async () => {
  const { server, library, catalogue, fetch } = await bench();
  server.answer("/first/tiny.safetensors", whole(one));
  const models = join(library, "models");
  await mkdir(join(models, ".new-abc"), { recursive: true });
  await mkdir(join(models, ".old-abc"), { recursive: true });
  await mkdir(join(models, ".downloads", "grain"), { recursive: true });
  await mkdir(join(models, ".downloads", "general"), { recursive: true });
  await utimes(join(models, ".downloads", "grain"), 1, 1);
  await mkdir(join(models, "general"));
  await writeFile(join(models, "general", "network.onnx"), "half");
  // What is being made now is not left over.
  const making = new ModelFolder(library);
  const { folder } = await making.begin();
  await making.tidy(Date.now());
  expect(existsSync(folder)).toBe(true);
  await catalogue.tidy();
  expect((await readdir(models)).toSorted()).toEqual([".downloads", "general"]);
  expect(await readdir(join(models, ".downloads"))).toEqual(["general"]);
  expect((await entry(catalogue, "general")).isAtHand).toBe(false);
  expect((await fetch("general")).state).toBe("completed");
  expect((await entry(catalogue, "general")).isAtHand).toBe(true);
});

test("mirrors that are none are said when something is fetched, and the list still shows", async () => {
  const { library, engine } = await bench();
  const catalogue = new Catalogue({
    libraryDirectory: library,
    engine,
    converter: { run: () => Promise.reject(new Error("unused")) },
    check: () => Promise.reject(new Error("unused")),
    mirrors: "registry.npmjs.org",
  });
  expect((await catalogue.list()).map(({ id }) => id)).toContain("x4plus");
  await expect(catalogue.fetch("x4plus")).rejects.toMatchObject({ code: "model-mirrors" });
});
