import { basename } from "node:path";
import type { Box } from "../../src-preload/contract/photos.ts";
import { KilnError } from "../errors.ts";
import { inTurns, type Steps } from "../in-turns.ts";
import type { FaceWindow } from "../inference/index.ts";
import type { PhotoFile, StoredMeasures } from "../library/index.ts";
import { forEachFrame } from "./burst-queue.ts";
import { orProblem, setAside, WriteBatch } from "./one-photo.ts";
import { membersInSteps } from "./planned-groups.ts";
import type { ReadingContext, ReadingServices } from "./reading.ts";
import type { FaceSearch } from "./worker/protocol.ts";

/** Enough to keep every child of the pools busy while main writes down what the others found. */
const concurrency = 8;

/** Of a crowd the largest faces are followed through a burst: each costs every frame some milliseconds. */
const mostTracked = 4;

/** After so many deaths of the child that finds faces, the reading goes on without it. */
const mostFaceDeaths = 3;

/**
 * Decodes each photo of a root that is not measured yet, once: its thumbnail, its measures, its faces. Bursts come in
 * order of capture and are ranked as soon as their last frame is done. Faces are searched for everywhere in the first
 * frame of a burst, and near those in its others; a lone photo gets a quick look, since it has no rivals.
 *
 * @returns why faces were not looked for any more, if so; everything else that is no photo's fault is thrown
 */
export async function measurePhotos(
  services: ReadingServices,
  context: ReadingContext,
  rootId: number,
): Promise<{ facesProblem: KilnError | null }> {
  const { readings, measures, faces, ranking } = services;
  const writes = new WriteBatch(services.database);
  const finder = new FaceFinder(services, context);
  const bursts = await inTurns(unmeasuredBursts(services, rootId), context.signal);
  const total = bursts.reduce((sum, { frames }) => sum + frames.length, 0);
  const waiting = new Map(bursts.map(({ id, frames }) => [id, frames.length]));
  let done = 0;
  const queue = bursts.map(({ id, size, frames }) =>
    frames.map((photo) => ({ photo, burstId: id, isLone: size === 1 })),
  );
  await forEachFrame(
    queue,
    concurrency,
    async ({ photo, burstId, isLone }, first: readonly Box[] | null) => {
      const known = faces.get(photo.identity);
      const search = known !== null ? null : (first ?? (isLone ? "glance" : "everywhere"));
      const isKnown = measures.has(photo.identity) && known !== null;
      const developed = isKnown
        ? null
        : await orProblem(context, photo, () =>
            develop(services, context, photo, finder.hasFailed ? null : search),
          );
      let found = known;
      if (developed instanceof KilnError) {
        writes.add(() => setAside(readings, photo, developed));
      } else {
        if (developed !== null) found = await finder.find(photo, developed.faceWindows);
        writes.add(() => {
          if (developed !== null) measures.save(photo.identity, developed.measures);
          if (found !== null) faces.save(photo.identity, found);
          readings.markMeasured(photo.id);
        });
      }
      const left = (waiting.get(burstId) ?? 0) - 1;
      waiting.set(burstId, left);
      if (left === 0 && burstId !== null) {
        writes.add(() => ranking.refresh(new Set([burstId])));
      }
      done += 1;
      const name = basename(photo.path);
      context.progress(done, total, { en: name, ko: name });
      // Null, too, where the first frame could not be searched: then its followers are, everywhere.
      return found?.slice(0, mostTracked) ?? null;
    },
  );
  writes.flush();
  return { facesProblem: finder.problem };
}

interface UnmeasuredBurst {
  readonly id: number | null;
  /** With the frames that are measured already. */
  readonly size: number;
  readonly frames: readonly PhotoFile[];
}

/** What is not measured yet, by burst, in order of capture. */
function* unmeasuredBursts(services: ReadingServices, rootId: number): Steps<UnmeasuredBurst[]> {
  const { readings, measures } = services;
  const unmeasured = new Map(
    readings.inState(rootId, ["probed"]).map((photo) => [photo.id, photo]),
  );
  yield;
  // What an older Kiln measured in another way.
  for (const photo of readings.inState(rootId, ["measured"])) {
    if (!measures.has(photo.identity)) unmeasured.set(photo.id, photo);
    yield;
  }
  const members = yield* membersInSteps(services, rootId);
  return [...Map.groupBy(members, ({ burstId }) => burstId)].flatMap(([id, frames]) => {
    const left = frames.flatMap((frame) => unmeasured.get(frame.id) ?? []);
    return left.length === 0 ? [] : [{ id, size: frames.length, frames: left }];
  });
}

/** One decode: what is measured on the photo, its thumbnail on the way, and where faces may be. */
async function develop(
  services: ReadingServices,
  { jobId, signal }: ReadingContext,
  photo: PhotoFile,
  faces: FaceSearch | null,
): Promise<{ measures: StoredMeasures; faceWindows: readonly FaceWindow[] | null }> {
  const thumbnail = { file: services.renditions.path(photo, "256"), edge: 256 };
  const { measured } = await services.images.run(
    "develop",
    { path: photo.path, thumbnail, measure: { faces } },
    { signal, tag: String(jobId) },
  );
  if (measured === null) throw new Error("A photo was developed and not measured.");
  const { measures, look, detail, faceWindows } = measured;
  return { measures: { ...measures, look, detail }, faceWindows };
}

/** Looks for faces until that turns out to be impossible: a reading goes on without. */
class FaceFinder {
  readonly #services: Pick<ReadingServices, "inference">;
  readonly #context: Pick<ReadingContext, "jobId" | "signal">;
  #deaths = 0;
  problem: KilnError | null = null;

  constructor(
    services: Pick<ReadingServices, "inference">,
    context: Pick<ReadingContext, "jobId" | "signal">,
  ) {
    this.#services = services;
    this.#context = context;
  }

  get hasFailed(): boolean {
    return this.problem !== null;
  }

  /** Null where none were looked for. */
  async find(photo: PhotoFile, windows: readonly FaceWindow[] | null): Promise<Box[] | null> {
    if (windows === null || this.hasFailed) return null;
    if (windows.length === 0) return [];
    const { jobId, signal } = this.#context;
    try {
      const { faces } = await this.#services.inference.run(
        "faces",
        { photo: basename(photo.path), windows },
        { signal, tag: String(jobId) },
      );
      return faces.map(({ box }) => box);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KilnError)) throw error;
      // A photo that kills the finder says nothing of the next one.
      if (error.code === "worker-died") this.#deaths += 1;
      if (error.code !== "worker-died" || this.#deaths >= mostFaceDeaths) this.problem = error;
      return null;
    }
  }
}
