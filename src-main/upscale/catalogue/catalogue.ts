import { rm, rmdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Model, ModelsAdded } from "../../../src-preload/contract/models.ts";
import { KilnError } from "../../errors.ts";
import { type JobEngine, problemOf } from "../../jobs/index.ts";
import { isCode } from "../../library/index.ts";
import type { WorkerPool } from "../../workers/index.ts";
import type { NetworkFile } from "../network.ts";
import {
  areSame,
  type BroughtFile,
  freshId,
  knowFiles,
  modelFilesIn,
  nameOfFile,
  sortIntoModels,
} from "./brought-files.ts";
import type { ConvertedNetwork, ConvertWorkerMethods } from "./convert-protocol.ts";
import { describeAdded, describeListed } from "./describe.ts";
import type { DownloadOptions } from "./download.ts";
import { nearestFirst } from "./fetch-source.ts";
import { fetchModelJob } from "./jobs.ts";
import { type ListedModel, listedModels, weightsDirectory } from "./manifest.ts";
import { type Mirrors, readMirrors } from "./mirrors.ts";
import { ModelFolder, type ModelRecord } from "./model-folder.ts";
import {
  modelBelongsToKiln,
  modelNotAtHand,
  modelNotThere,
  modelsFolderBlocked,
  modelUnknown,
  noRoomForModel,
} from "./problems.ts";

/** Long enough for a slow line that stalls, short enough that nobody takes Kiln for hanging. */
const silenceMs = 30_000;

export interface CatalogueServices {
  readonly libraryDirectory: string;
  readonly engine: JobEngine;
  readonly converter: Pick<WorkerPool<ConvertWorkerMethods>, "run">;
  /** Runs a network that was brought on a tile: see `check` of the upscale worker. */
  readonly check: (network: NetworkFile, name: string) => Promise<{ readonly scale: number }>;
  /** KILN_MODEL_MIRRORS, see `readMirrors`. */
  readonly mirrors: string | undefined;
  /** The folder with manifest.json and the networks that ship. */
  readonly weights?: string;
  readonly download?: Partial<DownloadOptions>;
}

/** The upscaling models: those that ship, those that can be fetched, those that the person added. */
export class Catalogue {
  readonly #services: CatalogueServices;
  readonly #weights: string;
  readonly #listed: readonly ListedModel[];
  readonly #folder: ModelFolder;
  readonly #job: ReturnType<typeof fetchModelJob>;
  /** The job that fetches a model, or did so last. */
  readonly #jobs = new Map<string, number>();
  readonly #listeners: (() => void)[] = [];
  /** Ends when the last change of the library's models is done: one at a time. */
  #changing: Promise<unknown> = Promise.resolve();
  #revision = 1;

  constructor(services: CatalogueServices) {
    this.#services = services;
    this.#weights = services.weights ?? weightsDirectory();
    this.#listed = listedModels(this.#weights);
    this.#folder = new ModelFolder(services.libraryDirectory);
    this.#job = fetchModelJob({
      listed: this.#listed,
      folder: this.#folder,
      converter: services.converter,
      options: () => ({
        silenceMs,
        pause: (ms, signal) => wait(ms, undefined, { signal }),
        ...services.download,
        mirrors: readMirrors(services.mirrors),
      }),
      onBegin: (id, jobId) => {
        this.#jobs.set(id, jobId);
        this.#changed();
      },
      onEnd: () => this.#changed(),
    });
  }

  /** The kinds of jobs that fetching starts, for the engine. */
  get definitions() {
    return [this.#job];
  }

  /** Grows whenever the list is another one. */
  get revision(): number {
    return this.#revision;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Clears what an earlier Kiln left half done. */
  tidy(): Promise<void> {
    return this.#folder.tidy(Date.now());
  }

  /** Every model: the manifest's in its order, then the person's own, the oldest first. */
  async list(): Promise<Model[]> {
    const records = await this.#folder.read();
    const mirrors = this.#mirrors();
    const wanted = this.#listed.filter(({ id, shipped }) => shipped === null && !records.has(id));
    const listed = await Promise.all(
      this.#listed.map(async (model) =>
        describeListed(model, {
          record: records.get(model.id),
          mirrors,
          jobId: this.#fetching(model.id),
          isKept: await this.#isKept(model),
          wanted,
        }),
      ),
    );
    const added = records.values().filter(({ id }) => !this.#listed.some((one) => one.id === id));
    return [...listed, ...added.map(describeAdded)];
  }

  /**
   * A model's network, ready to be run.
   *
   * @param choice denoise strength 0..1 for models that have one: below 1 the network is blended with its weak-denoise
   * twin, once for each strength (in hundredths); for other models it means nothing
   * @throws KilnError `model-unknown`, `model-not-at-hand`, `disk-full`, and those of the converting child
   */
  async open(id: string, choice: { readonly denoise?: number } = {}): Promise<NetworkFile> {
    const records = await this.#folder.read();
    const network = this.#networkOf(id, records);
    const twin = this.#listed.find((model) => model.id === id)?.denoisesWith ?? null;
    const share = Math.round((choice.denoise ?? 1) * 100);
    if (twin === null || share >= 100) return network;
    const grain = this.#networkOf(twin, records);
    if (share <= 0) return grain;
    // Of these very networks: another source's file of the same model is another precision.
    const sums = [id, twin].map((each) => this.#sumOf(each, records).slice(0, 12));
    const key = [id, share, ...sums].join("-");
    return this.#inTurn(network.name ?? id, () => this.#blend(key, network, grain, share / 100));
  }

  /** A model's name, for what is said about it. @throws KilnError `model-unknown` */
  async nameOf(id: string): Promise<string> {
    const listed = this.#listed.find((model) => model.id === id);
    const name = listed?.name ?? (await this.#folder.read()).get(id)?.name;
    if (name === undefined) throw modelUnknown(id);
    return name;
  }

  /**
   * Starts fetching a model.
   * @returns the job, also where one fetches it already; null where it is at hand
   * @throws KilnError `model-unknown`, `model-mirrors`
   */
  async fetch(id: string): Promise<{ readonly jobId: number | null }> {
    const model = (await this.list()).find((each) => each.id === id);
    if (model === undefined) throw modelUnknown(id);
    if (model.isAtHand) return { jobId: null };
    readMirrors(this.#services.mirrors);
    const running = this.#fetching(id);
    if (running !== null) return { jobId: running };
    const jobId = this.#services.engine.start(this.#job, { id, name: model.name });
    this.#jobs.set(id, jobId);
    this.#changed();
    return { jobId };
  }

  /**
   * Takes in models that the person has: .pth, .safetensors, .onnx, or ncnn's .param and .bin. Each is converted, run
   * on a tile, and joins the list. The files of a model that could be fetched make that one.
   */
  async add(paths: readonly string[]): Promise<ModelsAdded> {
    const added: string[] = [];
    const known: { file: string; id: string }[] = [];
    const refused: { file: string; problem: ReturnType<typeof problemOf> }[] = [];
    for (const found of await sortIntoModels(paths.map((path) => resolve(path)))) {
      if ("problem" in found) {
        refused.push({ file: found.file, problem: problemOf(found.problem) });
        continue;
      }
      try {
        const files = await knowFiles(found.paths);
        const file = basename(found.paths[0] ?? "");
        const { id, isNew } = await this.#inTurn(file, () => this.#addOne(files));
        if (isNew) added.push(id);
        else known.push({ file, id });
      } catch (error) {
        if (!(error instanceof KilnError)) throw error;
        refused.push({ file: basename(found.paths[0] ?? ""), problem: problemOf(error) });
      }
    }
    for (const path of paths) await this.#clearReceived(resolve(path));
    const models = await this.list();
    return {
      added: models.filter(({ id }) => added.includes(id)),
      known: known.flatMap(({ file, id }) => {
        const model = models.find((each) => each.id === id);
        return model === undefined ? [] : [{ file, model }];
      }),
      refused,
    };
  }

  /**
   * Takes a fetched or added model off the disk; the files that it was made of stay where they are.
   * @throws KilnError `model-unknown`, `model-shipped`
   */
  async remove(id: string): Promise<void> {
    await this.#inTurn(id, async () => {
      await this.#own(id);
      await this.#folder.remove(id);
    });
    this.#changed();
  }

  /** Gives a model that the person added another name. @throws KilnError `model-unknown`, `model-shipped` */
  async rename(id: string, name: string): Promise<void> {
    await this.#inTurn(id, async () => {
      const record = await this.#own(id);
      if (record.origin !== "added") throw modelBelongsToKiln(record.name);
      await this.#folder.rename(record, name);
    });
    this.#changed();
  }

  async #own(id: string): Promise<ModelRecord> {
    const record = (await this.#folder.read()).get(id);
    const listed = this.#listed.find((model) => model.id === id);
    if (record !== undefined) return record;
    if (listed === undefined) throw modelUnknown(id);
    throw listed.shipped === null ? modelNotThere(listed.name) : modelBelongsToKiln(listed.name);
  }

  #networkOf(id: string, records: ReadonlyMap<string, ModelRecord>): NetworkFile {
    const listed = this.#listed.find((model) => model.id === id);
    if (listed !== undefined && listed.shipped !== null) {
      const { file, network } = listed.shipped;
      return { ...network, path: join(this.#weights, file), name: listed.name };
    }
    const record = records.get(id);
    if (record !== undefined) return this.#folder.file(record);
    throw listed === undefined ? modelUnknown(id) : modelNotAtHand(id, listed.name);
  }

  /** SHA-256 of a model's network. */
  #sumOf(id: string, records: ReadonlyMap<string, ModelRecord>): string {
    const shipped = this.#listed.find((model) => model.id === id)?.shipped;
    return shipped?.sha256 ?? records.get(id)?.onnx.sha256 ?? "";
  }

  async #blend(
    key: string,
    general: NetworkFile,
    grain: NetworkFile,
    share: number,
  ): Promise<NetworkFile> {
    const { path, isMade } = await this.#folder.blend(key);
    if (isMade) return { ...general, path };
    const making = await this.#folder.begin();
    try {
      const input = { name: key, general: general.path, grain: grain.path, share };
      const target = making.network;
      const { network } = await this.#services.converter.run("blend", { ...input, target });
      await this.#folder.finishBlend(target, path);
      return { ...general, ...network, path };
    } finally {
      await rm(making.folder, { recursive: true, force: true });
    }
  }

  async #addOne(files: readonly BroughtFile[]): Promise<{ id: string; isNew: boolean }> {
    const records = await this.#folder.read();
    const same = records.values().find((record) => areSame(record.files, files));
    if (same !== undefined) return { id: same.id, isNew: false };
    const [only, second] = files;
    const copied = second === undefined ? this.#networkWith(only?.sha256, records) : null;
    if (copied !== null) return { id: copied, isNew: false };
    // What can be fetched may as well be brought, from a machine that has a network.
    const listed = this.#listed.find((model) =>
      model.sources.some((source) => areSame(source.files, files)),
    );
    if (listed !== undefined && (listed.shipped !== null || records.has(listed.id))) {
      return { id: listed.id, isNew: false };
    }
    const weights = files.find(({ role }) => role !== "param");
    if (weights === undefined) throw new Error("A model without weights was sorted out.");
    const taken = new Set([
      ...this.#listed.map((model) => model.id),
      ...(await this.#folder.names()).map((name) => name.toLowerCase()),
    ]);
    const id = listed?.id ?? freshId(weights.name, taken);
    const name = listed?.name ?? nameOfFile(weights.name);
    const making = await this.#folder.begin();
    try {
      const onnx = await this.#convert(weights, files, making.network);
      // The same numbers in another kind of file.
      const twin = this.#networkWith(onnx.sha256, records);
      if (twin !== null) {
        await rm(making.folder, { recursive: true, force: true });
        return { id: twin, isNew: false };
      }
      const file = { ...onnx.network, path: making.network };
      const { scale } = await this.#services.check(file, weights.name);
      await this.#folder.finish(making.folder, {
        id,
        name,
        origin: listed === undefined ? "added" : "fetched",
        network: { ...onnx.network, scale },
        onnx: { bytes: onnx.bytes, sha256: onnx.sha256 },
        cameFrom: weights.name,
        files: files.map(({ role, name, bytes, sha256 }) => ({ role, name, bytes, sha256 })),
        isVerified: listed !== undefined,
        licence: listed?.licence ?? null,
        createdAt: Date.now(),
      });
    } catch (error) {
      await rm(making.folder, { recursive: true, force: true });
      throw error;
    }
    this.#changed();
    return { id, isNew: true };
  }

  /** The id of the model whose network has these bytes: Kiln's own files are brought, too. */
  #networkWith(
    sha256: string | undefined,
    records: ReadonlyMap<string, ModelRecord>,
  ): string | null {
    const listed = this.#listed.find(({ shipped }) => shipped?.sha256 === sha256);
    const record = records.values().find(({ onnx }) => onnx.sha256 === sha256);
    return sha256 === undefined ? null : (listed?.id ?? record?.id ?? null);
  }

  #convert(
    { name, path }: BroughtFile,
    files: readonly BroughtFile[],
    target: string,
  ): Promise<ConvertedNetwork> {
    const param = files.find(({ role }) => role === "param")?.path ?? null;
    return this.#services.converter.run("convert", { name, weights: path, param, target });
  }

  async #isKept({ id, sources }: ListedModel): Promise<boolean> {
    return (await nearestFirst(sources, this.#folder.arrived(id))).isHere;
  }

  /** The job that fetches a model and has not ended. */
  #fetching(id: string): number | null {
    const jobId = this.#jobs.get(id);
    const job = this.#services.engine.list().find((each) => each.id === jobId);
    const isOn = job?.state === "queued" || job?.state === "running" || job?.state === "paused";
    return isOn ? job.id : null;
  }

  /** What a page without paths uploaded is a copy that served its purpose: the person's own files are elsewhere. */
  async #clearReceived(path: string): Promise<void> {
    if (dirname(path) !== join(this.#services.libraryDirectory, "originals")) return;
    for (const file of await modelFilesIn(path)) await rm(file, { force: true });
    // A folder in which something else lies stays.
    await rmdir(path).catch(() => undefined);
  }

  /** A list can be shown whatever KILN_MODEL_MIRRORS says; fetching tells what is wrong with it. */
  #mirrors(): Mirrors {
    try {
      return readMirrors(this.#services.mirrors);
    } catch {
      return (url) => url;
    }
  }

  #asProblem(name: string, error: unknown): unknown {
    if (isCode(error, "ENOSPC", "EDQUOT")) return noRoomForModel(name, error);
    if (isCode(error, "EACCES", "EPERM", "EROFS", "EBUSY")) {
      return modelsFolderBlocked(this.#folder.path, error);
    }
    return error;
  }

  /** @param name of what is worked on, for what is said where the disk doesn't allow it */
  #inTurn<Value>(name: string, work: () => Promise<Value>): Promise<Value> {
    const done = this.#changing.then(work).catch((error: unknown) => {
      throw this.#asProblem(name, error);
    });
    this.#changing = done.catch(() => undefined);
    return done;
  }

  #changed(): void {
    this.#revision += 1;
    for (const listener of this.#listeners) listener();
  }
}
