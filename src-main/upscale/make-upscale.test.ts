/** The making of one result with real children and a small network: what happens in the person's folder. */
import { existsSync } from "node:fs";
import { link, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, expect, test, vi } from "vitest";
import { reservationFor, type UpscaleRecord } from "../library/index.ts";
import type { ImageWorkerMethods } from "../photos/index.ts";
import { takeJpeg, temporaryFolder } from "../photos/takes.fixture.ts";
import { canMountDisks, mountSmallDisk } from "../small-disk.fixture.ts";
import type { RunOptions } from "../workers/index.ts";
import {
  discardWork,
  type MakeOptions,
  type MakeServices,
  makeUpscale,
  type RestPoint,
  workDirectory,
} from "./make-upscale.ts";
import { placedBefore, placeResult, unfinishedFile } from "./place-result.ts";
import { UpscaleBench } from "./upscale.fixture.ts";

const bench = new UpscaleBench();
const network = bench.network({ architecture: "compact", scale: 2 });
afterAll(() => bench[Symbol.asyncDispose]());

const version = "0123456789abcdef01234567";
const photo = await takeJpeg({ scene: 1 });
const source = { width: 384, height: 256 };

/** A result to be made of a photo, and the folder that it goes to, with nothing in it. */
async function plan(patch: Partial<UpscaleRecord> = {}) {
  const [library, from, folder] = [
    await temporaryFolder(),
    await temporaryFolder(),
    await temporaryFolder(),
  ];
  const sourcePath = join(from, "a.jpg");
  await writeFile(sourcePath, photo);
  const record: UpscaleRecord = {
    id: 1,
    photoId: null,
    sourcePath,
    folder,
    baseName: "a-2x",
    settings: {
      model: "random",
      denoise: 1,
      target: { by: "scale", scale: 2 },
      format: "png",
      quality: 92,
      metadata: "all",
    },
    modelName: "Random",
    sourceWidth: source.width,
    sourceHeight: source.height,
    width: 2 * source.width,
    height: 2 * source.height,
    note: null,
    version,
    path: null,
    status: "processing",
    jobId: 1,
    isGone: false,
    ...patch,
  };
  return { library, folder: record.folder, record };
}

interface Turns {
  /** Called with each call to the image worker before it is made, and after. */
  readonly before?: (method: string) => unknown;
  readonly after?: (method: string) => unknown;
  readonly beforeNetwork?: () => unknown;
}

function servicesOf(directory: string, { before, after, beforeNetwork }: Turns = {}): MakeServices {
  return {
    directory,
    images: {
      async run<M extends keyof ImageWorkerMethods & string>(
        method: M,
        input: ImageWorkerMethods[M]["input"],
        options?: RunOptions<ImageWorkerMethods[M]["progress"]>,
      ): Promise<ImageWorkerMethods[M]["output"]> {
        await before?.(method);
        const output = await bench.images.run(method, input, options);
        await after?.(method);
        return output;
      },
    },
    upscaler: {
      async run(...call: Parameters<typeof bench.pool.run>) {
        await beforeNetwork?.();
        return bench.pool.run(...call) as never;
      },
    },
    openModel: () => Promise.resolve(network),
    currentProvider: () => Promise.resolve("cpu"),
    rotationOf: () => 0,
    freeMemory: () => 1e9,
  };
}

function optionsOf(patch: Partial<MakeOptions> = {}): MakeOptions {
  const quiet = { tag: "", rest: null, onProgress: () => undefined, onRest: () => undefined };
  return { signal: new AbortController().signal, ...quiet, ...patch };
}

test("a file that takes the name meanwhile is kept byte for byte; the result gets the next", async () => {
  const { library, folder, record } = await plan();
  const foreign = new Map([
    ["a-2x.png", "somebody's"],
    ["a-2x (2).png", ""],
  ]);
  const services = servicesOf(library, {
    after: async (method) => {
      if (method !== "pyramid") return;
      for (const [name, bytes] of foreign) await writeFile(join(folder, name), bytes);
    },
  });
  const made = await makeUpscale(services, record, optionsOf());
  expect(made.path).toBe(join(folder, "a-2x (3).png"));
  expect(made.bytes).toBe((await stat(made.path)).size);
  expect(await sharp(made.path).metadata()).toMatchObject({ width: 768, height: 512 });
  expect((await readdir(folder)).toSorted()).toEqual(
    [...foreign.keys(), "a-2x (3).png"].toSorted(),
  );
  for (const [name, bytes] of foreign) {
    expect(await readFile(join(folder, name), "utf8")).toBe(bytes);
  }
});

test("nothing has the result's name before it is whole, and no reading would see what is written", async () => {
  const { library, folder, record } = await plan();
  const seen: string[][] = [];
  const services = servicesOf(library, {
    after: async () => {
      seen.push(await readdir(folder));
    },
  });
  await makeUpscale(services, record, optionsOf());
  const unfinished = `.kiln-${version}.partial`;
  expect(seen).toEqual([[], [unfinished], [unfinished]]);
  expect(await readdir(folder)).toEqual(["a-2x.png"]);
});

test("a cancel while the file is written leaves nothing; later it goes on from the networks' result", async () => {
  // An encoder that takes its time.
  const { library, folder, record } = await plan();
  const settings = { ...record.settings, format: "avif" } as const;
  const controller = new AbortController();
  let rest: RestPoint | null = null;
  const making = makeUpscale(
    servicesOf(library),
    { ...record, settings },
    optionsOf({
      signal: controller.signal,
      onRest: (value) => {
        rest = value;
      },
    }),
  );
  await vi.waitFor(() => expect(existsSync(unfinishedFile(record))).toBe(true), {
    timeout: 60_000,
    interval: 5,
  });
  controller.abort();
  await expect(making).rejects.toMatchObject({ name: "AbortError" });
  expect(await readdir(folder)).toEqual([]);

  const calls: string[] = [];
  const services = servicesOf(library, { before: (method) => calls.push(method) });
  const { path } = await makeUpscale(services, { ...record, settings }, optionsOf({ rest }));
  expect(calls).toEqual(["encode", "pyramid"]);
  expect(await readdir(folder)).toEqual(["a-2x.avif"]);
  expect(await sharp(path).metadata()).toMatchObject({ width: 768, height: 512 });
});

test("tiles that can't be made fail no result", async () => {
  const { library, folder, record } = await plan();
  await writeFile(join(library, "cache"), "no folder");
  await makeUpscale(servicesOf(library), record, optionsOf());
  expect(await readdir(folder)).toEqual(["a-2x.png"]);
});

test.each([
  ["of another size", await sharp(photo).resize(200, 100).jpeg().toBuffer()],
  ["turned", await sharp(photo).rotate(90).jpeg().toBuffer()],
])("an original that was replaced by one %s is not distorted, it is said", async (_, bytes) => {
  const { library, folder, record } = await plan();
  await writeFile(record.sourcePath, bytes);
  await expect(makeUpscale(servicesOf(library), record, optionsOf())).rejects.toMatchObject({
    code: "original-changed",
    happened: { en: expect.stringContaining("“a.jpg”") },
  });
  expect(await readdir(folder)).toEqual([]);
});

test("an original that is gone is said", async () => {
  const { library, record } = await plan();
  await rm(record.sourcePath);
  await expect(makeUpscale(servicesOf(library), record, optionsOf())).rejects.toMatchObject({
    code: "file-missing",
    happened: { en: "The file is no longer there." },
  });
});

test("a folder that went away meanwhile is said", async () => {
  const { library, folder, record } = await plan();
  for (const method of ["encode", "pyramid"]) {
    await mkdir(folder, { recursive: true });
    const services = servicesOf(library, {
      before: async (next) => {
        if (next === method) await rm(folder, { recursive: true });
      },
    });
    await expect(makeUpscale(services, record, optionsOf())).rejects.toMatchObject({
      code: "output-folder-gone",
    });
  }
});

/** What a run leaves that ended right after its networks, with the result's bytes under the temporary name. */
async function encoded() {
  const { library, folder, record } = await plan();
  const directory = workDirectory({ directory: library }, record);
  await mkdir(directory, { recursive: true });
  await writeFile(unfinishedFile(record), "the picture");
  const path = join(folder, "a-2x.png");
  return { library, folder, record, directory, path };
}

test("killed after the move: it is known again, and not made twice", async () => {
  const { library, folder, record, directory } = await encoded();
  expect(await placedBefore(record, directory)).toBeNull();
  const note = { en: "A note.", ko: "메모." };
  const placed = await placeResult(record, directory, note);
  expect(await placedBefore(record, directory)).toEqual(placed);
  const services = servicesOf(library, { before: (method) => expect.unreachable(method) });
  const made = await makeUpscale(services, record, optionsOf());
  expect(made).toEqual({ ...placed, note, width: record.width, height: record.height });
  expect(await readdir(folder)).toEqual(["a-2x.png"]);
  // The person's by now: another file, whatever it is called.
  await writeFile(placed.path, "retouched by the person");
  expect(await placedBefore(record, directory)).toBeNull();
  await writeFile(placed.path, "the_picture");
  await utimes(placed.path, 1, 1);
  expect(await placedBefore(record, directory)).toBeNull();
  await rm(placed.path);
  expect(await placedBefore(record, directory)).toBeNull();
});

test("killed in the middle of the move: two names become one, a reserved name becomes free", async () => {
  const { folder, record, directory, path } = await encoded();
  const placed = await placeResult(record, directory, null);
  await link(path, unfinishedFile(record));
  expect(await placedBefore(record, directory)).toEqual(placed);
  expect(await readdir(folder)).toEqual(["a-2x.png"]);

  // Without hard links the name is taken by what says so.
  await writeFile(unfinishedFile(record), "the picture");
  await writeFile(path, reservationFor(version).slice(0, 20));
  expect(await placedBefore(record, directory)).toBeNull();
  expect(await readdir(folder)).toEqual([`.kiln-${version}.partial`]);

  // Before it: what has the name is somebody's.
  await writeFile(path, "somebody's");
  expect(await placedBefore(record, directory)).toBeNull();
  expect(await readFile(path, "utf8")).toBe("somebody's");
  await discardWork({ directory: join(directory, "..", "..", "..") }, record);
  expect(await readdir(folder)).toEqual(["a-2x.png"]);
  expect(existsSync(directory)).toBe(false);
});

test("what was written down half says nothing", async () => {
  const { record, directory } = await encoded();
  for (const text of ["", '{"path":"/', "{}"]) {
    await writeFile(join(directory, "move.json"), text);
    expect(await placedBefore(record, directory)).toBeNull();
  }
  expect((await placeResult(record, directory, null)).bytes).toBe(11);
});

test.skipIf(!canMountDisks)(
  "a full disk for results: said, and nothing is left on it (needs root)",
  async () => {
    const folder = await mountSmallDisk("size=300k");
    const { library, record } = await plan({ folder });
    await writeFile(join(folder, "a-2x.png"), "somebody's");
    await expect(makeUpscale(servicesOf(library), record, optionsOf())).rejects.toMatchObject({
      code: "disk-full",
      todo: { en: expect.stringContaining("choose another folder") },
    });
    expect(await readdir(folder)).toEqual(["a-2x.png"]);
    expect(await readFile(join(folder, "a-2x.png"), "utf8")).toBe("somebody's");
  },
);

/** Of which nothing is free any more. */
async function fill(place: string): Promise<void> {
  await writeFile(join(place, "filler"), Buffer.alloc(90 * 2 ** 20)).catch(() => undefined);
}

test.skipIf(!canMountDisks).each([
  ["decoded", "rasterise"],
  ["run", "network"],
  ["encoded", "encode"],
  ["placed", "pyramid"],
] as const)(
  "the library's disk full while it is %s: said as such, and nothing is left in the folder (needs root)",
  async (_, step) => {
    const library = await mountSmallDisk("size=80m");
    const { folder, record } = await plan();
    const services = servicesOf(library, {
      before: (method) => (method === step ? fill(library) : undefined),
      ...(step === "network" && { beforeNetwork: () => fill(library) }),
    });
    const making = makeUpscale(services, record, optionsOf());
    await expect(making).rejects.toMatchObject({
      code: "disk-full",
      happened: { en: expect.stringMatching(/the disk that holds Kiln's library/i) },
      todo: { en: expect.stringMatching(/^Free some space on it/) },
    });
    expect(await readdir(folder)).toEqual([]);
  },
);
