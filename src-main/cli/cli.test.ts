/** Over 400 lines: the command line as a person meets it, one promise a test. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  readdir,
  rename,
  symlink,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import sharp from "sharp";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { z } from "zod";
import { problemSchema } from "../../src-preload/contract/problem.ts";
import { EditStore, openDatabase } from "../library/index.ts";
import { canBeNobody, nobody } from "../nobody.fixture.ts";
import { snapshot, takeJpeg, takePhotos, temporaryFolder } from "../photos/takes.fixture.ts";
import { makeRaw } from "../photos/worker/raw/raw-fixture.ts";
import { canMountDisks, mountSmallDisk } from "../small-disk.fixture.ts";
import { updateSidecar } from "../xmp/index.ts";

/** As the README says it, and nothing more. */
const localized = z.strictObject({ en: z.string().min(1), ko: z.string().min(1) });
const reportSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      photos: z
        .array(
          z.strictObject({
            path: z.string().startsWith("/"),
            score: z.number(),
            rank: z.int().positive(),
            place: z.int().positive(),
            reason: localized,
            files: z.array(z.string().startsWith("/")).min(1),
            subject: z.strictObject({
              kind: z.enum(["face", "focusPoint", "salient", "frame"]),
              box: z.array(z.number().min(0).max(1)).length(4),
            }),
            measures: z.record(z.string(), z.number()),
          }),
        )
        .min(1),
      verdict: z.enum(["pick", "tooCloseToCall"]),
      pick: z.string().startsWith("/"),
    }),
  ),
  skipped: z.array(z.strictObject({ path: z.string().startsWith("/"), reason: localized })),
  timing: z.record(z.string(), z.number().nonnegative()),
});

interface Options {
  readonly cwd?: string;
  readonly language?: string;
  /** Another user than root. */
  readonly uid?: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** Compiled sources, shared by the many starts of this file. */
const compiled = mkdtempSync(join(tmpdir(), "kiln-cli-compiled-"));
chmodSync(compiled, 0o777);
afterAll(() => rmSync(compiled, { recursive: true }));

/** Types `kiln …`. Where no `--library` is given, Kiln's own place is one that doesn't exist. */
function start(args: readonly string[], { cwd, language = "C.UTF-8", uid }: Options = {}): Running {
  const child = spawn(process.execPath, [join(import.meta.dirname, "cli.fixture.ts"), ...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      LANG: language,
      XDG_CONFIG_HOME: "/nonexistent",
      NODE_COMPILE_CACHE: compiled,
    },
    stdio: ["ignore", "pipe", "pipe"],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = (async () => {
    const [stdout, stderr, [code]] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      once(child, "exit"),
    ]);
    return { code: z.number().nullable().parse(code), stdout, stderr };
  })();
  return { child, ended };
}

function kiln(args: readonly string[], options?: Options) {
  return start(args, options).ended;
}

async function bestcut(...args: string[]) {
  const { code, stdout, stderr } = await kiln(["bestcut", "--json", ...args]);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  // One document, and nothing else.
  return reportSchema.parse(JSON.parse(stdout));
}

/** Paths below `folder`, by group, best first. */
function groupsOf(report: z.infer<typeof reportSchema>, folder: string): string[][] {
  return report.groups.map(({ photos }) => photos.map(({ path }) => path.slice(folder.length + 1)));
}

const burst = {
  "아침 🌅/A1.jpg": { at: 0, scene: 1, blur: 2 },
  "아침 🌅/A2.jpg": { at: 0.3, scene: 1 },
  "아침 🌅/A3.jpg": { at: 0.6, scene: 1, blur: 1 },
  "B1.jpg": { at: 500, scene: 2 },
};

async function folders(): Promise<{ photos: string; library: string }> {
  const parent = await temporaryFolder();
  const photos = join(parent, "photos");
  await mkdir(photos);
  return { photos, library: join(parent, "library") };
}

test("bestcut: groups with the best first, ranks from 1, the pick; nothing is written beside the photos", async () => {
  const { photos, library } = await folders();
  await takePhotos(photos, burst);
  const before = await snapshot(photos);
  const report = await bestcut(photos, "--library", library);
  expect(groupsOf(report, photos)).toEqual([
    ["아침 🌅/A2.jpg", "아침 🌅/A3.jpg", "아침 🌅/A1.jpg"],
    ["B1.jpg"],
  ]);
  for (const { photos: frames, pick } of report.groups) {
    expect(frames.map(({ rank }) => rank)).toEqual(frames.map((_, at) => at + 1));
    expect(frames.map(({ score }) => score)).toEqual(
      frames.map(({ score }) => score).toSorted((a, b) => b - a),
    );
    expect(pick).toBe(frames[0]?.path);
  }
  expect(report.groups[0]?.photos.map(({ place }) => place)).toEqual([2, 3, 1]);
  // The second best says whom it is compared with.
  expect(report.groups[0]?.photos[1]?.reason.en).toContain("#2");
  expect(report.skipped).toEqual([]);
  expect(await snapshot(photos)).toEqual(before);
});

test("paths are meant from where the command is typed; the second time says the same", async () => {
  const { photos, library } = await folders();
  await takePhotos(photos, { "1.jpg": { at: 0 }, "2.jpg": { at: 0.2, blur: 2 } });
  const typed = ["bestcut", ".", "--library", "../library", "--json"];
  const [first, second] = [await kiln(typed, { cwd: photos }), await kiln(typed, { cwd: photos })];
  const reports = [first, second].map(({ stdout }) => reportSchema.parse(JSON.parse(stdout)));
  expect(reports[0]?.groups[0]?.pick).toBe(join(photos, "1.jpg"));
  expect(reports[1]?.groups).toEqual(reports[0]?.groups);
  expect(await readdir(library)).toContain("library.db");
});

test("--as-one takes all as one set, --gap cuts bursts as told", async () => {
  const { photos, library } = await folders();
  await takePhotos(photos, burst);
  const asOne = await bestcut(photos, "--as-one", "--library", library);
  expect(asOne.groups).toHaveLength(1);
  expect(asOne.groups[0]?.photos.map(({ rank }) => rank)).toEqual([1, 2, 3, 4]);
  expect(asOne.groups[0]?.photos.at(-1)).toMatchObject({
    path: join(photos, "아침 🌅/A1.jpg"),
    place: 1,
  });
  const byPlace = asOne.groups[0]?.photos.toSorted((a, b) => a.place - b.place);
  expect(byPlace?.map(({ path }) => path.slice(-6))).toEqual([
    "A1.jpg",
    "A2.jpg",
    "A3.jpg",
    "B1.jpg",
  ]);
  const apart = await bestcut(photos, "--gap", "0.1", "--library", library);
  expect(apart.groups).toHaveLength(4);
  const database = openDatabase(library);
  onTestFinished(() => database.close());
  expect(new EditStore(database).nextUndo()).toBeNull();
});

test("a RAW with its JPEG and sidecar is one photo, with the paths of all its files", async () => {
  const { photos, library } = await folders();
  await writeFile(join(photos, "A1.NEF"), (await makeRaw("nef")).bytes);
  await takePhotos(photos, { "A1.JPG": { at: 0 } });
  await writeFile(join(photos, "A1.xmp"), updateSidecar(null, { rating: 3 }, "A1.xmp"));
  const { groups } = await bestcut(photos, "--library", library);
  const frames = groups.flatMap((group) => group.photos);
  expect(frames.map(({ path }) => path)).toEqual([join(photos, "A1.JPG")]);
  expect(frames.map(({ files }) => files)).toEqual([
    ["A1.JPG", "A1.NEF", "A1.xmp"].map((name) => join(photos, name)),
  ]);
});

test("for a person: one line a burst, what was not read, and the bar on stderr", async () => {
  const { photos, library } = await folders();
  await takePhotos(photos, { "1.jpg": { at: 0 } });
  await writeFile(join(photos, "2.jpg"), "");
  const english = await kiln(["bestcut", photos, "--library", library]);
  expect(english.stdout).toContain(`${join(photos, "1.jpg")}  (1 frame)`);
  expect(english.stdout).toContain("The file is empty (0 bytes).");
  expect(english.stderr).toContain("Read “photos”");
  const korean = await kiln(["bestcut", photos, "--library", library], { language: "ko_KR.UTF-8" });
  expect(korean.stdout).toContain("빈 파일입니다(0바이트).");
});

test("a burst that is too close to call is marked for a person, too", async () => {
  const { photos, library } = await folders();
  await takePhotos(photos, {
    "1.jpg": { at: 0 },
    "2.jpg": { at: 0.3 },
    "3.jpg": { at: 900, scene: 2 },
  });
  const typed = ["bestcut", photos, "--library", library];
  const english = await kiln(typed);
  expect(english.stdout.match(/\(.+?\)/g)).toEqual(["(2 frames; too close to call)", "(1 frame)"]);
  const korean = await kiln(typed, { language: "ko_KR.UTF-8" });
  expect(korean.stdout).toContain("(2장; 우열을 가리기 어려움)");
});

test("every kind of bad file is listed with a clear sentence, and the good ones are ranked", async () => {
  const { photos, library } = await folders();
  await takePhotos(photos, { "good.jpg": { at: 0 }, "한글/좋은 사진 🌸.jpg": { at: 0 } });
  await writeFile(join(photos, "empty.jpg"), "");
  await writeFile(join(photos, "truncated.jpg"), (await takeJpeg({ scene: 4 })).subarray(0, 5000));
  await writeFile(join(photos, "text.jpg"), "Dear photographer,");
  await writeFile(
    join(photos, "png.jpg"),
    await sharp(await takeJpeg({ scene: 5 }))
      .png()
      .toBuffer(),
  );
  await writeFile(join(photos, "animation.gif"), "GIF89a");
  await writeFile(join(photos, "alone.cr2"), "II*\0\x10\0\0\0CR");
  await writeFile(join(photos, "huge.png"), hugePng(30_000));
  await writeFile(join(photos, "2GB.jpg"), "");
  await truncate(join(photos, "2GB.jpg"), 2_254_857_830);
  await symlink("..", join(photos, "loop"));
  await symlink(".", join(photos, "한글", "again"));
  const before = await snapshot(join(photos, "한글"));

  const report = await bestcut(photos, "--library", library);
  const reasons = Object.fromEntries(
    report.skipped.map(({ path, reason }) => [path.slice(photos.length + 1), reason.en]),
  );
  expect(reasons).toEqual({
    "2GB.jpg": "The file is too large: 2.1 GiB, where Kiln opens up to 2.",
    "alone.cr2": "The file ends early: the last part of the photo is missing.",
    "animation.gif": "Kiln can't open GIF files.",
    "empty.jpg": "The file is empty (0 bytes).",
    "text.jpg": "What is inside is not a photo.",
    "truncated.jpg": "The file ends early: the last part of the photo is missing.",
  });
  expect(groupsOf(report, photos).flat().toSorted()).toEqual([
    "good.jpg",
    "huge.png",
    "png.jpg",
    "한글/좋은 사진 🌸.jpg",
  ]);
  expect(await snapshot(join(photos, "한글"))).toEqual(before);
});

test("an empty folder and one with nothing readable are no failure", async () => {
  const { photos, library } = await folders();
  expect(await bestcut(photos, "--library", library)).toMatchObject({ groups: [], skipped: [] });
  const { code, stdout } = await kiln(["bestcut", photos, "--library", library]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: "There are no photos to read.\n" });
  await writeFile(join(photos, "1.jpg"), "");
  for (const option of [[], ["--as-one"]]) {
    const report = await bestcut(photos, "--library", library, ...option);
    expect(report.groups).toEqual([]);
    expect(report.skipped.map(({ path }) => path)).toEqual([join(photos, "1.jpg")]);
  }
});

test("wrong usage exits with 2, says why and how it is meant, and touches nothing", async () => {
  const { photos, library } = await folders();
  const typed = [
    [[], "bestcut"],
    [["frobnicate"], "There is no command “frobnicate”"],
    [["bestcut"], "DIR is missing."],
    [["bestcut", ""], "An argument is empty."],
    [["bestcut", photos, photos], "Too many arguments"],
    [["bestcut", photos, "--fast"], "There is no option --fast."],
    [["bestcut", photos, "--gap", "soon"], "--gap takes seconds"],
    [["bestcut", photos, "--gap", "-1"], "--gap has no value, or one that it doesn't take."],
    [["bestcut", photos, "--gap", "601"], "--gap takes seconds"],
    [["bestcut", photos, "--library"], "--library"],
    [["sample", photos, "--library", library], "Too many arguments"],
  ] as const;
  const results = await Promise.all(typed.map(([args]) => kiln(args, { cwd: photos })));
  for (const [at, [args, sentence]] of typed.entries()) {
    expect({ args, ...results[at] }).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining(sentence),
    });
    expect(results[at]?.stderr).toContain("kiln ");
  }
  expect(await readdir(join(photos, ".."))).toEqual(["photos"]);
});

test("--help answers on stdout, whatever else was typed", async () => {
  for (const [args, sentence] of [
    [["--help"], "kiln bestcut DIR"],
    [["bestcut", "--help"], "--as-one"],
    [["upscale", "--help"], "--existing A"],
    [["models", "--help"], "fetch ID"],
    [["sample", "--fast", "-h"], "kiln sample"],
  ] as const) {
    const { code, stdout, stderr } = await kiln(args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(sentence);
    for (const option of ["--library DIR", "--help"]) {
      expect(stdout.split("\n").some((line) => line.startsWith(`  ${option} `))).toBe(true);
    }
  }
});

test("what can't be done exits with 1 and says what happened and what to do", async () => {
  const { photos, library } = await folders();
  await writeFile(join(photos, "file.jpg"), "");
  const newer = join(library, "..", "newer");
  openDatabase(newer).close();
  const raised = openDatabase(newer);
  raised.sql.pragma("user_version = 999");
  raised.close();
  const beforeNewer = await snapshot(newer);
  const failures = [
    [[join(photos, "none")], "is not there"],
    [[join(photos, "file.jpg")], "is not a folder"],
    [[photos, "--library", join(photos, "file.jpg", "library")], "No library can be in"],
    [[photos, "--library", newer], "was made by a newer version of Kiln"],
  ] as const;
  for (const [args, sentence] of failures) {
    const typed = args.some((arg) => arg === "--library") ? args : [...args, "--library", library];
    const { code, stdout, stderr } = await kiln(["bestcut", "--json", ...typed]);
    expect(code).toBe(1);
    expect(problemSchema.parse(JSON.parse(stdout).problem).happened.en).toContain(sentence);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/Error:|\bat .*:\d+/);
  }
  expect(await snapshot(newer)).toEqual(beforeNewer);
});

test.skipIf(!canBeNobody)(
  "a folder that may not be read fails; one below it is listed",
  async () => {
    const { photos, library } = await folders();
    await takePhotos(photos, { "1.jpg": {}, "shut/2.jpg": {} });
    await chmod(join(photos, "..", "."), 0o777);
    await chmod(join(photos, "shut"), 0);
    onTestFinished(() => chmod(join(photos, "shut"), 0o755));
    const read = await kiln(["bestcut", photos, "--json", "--library", library], nobody);
    expect(read).toMatchObject({ code: 0 });
    const report = reportSchema.parse(JSON.parse(read.stdout));
    expect(groupsOf(report, photos)).toEqual([["1.jpg"]]);
    expect(report.skipped).toEqual([
      {
        path: join(photos, "shut"),
        reason: expect.objectContaining({
          en: `Kiln may not read the folder “${join(photos, "shut")}”.`,
        }),
      },
    ]);
    const shut = await kiln(["bestcut", join(photos, "shut"), "--library", library], nobody);
    expect(shut).toMatchObject({ code: 1, stdout: "" });
    expect(shut.stderr).toContain("may not read the folder");
  },
);

test("while one works: another on its library says so, one on another library works; Ctrl+C ends it with 130", async () => {
  const { photos, library } = await folders();
  await largePhotos(photos, 200);
  const other = await temporaryFolder();
  await takePhotos(other, { "1.jpg": {} });

  const working = start(["bestcut", photos, "--json", "--library", library]);
  await vi.waitUntil(() => hasThumbnail(library), { timeout: 20_000 });
  const [second, beside] = await Promise.all([
    kiln(["bestcut", other, "--library", library]),
    kiln(["bestcut", other, "--json", "--library", join(library, "..", "beside")]),
  ]);
  expect(second).toMatchObject({ code: 1, stdout: "" });
  expect(second.stderr).toContain("is already open in another Kiln");
  expect(beside.code).toBe(0);

  expect(working.child.exitCode).toBeNull();
  working.child.kill("SIGINT");
  expect(await working.ended).toMatchObject({ code: 130, stdout: "" });
  // What it held is free again, and what it had done is kept.
  await rename(photos, `${photos}-away`);
  const after = await kiln(["bestcut", photos, "--library", library]);
  expect(after).toMatchObject({ code: 1 });
  expect(after.stderr).toContain("is not there");
});

test.skipIf(!canMountDisks)(
  "a full disk under the library fails by name, and no photo is blamed (needs root and mount)",
  async () => {
    const { photos } = await folders();
    await largePhotos(photos, 6);
    const library = await mountSmallDisk("size=420k");
    const before = await snapshot(photos);
    const { code, stdout, stderr } = await kiln([
      "bestcut",
      photos,
      "--json",
      "--library",
      library,
    ]);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({
      code: 1,
      problem: { code: expect.stringMatching(/^(library-)?disk-full$/) },
    });
    expect(stderr).toMatch(/The disk that holds Kiln's library.* is full/);
    expect(stderr).not.toMatch(/Error:|\bat .*:\d+/);
    expect(await snapshot(photos)).toEqual(before);
  },
);

/** Photos that take a while, each with bytes of its own. */
async function largePhotos(folder: string, count: number): Promise<void> {
  const first = join(folder, "0.jpg");
  await writeFile(
    first,
    await sharp(await takeJpeg({ at: 0 }))
      .resize(2400)
      .jpeg()
      .toBuffer(),
  );
  for (let n = 1; n < count; n += 1) {
    await copyFile(first, join(folder, `${n}.jpg`));
    await appendFile(join(folder, `${n}.jpg`), `${n}`.padStart(n, " "));
  }
}

async function hasThumbnail(library: string): Promise<boolean> {
  const found = await readdir(join(library, "cache"), { recursive: true }).catch(() => []);
  return found.some((name) => name.endsWith(".jpg"));
}

/** A black one-bit PNG of that many pixels a side. */
function hugePng(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header[8] = 1;
  const rows = Buffer.alloc((1 + Math.ceil(side / 8)) * side);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    pngChunk("IHDR", header),
    pngChunk("IDAT", deflateSync(rows, { level: 1 })),
    pngChunk("IEND", Buffer.alloc(0)),
  ]);
}

function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}
