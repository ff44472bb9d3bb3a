/** Upscaling as a window or the command line meets it: through the door, with the model that ships. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import sharp from "sharp";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { upscaleLevels } from "../src-preload/contract/media.ts";
import type { UpscaleRow, UpscaleSettings } from "../src-preload/contract/upscale.ts";
import { takeJpeg, temporaryFolder } from "./photos/takes.fixture.ts";
import { makeRaw, rawPictures } from "./photos/worker/raw/raw-fixture.ts";
import { writeSource } from "./photos/worker/upscale/fidelity.fixture.ts";
import { createRouter } from "./router.ts";
import { openServices } from "./services.fixture.ts";
import { canMountDisks, mountSmallDisk } from "./small-disk.fixture.ts";

const settings: UpscaleSettings = {
  model: "general-x4v3",
  denoise: 1,
  target: { by: "scale", scale: 4 },
  format: "png",
  quality: 92,
  metadata: "all",
};
const placement = { pattern: "{name}-{scale}x", existing: "skip" } as const;

/** Where this file's trash is. */
const dataHome = mkdtempSync(join(tmpdir(), "kiln-upscales-"));
const before = process.env.XDG_DATA_HOME;
process.env.XDG_DATA_HOME = dataHome;
afterAll(() => {
  if (before === undefined) delete process.env.XDG_DATA_HOME;
  else process.env.XDG_DATA_HOME = before;
  rmSync(dataHome, { recursive: true });
});

/** A Kiln without a window, over a folder of photos that has been read. */
async function openKiln(photos: Readonly<Record<string, Buffer>>, library?: string) {
  const libraryDirectory = library ?? (await temporaryFolder());
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(photos)) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
  const services = openServices(libraryDirectory);
  onTestFinished(() => services.close());
  const client = createRouterClient(createRouter(services));
  const token = services.sources.issue([folder]);
  const { rootId, jobId } = await client.library.import({
    token,
    mode: "reference",
    headersOnly: true,
  });
  await services.engine.whenEnded(jobId);
  const { photos: rows } = await client.photos.changes({ rootId, since: 0 });
  const idOf = (name: string): number => rows.find((row) => row.name === name)?.id ?? 0;
  const results = async (): Promise<UpscaleRow[]> =>
    (await client.upscales.changes({ since: 0 })).upscales;
  return { services, client, folder, libraryDirectory, rows, idOf, results };
}

test("a photo becomes a larger one that belongs to it, with tiles to look at and its own metadata", async () => {
  const exif = {
    IFD0: { Make: "Kiln" },
    IFD3: { GPSLatitudeRef: "N", GPSLatitude: "37/1 33/1 0/1" },
  };
  const photo = await sharp(await takeJpeg({ scene: 1 }))
    .resize(36, 24)
    .withExif(exif)
    .jpeg()
    .toBuffer();
  const { services, client, idOf, results, libraryDirectory } = await openKiln({ "a.jpg": photo });
  const photoIds = [idOf("a.jpg")];
  const request = { photoIds, settings, placement, destination: null };

  const forecast = await client.upscales.forecast(request);
  expect(forecast.folder).toBe(join(libraryDirectory, "upscaled"));
  expect(forecast.photos).toMatchObject([
    { sourceWidth: 36, width: 144, height: 96, name: "a-4x.png", exists: false, problem: null },
  ]);
  // Nobody waits for a test of drivers; asked again when that is over, it is known.
  expect(forecast.seconds).toBeNull();
  await client.upscales.providers();
  expect((await client.upscales.forecast(request)).seconds).toBeGreaterThan(0);
  expect(await results()).toEqual([]);

  const { jobId, upscaleIds } = await client.upscales.start(request);
  // Asked for once more, it is the same one.
  expect(await client.upscales.start(request)).toEqual({ jobId, upscaleIds, skipped: [] });
  expect(await services.engine.whenEnded(jobId)).toMatchObject({ state: "completed" });
  const [row] = await results();
  expect(row).toMatchObject({
    id: upscaleIds[0],
    photoId: photoIds[0],
    status: "completed",
    width: 144,
    height: 96,
    name: "a-4x.png",
  });
  const path = row?.path ?? "";
  const made = await sharp(path).metadata();
  expect(made).toMatchObject({ width: 144, height: 96, format: "png" });
  expect(made.exif?.includes("Kiln")).toBe(true);
  // It looks like its original: no shift, no other colours.
  const small = await sharp(path).resize(36, 24).raw().toBuffer();
  const original = await sharp(photo).raw().toBuffer();
  const off = small.reduce((sum, value, i) => sum + Math.abs(value - (original[i] ?? 0)), 0);
  expect(off / small.length).toBeLessThan(12);

  const tile = await services.upscaling.results.tile(row?.id ?? 0, 0, 0, 0);
  expect(await sharp(tile?.path).metadata()).toMatchObject({ width: 144, height: 96 });
  expect(await services.upscaling.results.tile(row?.id ?? 0, 1, 0, 0)).toBeNull();
  // Tiles are a cache: made again from the file.
  await rm(join(libraryDirectory, "cache"), { recursive: true });
  expect(await services.upscaling.results.tile(row?.id ?? 0, 0, 0, 0)).toEqual(tile);
  expect(await readdir(join(libraryDirectory, "work", "upscale"))).toEqual([]);

  // Skipped where it is there, renamed where that is asked for, never replaced.
  await expect(client.upscales.start(request)).rejects.toMatchObject({
    code: "nothing-to-upscale",
  });
  const renamed = await client.upscales.forecast({
    ...request,
    placement: { ...placement, existing: "rename" },
  });
  expect(renamed.photos).toMatchObject([{ name: "a-4x (2).png", exists: true }]);

  // Either can be deleted.
  await client.upscales.remove({ upscaleId: row?.id ?? 0 });
  expect(await results()).toEqual([]);
  expect(await readdir(join(libraryDirectory, "upscaled"))).toEqual([]);
  expect(await readdir(join(dataHome, "Trash", "files"))).toEqual(["a-4x.png"]);
});

test("of a batch the bad photo says why, the others are made; the job is no failure", async () => {
  const small = await sharp(await takeJpeg({ scene: 2 }))
    .resize(20, 16)
    .jpeg()
    .toBuffer();
  // Its header is sound, so that only decoding finds it out.
  const damaged = await sharp(await takeJpeg({ scene: 2 }))
    .resize(64, 64)
    .png()
    .toBuffer();
  damaged.fill(0x55, damaged.length / 2, damaged.length / 2 + 64);
  const { services, client, rows, idOf, results } = await openKiln({
    "a/x.jpg": small,
    "b/x.jpg": small,
    "broken.png": damaged,
    "cut.jpg": small.subarray(0, small.length - 200),
    "wide.png": await sharp({ create: { width: 9000, height: 1, channels: 3, background: "red" } })
      .png()
      .toBuffer(),
  });
  const photoIds = rows.map(({ id }) => id);
  const { jobId, skipped } = await client.upscales.start({
    photoIds,
    settings: { ...settings, format: "webp", target: { by: "scale", scale: 2 } },
    placement,
    destination: null,
  });
  expect(skipped.toSorted((x, y) => x.reason.en.localeCompare(y.reason.en))).toEqual([
    {
      photoId: idOf("wide.png"),
      reason: expect.objectContaining({ en: expect.stringContaining("WebP") }),
    },
    {
      photoId: idOf("cut.jpg"),
      reason: expect.objectContaining({ en: expect.stringContaining("ends early") }),
    },
  ]);
  const job = await services.engine.whenEnded(jobId);
  expect(job.state).toBe("completed");
  expect(job.message.en).toBe("2 photos upscaled, 1 failed");
  const all = await results();
  // Two photos of one name get two names.
  expect(all.map(({ status, name }) => [status, name]).toSorted()).toEqual([
    ["completed", "x-2x (2).webp"],
    ["completed", "x-2x.webp"],
    ["failed", null],
  ]);
  expect(all.find(({ status }) => status === "failed")?.problem?.happened.ko).toMatch(/[가-힣]/);
});

test("a cancelled job says so of its photos and leaves nothing; it can be retried", async () => {
  const photo = await sharp(await takeJpeg({ scene: 3 }))
    .resize(240, 160)
    .jpeg()
    .toBuffer();
  const { services, client, idOf, results, libraryDirectory } = await openKiln({ "a.jpg": photo });
  const { jobId, upscaleIds } = await client.upscales.start({
    photoIds: [idOf("a.jpg")],
    settings: { ...settings, tile: 40 },
    placement,
    destination: null,
  });
  await vi.waitFor(async () => expect((await results())[0]?.status).toBe("processing"), 20_000);
  await client.jobs.cancel({ jobId });
  await vi.waitFor(async () =>
    expect((await results())[0]).toMatchObject({
      status: "failed",
      problem: { code: "upscale-cancelled" },
    }),
  );
  expect(await readdir(join(libraryDirectory, "upscaled"))).toEqual([]);
  await vi.waitFor(async () => {
    expect(await readdir(join(libraryDirectory, "work", "upscale"))).toEqual([]);
  });
  const again = await client.upscales.retry({ upscaleIds });
  expect((await services.engine.whenEnded(again.jobId)).state).toBe("completed");
  expect((await results())[0]?.status).toBe("completed");
}, 120_000);

test("what is being made stays on the list, what waits can go; the job counts what it made", async () => {
  const photo = await sharp(await takeJpeg({ scene: 3 }))
    .resize(240, 160)
    .jpeg()
    .toBuffer();
  const { services, client, rows, results } = await openKiln({ "a.jpg": photo, "b.jpg": photo });
  const { jobId, upscaleIds } = await client.upscales.start({
    photoIds: rows.map(({ id }) => id),
    settings: { ...settings, tile: 80 },
    placement,
    destination: null,
  });
  const [first = 0, second = 0] = upscaleIds;
  await vi.waitFor(
    async () => expect((await results()).find(({ id }) => id === first)?.status).toBe("processing"),
    20_000,
  );
  await expect(client.upscales.remove({ upscaleId: first })).rejects.toMatchObject({
    code: "upscale-in-progress",
  });
  await client.upscales.remove({ upscaleId: second });
  const job = await services.engine.whenEnded(jobId);
  expect(job).toMatchObject({ state: "completed", message: { en: "1 photo upscaled" } });
  expect(await results()).toMatchObject([{ id: first, status: "completed" }]);
}, 120_000);

test("asked for twice at once, it is made once; made again after its file was deleted, it is on the list once", async () => {
  const photo = await sharp(await takeJpeg({ scene: 2 }))
    .resize(24, 16)
    .jpeg()
    .toBuffer();
  const { services, client, rows, results } = await openKiln({
    "a/x.jpg": photo,
    "b/x.jpg": photo,
  });
  const photoIds = rows.map(({ id }) => id);
  const request = { photoIds, settings, placement, destination: null };
  const [one, other] = await Promise.all([
    client.upscales.start(request),
    client.upscales.start(request),
  ]);
  expect(other).toEqual(one);
  await services.engine.whenEnded(one.jobId);
  const made = await results();
  expect(made.map(({ name }) => name).toSorted()).toEqual(["x-4x (2).png", "x-4x.png"]);
  for (const { path } of made) await rm(path ?? "");
  const again = await client.upscales.start(request);
  const ended = await services.engine.whenEnded(again.jobId);
  expect(ended).toMatchObject({ state: "completed", message: { en: "2 photos upscaled" } });
  expect((await results()).map(({ id, status }) => [id, status]).toSorted()).toEqual(
    again.upscaleIds.map((id) => [id, "completed"]),
  );
});

test.skipIf(!canMountDisks)(
  "a library's disk too full for the work: said of each photo, and nothing is left of it (needs root)",
  async () => {
    const library = await mountSmallDisk("size=64m");
    const photo = await takeJpeg({ scene: 3 });
    const { services, client, rows, results } = await openKiln({ "a.jpg": photo }, library);
    const out = await temporaryFolder();
    const { jobId } = await client.upscales.start({
      photoIds: rows.map(({ id }) => id),
      settings,
      placement,
      destination: services.sources.issue([out]),
    });
    const job = await services.engine.whenEnded(jobId);
    expect(job).toMatchObject({ state: "failed", problem: { code: "disk-full" } });
    const [row] = await results();
    expect(row?.problem?.happened.en).toContain("disk that holds Kiln's library");
    expect(row?.problem?.happened.ko).toContain("Kiln 라이브러리가 있는 디스크");
    expect(await readdir(join(library, "work", "upscale"))).toEqual([]);
    expect(await readdir(out)).toEqual([]);
  },
);

test.skipIf(!canMountDisks)(
  "a library's disk that becomes full half way: the job says so, Kiln lives on, and it can be retried (needs root)",
  async () => {
    const library = await mountSmallDisk("size=90m");
    const photo = await sharp(await takeJpeg({ scene: 3 }))
      .resize(240, 160)
      .jpeg()
      .toBuffer();
    const { services, client, rows, results } = await openKiln({ "a.jpg": photo }, library);
    const out = await temporaryFolder();
    const { jobId, upscaleIds } = await client.upscales.start({
      photoIds: rows.map(({ id }) => id),
      settings: { ...settings, tile: 40 },
      placement,
      destination: services.sources.issue([out]),
    });
    await vi.waitFor(
      async () =>
        expect(await readdir(join(library, "work", "upscale")).catch(() => [])).toHaveLength(1),
      60_000,
    );
    const filler = join(library, "filler");
    await writeFile(filler, Buffer.alloc(90 * 2 ** 20)).catch(() => undefined);
    const job = await services.engine.whenEnded(jobId);
    expect(job.state).toBe("failed");
    expect(job.problem?.code).toMatch(/^(library-)?disk-full$/);
    await rm(filler);
    await client.jobs.retry({ jobId });
    const again = await services.engine.whenEnded(jobId);
    expect(again.state).toBe("completed");
    expect(await results()).toMatchObject([{ id: upscaleIds[0], status: "completed" }]);
    expect(await readdir(out)).toEqual(["a-4x.png"]);
    expect(await readdir(join(library, "work", "upscale"))).toEqual([]);
  },
  120_000,
);

test("pieces are made once, with each model, and are the photo's own", async () => {
  const photo = await sharp(await takeJpeg({ scene: 4 }))
    .resize(120, 80)
    .jpeg()
    .toBuffer();
  const { services, client, idOf, results } = await openKiln({ "a.jpg": photo });
  const request = {
    photoId: idOf("a.jpg"),
    model: "general-x4v3",
    denoise: 1,
    x: 0,
    y: 1,
    edge: 64,
  };
  const crop = await client.upscales.crop(request);
  expect(crop).toMatchObject({ sourceWidth: 64, width: 256, box: [0, 0.2, 64 / 120, 0.8] });
  const before = await services.upscaling.results.crop(crop.key, "before");
  const cut = await sharp(photo)
    .extract({ left: 0, top: 16, width: 64, height: 64 })
    .raw()
    .toBuffer();
  expect(await sharp(before?.path).raw().toBuffer()).toEqual(cut);
  const after = await services.upscaling.results.crop(crop.key, "after");
  expect(await sharp(after?.path).metadata()).toMatchObject({ width: 256, height: 256 });
  expect((await client.upscales.crop(request)).key).toBe(crop.key);

  // What is shown is what is made.
  const { jobId } = await client.upscales.start({
    photoIds: [request.photoId],
    settings,
    placement,
    destination: null,
  });
  await services.engine.whenEnded(jobId);
  const [row] = await results();
  const made = sharp(row?.path ?? "").extract({ left: 0, top: 64, width: 256, height: 256 });
  expect(await sharp(after?.path).raw().toBuffer()).toEqual(await made.raw().toBuffer());
  await expect(client.upscales.crop({ ...request, model: "x4plus" })).rejects.toMatchObject({
    code: "model-not-at-hand",
  });
});

test("a black-and-white photo that is stored as RGB gets no cast", async () => {
  const grey = await sharp(await takeJpeg({ scene: 6 }))
    .resize(40, 30)
    .grayscale()
    .toColourspace("srgb")
    .png()
    .toBuffer();
  expect((await sharp(grey).metadata()).channels).toBe(3);
  const { services, client, idOf, results } = await openKiln({ "a.png": grey });
  const { jobId } = await client.upscales.start({
    photoIds: [idOf("a.png")],
    settings,
    placement,
    destination: null,
  });
  await services.engine.whenEnded(jobId);
  const [row] = await results();
  const { data, info } = await sharp(row?.path ?? "")
    .raw()
    .toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(3);
  const isGrey = (at: number): boolean => data[at] === data[at + 1] && data[at] === data[at + 2];
  expect(Array.from({ length: data.length / 3 }, (_, i) => i * 3).every(isGrey)).toBe(true);
});

test("as many pixels are planned with as are decoded, of every format and however it lies or is turned", async () => {
  const folder = await temporaryFolder();
  const photos: Record<string, Buffer> = {};
  for (const orientation of [1, 6]) {
    for (const format of ["jpeg", "png", "webp", "avif", "tiff"] as const) {
      const path = join(folder, `${orientation}.${format}`);
      await writeSource(path, { format, kind: "RGB", bits: 8 }, null, orientation);
      photos[`${format}-${orientation}.${format}`] = await readFile(path);
    }
    const pictures = await rawPictures(orientation);
    const raw = await makeRaw("cr2", { pictures, orientation, size: [3000, 1800] });
    photos[`raw-${orientation}.cr2`] = raw.bytes;
  }
  const { services, client, rows } = await openKiln(photos);
  expect(rows).toHaveLength(12);
  for (const rotation of [0, 90, 180, 270] as const) {
    await client.edits.decide({ photoIds: rows.map(({ id }) => id), rotation });
    const request = { photoIds: rows.map(({ id }) => id), settings, placement, destination: null };
    const forecast = await client.upscales.forecast(request);
    for (const { photoId, sourceWidth, sourceHeight } of forecast.photos) {
      const path = services.photos.primaryFile(photoId)?.path ?? "";
      const work = { path, directory: join(folder, "work"), rotation };
      const { raster } = await services.images.run("rasterise", work);
      expect([path, sourceWidth, sourceHeight]).toEqual([path, raster.width, raster.height]);
    }
  }
});

test("levels of a result", () => {
  expect([1, 512, 513, 1024, 1025, 40_000].map((edge) => upscaleLevels(edge, 1))).toEqual([
    1, 1, 2, 2, 3, 8,
  ]);
});

/** `kiln upscale` in a process of its own, from its sources. */
function kiln(args: readonly string[]): ChildProcess & { readonly output: () => string } {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "cli", "cli.fixture.ts"), "upscale", ...args],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += String(chunk);
  });
  return Object.assign(child, { output: () => output });
}

test("kill -9 in the middle, started again: the same bytes as undisturbed, and once", async () => {
  const folder = await temporaryFolder();
  const photo = join(folder, "a.jpg");
  await writeFile(
    photo,
    await sharp(await takeJpeg({ scene: 5 }))
      .resize(120, 120)
      .jpeg()
      .toBuffer(),
  );
  const run = async (name: string) => {
    const library = join(folder, `library-${name}`);
    const out = join(folder, name);
    const how = ["--tile", "20", "--name", "{name}-{scale}x"];
    const args = [photo, "--out", out, ...how, "--json", "--library", library];
    return { library, out, args };
  };
  const calm = await run("calm");
  const shrunk = (path: string) => sharp(path).resize(24, 24).removeAlpha().raw().toBuffer();
  const undisturbed = kiln(calm.args);
  await once(undisturbed, "exit");
  expect(JSON.parse(undisturbed.output())).toMatchObject({ outputs: [{ width: 480 }] });

  // Every tile lies where it belongs.
  const [small, original] = [await shrunk(join(calm.out, "a-4x.png")), await shrunk(photo)];
  const off = small.reduce((sum, value, i) => sum + Math.abs(value - (original[i] ?? 0)), 0);
  expect(off / small.length).toBeLessThan(6);

  const rough = await run("rough");
  const killed = kiln(rough.args);
  // Some rows are safely there, others are not.
  await vi.waitFor(
    async () => {
      const places = await readdir(join(rough.library, "work", "upscale"));
      const place = join(rough.library, "work", "upscale", places[0] ?? "");
      const target = await readFile(join(place, "run-0.tif"));
      const at = (share: number) =>
        target.subarray(-Math.round((1 - share) * 480 * 480 * 3)).subarray(0, 999);
      expect(at(0.3).some((byte) => byte !== 0)).toBe(true);
      expect(at(0.9).every((byte) => byte === 0)).toBe(true);
    },
    { timeout: 60_000, interval: 20 },
  );
  killed.kill("SIGKILL");
  await once(killed, "exit");
  const again = kiln(rough.args);
  await once(again, "exit");
  expect(JSON.parse(again.output())).toMatchObject({ outputs: [{ width: 480 }], skipped: [] });
  const digest = async (out: string) =>
    createHash("sha256")
      .update(await readFile(join(out, "a-4x.png")))
      .digest("hex");
  expect(await readdir(rough.out)).toEqual(["a-4x.png"]);
  expect(await digest(rough.out)).toBe(await digest(calm.out));
}, 180_000);

test("kill -9 while the file is written, started again: the result, and nothing beside it", async () => {
  const folder = await temporaryFolder();
  const photo = join(folder, "a.jpg");
  await writeFile(
    photo,
    await sharp(await takeJpeg({ scene: 5 }))
      .resize(120, 120)
      .jpeg()
      .toBuffer(),
  );
  const out = join(folder, "out");
  const library = join(folder, "library");
  const how = ["--format", "avif", "--name", "{name}", "--json"];
  const args = [photo, "--out", out, ...how, "--library", library];
  const killed = kiln(args);
  await vi.waitFor(async () => expect(await readdir(out)).toHaveLength(1), {
    timeout: 120_000,
    interval: 5,
  });
  killed.kill("SIGKILL");
  await once(killed, "exit");
  expect(await readdir(out)).toEqual([expect.stringMatching(/^\.kiln-[0-9a-f]+\.partial$/)]);
  const again = kiln(args);
  await once(again, "exit");
  expect(JSON.parse(again.output())).toMatchObject({ outputs: [{ width: 480 }], skipped: [] });
  expect(await readdir(out)).toEqual(["a.avif"]);
  expect(await sharp(join(out, "a.avif")).metadata()).toMatchObject({ width: 480, height: 480 });
}, 180_000);
