import { rm } from "node:fs/promises";
import { z } from "zod";
import { modelIdSchema } from "../../../src-preload/contract/models.ts";
import type { Localized } from "../../../src-preload/contract/problem.ts";
import { KilnError } from "../../errors.ts";
import { defineJob, type JobContext } from "../../jobs/index.ts";
import { isCode } from "../../library/index.ts";
import type { WorkerPool } from "../../workers/index.ts";
import type { ConvertedNetwork, ConvertWorkerMethods } from "./convert-protocol.ts";
import {
  arrivedFiles,
  type Bycatch,
  type FetchedFile,
  type FetchOptions,
  fetchSource,
  hostOf,
  nearestFirst,
} from "./fetch-source.ts";
import { type ListedModel, type ModelSource, memberSource } from "./manifest.ts";
import type { ModelFolder } from "./model-folder.ts";
import {
  failures,
  modelNotFetched,
  modelsFolderBlocked,
  modelUnknown,
  noRoomForModel,
  SourceFailure,
} from "./problems.ts";

export interface FetchServices {
  readonly listed: readonly ListedModel[];
  readonly folder: ModelFolder;
  readonly converter: Pick<WorkerPool<ConvertWorkerMethods>, "run">;
  readonly options: () => FetchOptions;
  /** A job fetches this model. */
  readonly onBegin: (id: string, jobId: number) => void;
  /** A model came, or didn't. */
  readonly onEnd: () => void;
}

type Context = JobContext<"fetch" | "convert">;

/** Fetches a model of the manifest from the first of its sources that has it, and makes it ready for use. */
export const fetchModelJob = (services: FetchServices) =>
  defineJob({
    kind: "fetch-model",
    slot: "net",
    input: z.object({ id: modelIdSchema, name: z.string() }),
    stages: [
      { id: "fetch", weight: 95, label: { en: "Fetching, MB", ko: "받는 중(MB)" } },
      { id: "convert", weight: 5, label: { en: "Preparing the model", ko: "모델 준비 중" } },
    ],
    title: ({ name }) => ({ en: `Fetch “${name}”`, ko: `‘${name}’ 모델 받기` }),
    resume: "stage",
    async run(context, { id, name }) {
      services.onBegin(id, context.jobId);
      try {
        const model = services.listed.find((each) => each.id === id);
        if (model === undefined) throw modelUnknown(id);
        const bytes = await fetchModel(services, context, model);
        return { summary: summary(bytes) };
      } catch (error) {
        if (isCode(error, "ENOSPC", "EDQUOT")) throw noRoomForModel(name, error);
        if (isCode(error, "EACCES", "EPERM", "EROFS", "EBUSY")) {
          throw modelsFolderBlocked(services.folder.path, error);
        }
        throw error;
      } finally {
        services.onEnd();
      }
    },
  });

/** @returns bytes of the network that is there now */
async function fetchModel(
  services: FetchServices,
  context: Context,
  model: ListedModel,
): Promise<number> {
  // An earlier run of this job may have ended right after its last step.
  const there = (await services.folder.read()).get(model.id);
  if (there !== undefined) return there.onnx.bytes;
  const tried: { host: string; reason: Localized }[] = [];
  const causes: SourceFailure[] = [];
  const options = services.options();
  const { sources } = await nearestFirst(model.sources, services.folder.arrived(model.id));
  for (const source of sources) {
    const host = hostOf(source, options.mirrors);
    try {
      return await takeFrom(services, context, model, source, options);
    } catch (error) {
      if (!(error instanceof SourceFailure)) throw error;
      context.log(`${model.id}: ${source.name} ${error.message}: ${said(error.cause)}`);
      tried.push({ host, reason: error.reason });
      causes.push(error);
    }
  }
  const isOffline = causes.every(({ kind }) => kind === "unreachable");
  throw modelNotFetched(model.name, tried, isOffline, new AggregateError(causes));
}

/** Files of other models that lie in a source's archive and are not at hand. */
async function bycatchOf(
  { listed, folder }: FetchServices,
  model: ListedModel,
  source: ModelSource,
): Promise<Bycatch[]> {
  const records = await folder.read();
  return listed.flatMap((other) => {
    const isWanted = other.id !== model.id && other.shipped === null && !records.has(other.id);
    const inside = isWanted ? memberSource(other, source) : null;
    return inside === null ? [] : [{ files: inside.files, folder: folder.downloads(other.id) }];
  });
}

async function takeFrom(
  services: FetchServices,
  context: Context,
  model: ListedModel,
  source: ModelSource,
  options: FetchOptions,
): Promise<number> {
  const { folder } = services;
  const host = hostOf(source, options.mirrors);
  const downloads = folder.downloads(model.id);
  context.stage("fetch");
  const onBytes = (received: number, total: number | null): void => {
    const note = { en: host, ko: host };
    context.progress(
      received / 1e6,
      total === null ? 0 : Math.max(1, Math.round(total / 1e6)),
      note,
    );
  };
  const files =
    (await arrivedFiles(source, downloads)) ??
    (await fetchSource(
      source,
      downloads,
      options,
      context.signal,
      onBytes,
      await bycatchOf(services, model, source),
    ));
  context.stage("convert");
  const making = await folder.begin();
  try {
    const onnx = await convert(services, context, model, files, making.network);
    await folder.finish(making.folder, {
      id: model.id,
      name: model.name,
      origin: "fetched",
      network: onnx.network,
      onnx: { bytes: onnx.bytes, sha256: onnx.sha256 },
      cameFrom: source.name,
      files: files.map(({ role, name, bytes, sha256 }) => ({ role, name, bytes, sha256 })),
      isVerified: source.files.every(({ sha256 }) => sha256 !== null),
      licence: model.licence,
      createdAt: Date.now(),
    });
    await rm(downloads, { recursive: true, force: true });
    return onnx.bytes;
  } catch (error) {
    await rm(making.folder, { recursive: true, force: true });
    throw error;
  }
}

/** What can't be read as the model that was asked for is the source's failure, and is not kept. */
async function convert(
  { folder, converter }: FetchServices,
  context: Context,
  model: ListedModel,
  files: readonly FetchedFile[],
  target: string,
): Promise<ConvertedNetwork> {
  const weights = files.find(({ role }) => role !== "param");
  if (weights === undefined) throw new Error(`${model.id}: a source without weights`);
  const param = files.find(({ role }) => role === "param")?.path ?? null;
  const input = { name: weights.name, weights: weights.path, param, target };
  const { signal, jobId } = context;
  try {
    const onnx = await converter.run("convert", input, { signal, tag: String(jobId) });
    const { architecture, scale } = onnx.network;
    if (architecture === model.architecture && scale === model.scale) return onnx;
    throw failures.unfit(new Error(`${architecture} ×${scale}`));
  } catch (error) {
    const isModels = error instanceof KilnError && /^(weights|onnx|model)-/.test(error.code);
    if (!isModels && !(error instanceof SourceFailure)) throw error;
    await rm(folder.downloads(model.id), { recursive: true, force: true });
    throw error instanceof SourceFailure ? error : failures.unfit(error);
  }
}

function summary(bytes: number): Localized {
  const megabytes = (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
  return {
    en: `Ready to use, ${megabytes} MB on the disk`,
    ko: `사용할 수 있습니다(디스크 ${megabytes}MB)`,
  };
}

function said(cause: unknown): string {
  if (!(cause instanceof Error)) return "";
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}
