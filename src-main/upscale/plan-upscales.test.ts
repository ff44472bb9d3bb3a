import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { UpscaleSettings } from "../../src-preload/contract/upscale.ts";
import type { UpscaleRecord } from "../library/index.ts";
import { temporaryFolder } from "../photos/takes.fixture.ts";
import { type PlanServices, planUpscales, type UpscaleRequest } from "./plan-upscales.ts";

const settings: UpscaleSettings = {
  model: "general-x4v3",
  denoise: 1,
  target: { by: "scale", scale: 4 },
  format: "jpeg",
  quality: 92,
  metadata: "all",
};

/** Photos 1 to `count`, all called IMG_1.jpg in folders of their own, as far as a plan asks after them. */
function servicesOf(count: number, waiting: readonly UpscaleRecord[] = []): PlanServices {
  const row = (id: number) =>
    ({
      id,
      name: "IMG_1.jpg",
      state: "measured",
      width: 300,
      height: 200,
      preview: null,
      rotation: 0,
      capturedAt: null,
    }) as PhotoRow;
  const known = (ids: readonly number[]) => ids.filter((id) => id <= count);
  const photos = {
    rows: (ids: readonly number[]) => known(ids).map(row),
    primaryFiles: (ids: readonly number[]) =>
      new Map(known(ids).map((id) => [id, { path: `/photos/${id}/IMG_1.jpg` }])),
  };
  const store = { unfinishedIn: () => waiting, madeIn: () => [] };
  const modelOf = () => Promise.resolve({ name: "General", scale: 4 });
  return { store, photos, modelOf } as unknown as PlanServices;
}

async function requestOf(count: number): Promise<UpscaleRequest> {
  return {
    photoIds: Array.from({ length: count }, (_, i) => i + 1),
    settings,
    placement: { pattern: "{name}-{scale}x", existing: "skip" },
    folder: await temporaryFolder(),
  };
}

test("thousands of photos are planned in their order, each under a name of its own, and others have their turn", async () => {
  const request = await requestOf(2000);
  let turns = 0;
  let isOver = false;
  const turn = (): void => {
    turns += 1;
    if (!isOver) setImmediate(turn);
  };
  const planning = planUpscales(servicesOf(1999), request, "/own");
  setImmediate(turn);
  const { photos } = await planning;
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(9);
  expect(photos.map(({ forecast }) => forecast.photoId)).toEqual(request.photoIds);
  const names = photos.map(({ draft }) => draft?.baseName);
  expect(names.slice(0, 3)).toEqual(["IMG_1-4x", "IMG_1-4x (2)", "IMG_1-4x (3)"]);
  expect(new Set(names).size).toBe(2000);
  expect(photos.at(-1)?.forecast.problem?.code).toBe("photo-unknown");
});

test("what is being made already is known again, under a numbered name, too; of another photo or another way it is not", async () => {
  const request = await requestOf(3);
  await writeFile(join(request.folder ?? "", "IMG_1-4x.jpg"), "");
  const rename = { ...request, placement: { ...request.placement, existing: "rename" } } as const;
  const { photos } = await planUpscales(servicesOf(3), rename, "/own");
  const waiting = photos.map(
    ({ draft }, i) =>
      ({
        ...draft,
        id: i + 1,
        jobId: 1,
        status: "queued",
        path: null,
        isGone: false,
      }) as UpscaleRecord,
  );
  expect(waiting.map(({ baseName }) => baseName)).toEqual([
    "IMG_1-4x (2)",
    "IMG_1-4x (3)",
    "IMG_1-4x (4)",
  ]);
  const makingOf = async (asked: UpscaleRequest, records = waiting) =>
    (await planUpscales(servicesOf(3, records), asked, "/own")).photos.map(
      ({ making, draft }) => making?.id ?? draft?.baseName ?? null,
    );
  expect(await makingOf(rename)).toEqual([1, 2, 3]);
  // Without a job nobody makes it.
  const [first, ...others] = waiting;
  if (first === undefined) throw new Error("nothing planned");
  expect(await makingOf(rename, [{ ...first, jobId: null }, ...others])).toEqual([
    "IMG_1-4x (2)",
    2,
    3,
  ]);
  expect(await makingOf({ ...rename, settings: { ...settings, quality: 80 } })).toEqual([
    "IMG_1-4x (5)",
    "IMG_1-4x (6)",
    "IMG_1-4x (7)",
  ]);
  const longer = { ...rename.placement, pattern: "{name}-{scale}" };
  expect(await makingOf({ ...rename, placement: longer })).toEqual([
    "IMG_1-4",
    "IMG_1-4 (2)",
    "IMG_1-4 (3)",
  ]);
});
