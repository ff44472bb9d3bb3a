import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import type { Box } from "../../../src-preload/contract/photos.ts";
import { createInferencePool, FACE_WINDOW_EDGE } from "../../inference/index.ts";
import { SCENES } from "../../sample/index.ts";
import { forkLauncher } from "../../workers/index.ts";
import type { Frame } from "../worker/decode.ts";
import {
  hangPainting,
  overlap,
  paintScene,
  portray,
  type Sitter,
  spoil,
} from "./portrait.fixture.ts";
import { everywhere, glance, near } from "./windows.ts";

const sources = join(import.meta.dirname, "..", "..");
const leftovers = new Set<() => Promise<void> | void>();

afterEach(async () => {
  for (const clear of leftovers) await clear();
  leftovers.clear();
});

function createPool(entry = join(sources, "inference", "inference-worker.ts")) {
  const pool = createInferencePool({ launcher: forkLauncher(), entry });
  leftovers.add(() => pool[Symbol.asyncDispose]());
  return pool;
}

const scene = paintScene("town", 1, 1500, 1000);

describe("a face", () => {
  const sitters: readonly [name: string, Sitter, (frame: Frame) => Frame][] = [
    ["of 60 px", { side: 60, left: 1200, top: 120 }, (frame) => frame],
    ["of 90 px, mirrored", { side: 90, left: 60, top: 700, isMirrored: true }, (frame) => frame],
    [
      "of 140 px, in the dark",
      { side: 140, left: 500, top: 300 },
      (frame) => spoil(frame, 0.4, 0, 1),
    ],
    [
      "of 200 px, in noise",
      { side: 200, left: 900, top: 500 },
      (frame) => spoil(frame, 0.8, 12, 2),
    ],
    ["of 400 px", { side: 400, left: 300, top: 60, isMirrored: true }, (frame) => frame],
  ];

  test.each(sitters)("%s is found where it is, once, with its eyes", async (_, sitter, spoiled) => {
    const pool = createPool();
    const { frame, face } = await portray(scene, sitter);
    const windows = everywhere(spoiled(frame));
    const { faces } = await pool.run("faces", { photo: "a.jpg", windows });
    expect(faces).toHaveLength(1);
    expect(overlap(faces[0]?.box ?? [0, 0, 0, 0], face)).toBeGreaterThan(0.6);
    const [[leftX, leftY], [rightX, rightY]] = faces[0]?.eyes ?? [
      [0, 0],
      [0, 0],
    ];
    // In the upper half of the face, one beside the other.
    expect(leftX).toBeGreaterThan(face[0]);
    expect(rightX).toBeGreaterThan(leftX + 0.25 * face[2]);
    expect(rightX).toBeLessThan(face[0] + face[2]);
    for (const y of [leftY, rightY])
      expect(Math.abs(y - face[1] - 0.25 * face[3])).toBeLessThan(0.25 * face[3]);
  });

  test("that is only painted is found, too", async () => {
    const frame = await hangPainting(scene, { edge: 260, left: 900, top: 300 });
    const { faces } = await createPool().run("faces", {
      photo: "a.jpg",
      windows: everywhere(frame),
    });
    expect(faces).toHaveLength(1);
    const wanted: Box = [980 / 1500, 370 / 1000, 100 / 1500, 115 / 1000];
    expect(overlap(faces[0]?.box ?? [0, 0, 0, 0], wanted)).toBeGreaterThan(0.6);
  });

  test("that moved by half its size is found again near where it was", async () => {
    const pool = createPool();
    const { frame, face } = await portray(scene, { side: 50, left: 700, top: 400 });
    const was: Box = [face[0] + face[2] / 2, face[1] - face[3] / 2, face[2], face[3]];
    const windows = near(frame, [was]);
    expect(windows).toHaveLength(2);
    const { faces } = await pool.run("faces", { photo: "a.jpg", windows });
    expect(faces).toHaveLength(1);
    expect(overlap(faces[0]?.box ?? [0, 0, 0, 0], face)).toBeGreaterThan(0.6);
  });

  test("of two is each found, the larger first", async () => {
    const pool = createPool();
    const one = await portray(scene, { side: 110, left: 200, top: 500 });
    const two = await portray(one.frame, { side: 180, left: 420, top: 420, isMirrored: true });
    const { faces } = await pool.run("faces", { photo: "a.jpg", windows: glance(two.frame) });
    expect(faces).toHaveLength(2);
    expect(overlap(faces[0]?.box ?? [0, 0, 0, 0], two.face)).toBeGreaterThan(0.6);
    expect(overlap(faces[1]?.box ?? [0, 0, 0, 0], one.face)).toBeGreaterThan(0.6);
  });
});

test.each(SCENES)("there is none in the scene %s", async (name) => {
  const windows = everywhere(paintScene(name, 7, 600, 400));
  expect(await createPool().run("faces", { photo: name, windows })).toEqual({ faces: [] });
});

describe("what can't be looked at", () => {
  const window = {
    place: [0, 0, 1, 1],
    pixels: new Uint8Array(3 * FACE_WINDOW_EDGE ** 2),
  } as const;

  test("no windows, no faces", async () => {
    expect(await createPool().run("faces", { photo: "a.jpg", windows: [] })).toEqual({ faces: [] });
  });

  test.each([
    ["a window without pixels", { ...window, pixels: new Uint8Array(0) }],
    ["a place that is no number", { ...window, place: [0, Number.NaN, 1, 1] as const }],
    ["a place without a size", { ...window, place: [0, 0, 0, 1] as const }],
  ])("%s is refused in a sentence, and the next photo goes on", async (_, nonsense) => {
    const pool = createPool();
    const refused = pool.run("faces", { photo: "a.jpg", windows: [window, nonsense] });
    await expect(refused).rejects.toMatchObject({ code: "faces-unavailable" });
    const next = await pool.run("faces", { photo: "b.jpg", windows: [window] });
    expect(next).toEqual({ faces: [] });
  });

  /** The child as it is on a computer where a part of it is missing. */
  function copyChild(): string {
    const folder = mkdtempSync(join(tmpdir(), "kiln-inference-"));
    leftovers.add(() => rmSync(folder, { recursive: true, force: true }));
    for (const name of ["inference", "workers", "errors.ts"]) {
      cpSync(join(sources, name), join(folder, "src-main", name), { recursive: true });
    }
    writeFileSync(join(folder, "package.json"), '{"type":"module"}');
    return folder;
  }
  const entryIn = (folder: string) => join(folder, "src-main", "inference", "inference-worker.ts");

  test("without the runtime there is a sentence in both languages", async () => {
    const pool = createPool(entryIn(copyChild()));
    const failed = pool.run("faces", { photo: "a.jpg", windows: [window] });
    await expect(failed).rejects.toMatchObject({
      code: "faces-unavailable",
      happened: { en: expect.stringMatching(/Faces/), ko: expect.stringMatching(/얼굴/) },
    });
    expect(pool.pids).toHaveLength(1);
  });

  test("a damaged network says so, until it is whole again", async () => {
    const folder = copyChild();
    symlinkSync(join(sources, "..", "node_modules"), join(folder, "node_modules"), "junction");
    mkdirSync(join(folder, "weights"));
    writeFileSync(join(folder, "weights", "blazeface-front.onnx"), "not a network");
    const pool = createPool(entryIn(folder));
    const failed = pool.run("faces", { photo: "a.jpg", windows: [window] });
    await expect(failed).rejects.toMatchObject({ code: "faces-unavailable" });
    cpSync(join(sources, "..", "weights"), join(folder, "weights"), { recursive: true });
    const { faces } = await pool.run("faces", { photo: "a.jpg", windows: [window] });
    expect(faces).toEqual([]);
  });

  test("a child that is killed fails its photo alone", async () => {
    const pool = createPool();
    await pool.run("faces", { photo: "a.jpg", windows: [window] });
    const [pid = 0] = pool.pids;
    const many = Array.from({ length: 2000 }, () => window);
    const killed = pool.run("faces", { photo: "party.jpg", windows: many });
    process.kill(pid, "SIGKILL");
    await expect(killed).rejects.toMatchObject({
      code: "worker-died",
      happened: { en: expect.stringContaining("party.jpg") },
    });
    expect(await pool.run("faces", { photo: "b.jpg", windows: [window] })).toEqual({ faces: [] });
    expect(pool.pids).not.toContain(pid);
  });

  test("a search that nobody waits for any more ends at once, and its child stays", async () => {
    const pool = createPool();
    await pool.run("faces", { photo: "a.jpg", windows: [window] });
    const pids = pool.pids;
    const abort = new AbortController();
    const many = Array.from({ length: 2000 }, () => window);
    const search = pool.run("faces", { photo: "a.jpg", windows: many }, { signal: abort.signal });
    const aborted = once(abort.signal, "abort");
    abort.abort(new Error("enough"));
    await aborted;
    await expect(search).rejects.toThrow("enough");
    expect(await pool.run("faces", { photo: "b.jpg", windows: [window] })).toEqual({ faces: [] });
    expect(pool.pids).toEqual(pids);
  });
});
