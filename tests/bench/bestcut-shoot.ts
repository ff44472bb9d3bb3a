/** A planned burst becomes JPEG files. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { createRandom, deriveSeed, expose, type Size } from "../../src-main/sample/index.ts";
import { withExif } from "./bestcut-exif.ts";
import { blurLayer, type Layer, layOver, toRaster, wanderOver } from "./bestcut-layers.ts";
import type { PlannedBurst, PlannedFrame } from "./bestcut-plan.ts";
import { type Background, marginOf, type Subject } from "./bestcut-scenes.ts";

/** The frame as the sensor's light: blurred plane by plane, then seen by a wandered hand. */
export async function exposeLight(
  frame: PlannedFrame,
  background: Background,
  subject: Subject | null,
  size: Size,
): Promise<Layer> {
  const margin = marginOf(size);
  let scene = await blurLayer(background.layer, frame.background);
  if (subject !== null) {
    const at = { x: subject.at.x + margin, y: subject.at.y + margin };
    scene = layOver(scene, await blurLayer(subject.layer, frame.subject), at);
  }
  return wanderOver(scene, frame.wander, size);
}

/**
 * Writes the frames of a burst into a folder, which is made.
 *
 * @returns their paths, in the order of the plan
 */
export async function shootBurst(
  folder: string,
  burst: PlannedBurst,
  { background, subject }: { background: Background; subject: Subject | null },
  size: Size,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  const start = Date.UTC(2026, 4, 16, 9, 0, 0, 120) + burst.index * 60_000;
  for (const [i, frame] of burst.frames.entries()) {
    const light = toRaster(await exposeLight(frame, background, subject, size));
    const random = createRandom(deriveSeed(deriveSeed(burst.seed, burst.index), 20 + i));
    const { width, height, channels, data } = expose(light, frame, random);
    const jpeg = await sharp(data, { raw: { width, height, channels } })
      .jpeg({ quality: frame.quality })
      .toBuffer();
    const exif = {
      takenAt: start + i * 200,
      subjectArea: burst.subject?.kind === "focusPoint" && subject !== null ? subject.heart : null,
    };
    const path = join(folder, `KILN_${String(i + 1).padStart(4, "0")}.JPG`);
    await writeFile(path, withExif(jpeg, exif));
    files.push(path);
  }
  return files;
}
