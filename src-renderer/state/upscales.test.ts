import { expect, test } from "vitest";
import type { UpscaleRow } from "../../src-preload/contract/upscale.ts";
import { newestFirst, resultsOf, withUpscales } from "./upscales.ts";

const row = (id: number, patch: Partial<UpscaleRow> = {}): UpscaleRow => ({
  id,
  photoId: 1,
  sourceName: "a.jpg",
  name: "a-4x.png",
  path: "/results/a-4x.png",
  status: "completed",
  problem: null,
  jobId: null,
  settings: {
    model: "general-x4v3",
    denoise: 1,
    target: { by: "scale", scale: 4 },
    format: "png",
    quality: 92,
    metadata: "all",
  },
  modelName: "general",
  sourceWidth: 100,
  sourceHeight: 100,
  width: 400,
  height: 400,
  bytes: 1000,
  seconds: 1,
  note: null,
  version: `v${id}`,
  createdAt: id,
  gone: false,
  ...patch,
});

test("changes are laid over what is known, and what left is dropped", () => {
  const known = withUpscales(new Map(), [row(1), row(2)]);
  expect(withUpscales(known, [])).toBe(known);
  const next = withUpscales(known, [row(1, { gone: true }), row(2, { status: "failed" }), row(3)]);
  expect([...next.keys()]).toEqual([2, 3]);
  expect(next.get(2)?.status).toBe("failed");
});

test("newest first; one batch in the order in which it is made", () => {
  const rows = withUpscales(new Map(), [
    row(1, { createdAt: 10 }),
    row(2, { createdAt: 20 }),
    row(3, { createdAt: 20 }),
  ]);
  expect(newestFirst(rows).map(({ id }) => id)).toEqual([2, 3, 1]);
});

test("a photo has its own finished results", () => {
  const rows = withUpscales(new Map(), [
    row(1),
    row(2, { photoId: 9 }),
    row(3, { status: "processing" }),
    row(4),
  ]);
  expect(resultsOf(rows, 1).map(({ id }) => id)).toEqual([4, 1]);
});
