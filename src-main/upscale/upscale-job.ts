import { rm } from "node:fs/promises";
import { z } from "zod";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { defineJob, type JobContext, problemOf } from "../jobs/index.ts";
import type { UpscaleRecord, UpscaleStore } from "../library/index.ts";
import {
  discardWork,
  type MakeServices,
  makeUpscale,
  restPointSchema,
  workDirectory,
} from "./make-upscale.ts";

const checkpointSchema = z.object({
  upscaleId: z.int().positive(),
  /** Seconds that earlier runs spent on it. */
  seconds: z.number(),
  rest: restPointSchema,
});

export interface UpscaleJobServices extends MakeServices {
  readonly store: UpscaleStore;
}

/** Makes upscaled photos, one after the other; what can't be made is said of that photo, and the others go on. */
export const upscaleJob = (services: UpscaleJobServices) =>
  defineJob({
    kind: "upscale",
    // Whatever networks run on: two at once would only fight for it.
    slot: "gpu",
    input: z.object({ upscaleIds: z.array(z.int().positive()).min(1) }),
    stages: [
      {
        id: "upscale",
        weight: 1,
        label: { en: "Upscaling, megapixels", ko: "업스케일하는 중(메가픽셀)" },
      },
    ],
    title: ({ upscaleIds: { length } }) =>
      length === 1
        ? { en: "Upscale a photo", ko: "사진 업스케일" }
        : { en: `Upscale ${length} photos`, ko: `사진 ${length}장 업스케일` },
    resume: "stage",
    checkpoint: checkpointSchema,
    run: (context, { upscaleIds }) => run(services, context, upscaleIds),
  });

async function run(
  services: UpscaleJobServices,
  context: JobContext<"upscale", z.infer<typeof checkpointSchema>>,
  upscaleIds: readonly number[],
) {
  const { store } = services;
  context.stage("upscale");
  const records = store.records(upscaleIds);
  const isLeft = ({ status, isGone }: UpscaleRecord): boolean => status !== "completed" && !isGone;
  const whole = records.reduce((sum, record) => sum + work(record), 0);
  const total = Math.round(whole * 10) / 10;
  let done = records.reduce((sum, record) => sum + (isLeft(record) ? 0 : work(record)), 0);
  let made = records.filter(({ status }) => status === "completed").length;
  const failures: KilnError[] = [];
  let revealPath: string | undefined;
  for (const record of records) {
    if (!isLeft(record)) {
      revealPath = record.path ?? revealPath;
      continue;
    }
    context.signal.throwIfAborted();
    // It may have been taken off the list meanwhile.
    if (store.get(record.id)?.isGone !== false) {
      done += work(record);
      continue;
    }
    const kept = context.restored?.upscaleId === record.id ? context.restored : null;
    const startedAt = performance.now();
    const seconds = (): number => (kept?.seconds ?? 0) + (performance.now() - startedAt) / 1000;
    const note = noteOf(record, records);
    context.progress(done, total, note);
    try {
      store.begin(record.id);
      const result = await makeUpscale(services, record, {
        signal: context.signal,
        tag: String(context.jobId),
        rest: kept?.rest ?? null,
        onProgress: (share) => context.progress(done + share * work(record), total, note),
        onRest: (rest) => context.checkpoint({ upscaleId: record.id, seconds: seconds(), rest }),
      });
      store.complete(record.id, { ...result, seconds: seconds() });
      made += 1;
      revealPath = result.path;
      await rm(workDirectory(services, record), { recursive: true, force: true });
    } catch (error) {
      // Cancelled, paused or closing: what was reached stays.
      if (context.signal.aborted) throw context.signal.reason;
      if (!(error instanceof KilnError)) throw error;
      context.log(`${record.sourcePath}: ${error.message}`);
      failures.push(error);
      // First: on a full disk this makes the room that the row's own words need.
      await discardWork(services, record);
      store.fail([record.id], problemOf(error));
    }
    done += work(record);
  }
  const [first] = failures;
  if (first !== undefined && made === 0) throw first;
  return { ...(revealPath && { revealPath }), summary: summary(made, failures.length) };
}

/** What a photo costs: megapixels of the result, to a tenth. */
function work({ width, height }: UpscaleRecord): number {
  return Math.max(1, Math.round((width * height) / 1e5)) / 10;
}

function noteOf(record: UpscaleRecord, all: readonly UpscaleRecord[]): Localized {
  const name = record.baseName;
  if (all.length === 1) return { en: name, ko: name };
  const place = all.indexOf(record) + 1;
  return {
    en: `${name}, ${place} of ${all.length}`,
    ko: `${name}, ${all.length}장 중 ${place}번째`,
  };
}

function summary(made: number, failed: number): Localized {
  // All of it was taken off the list meanwhile.
  if (made === 0) return { en: "No photo upscaled", ko: "업스케일한 사진 없음" };
  const en = made === 1 ? "1 photo upscaled" : `${made} photos upscaled`;
  const ko = `사진 ${made}장 업스케일 완료`;
  return failed === 0
    ? { en, ko }
    : { en: `${en}, ${failed} failed`, ko: `${ko}, ${failed}장 실패` };
}
