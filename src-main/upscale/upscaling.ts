import { freemem, totalmem } from "node:os";
import type { ProviderChoice } from "../../src-preload/contract/upscale.ts";
import type { JobEngine } from "../jobs/index.ts";
import type { LibraryDatabase, PhotoStore, Trash, UpscaleStore } from "../library/index.ts";
import type { ImageWorkerMethods } from "../photos/index.ts";
import type { WorkerLauncher, WorkerLogLine, WorkerPool } from "../workers/index.ts";
import { Catalogue, createConvertPool } from "./catalogue/index.ts";
import { Crops } from "./crops.ts";
import { createUpscalePool } from "./inference-pool.ts";
import type { NetworkFile } from "./network.ts";
import { Providers } from "./providers.ts";
import { ResultTiles } from "./result-tiles.ts";
import { Upscales } from "./upscales.ts";

export interface UpscalingOptions {
  readonly launcher: WorkerLauncher;
  readonly modules: { readonly upscale: string; readonly convert: string };
  readonly onLog: (line: WorkerLogLine) => void;
  readonly database: LibraryDatabase;
  readonly store: UpscaleStore;
  readonly photos: PhotoStore;
  readonly engine: JobEngine;
  readonly images: Pick<WorkerPool<ImageWorkerMethods>, "run">;
  readonly trash: Trash;
  /** What the person wants networks to run on. */
  readonly providerChoice: () => ProviderChoice;
  /** KILN_MODEL_MIRRORS, see `readMirrors`. */
  readonly mirrors: string | undefined;
}

/** The model that comes with Kiln: providers are tested with it. */
const testedWith = "general-x4v3";

export type Upscaling = ReturnType<typeof createUpscaling>;

/** Builds all that upscaling consists of: models, what runs them, results. */
export function createUpscaling(options: UpscalingOptions) {
  const { launcher, modules, onLog, database, store, photos, engine, images, trash } = options;
  const { directory } = database;
  const pool = { launcher, entry: modules.upscale, onLog };
  const upscaler = createUpscalePool(pool);
  // What someone waits for is not to wait behind a picture that takes hours.
  const tryout = createUpscalePool(pool);
  const converter = createConvertPool({ launcher, entry: modules.convert, onLog });
  const models = new Catalogue({
    libraryDirectory: directory,
    engine,
    converter,
    check: (network, name) => tryout.run("check", { network, name }),
    mirrors: options.mirrors,
  });
  const openModel = (id: string, denoise: number) => models.open(id, { denoise });
  const providers = new Providers({
    ...pool,
    directory,
    network: () => models.open(testedWith),
    choice: options.providerChoice,
  });
  const currentProvider = () => providers.current();
  const upscales = new Upscales(
    {
      directory,
      store,
      photos,
      images,
      trash,
      upscaler,
      openModel,
      currentProvider,
      rotationOf: (id) => (id === null ? 0 : (photos.rows([id])[0]?.rotation ?? 0)),
      // What a system keeps of files it has read counts as used on macOS, and makes way when it is needed.
      freeMemory: () => Math.max(freemem(), totalmem() / 4),
      modelOf: async (id) => {
        const name = await models.nameOf(id);
        const scale = (await models.list()).find((model) => model.id === id)?.scale ?? 1;
        return { name, scale };
      },
      secondsPerMegapixel: (id) => secondsPerMegapixel(models, providers, id),
    },
    engine,
  );
  const crops = new Crops({
    directory,
    photos,
    images,
    upscaler: tryout,
    openModel,
    currentProvider,
  });
  const results = new ResultTiles({ directory, store, images, crops });
  let unfollow = (): void => undefined;
  return {
    models,
    upscales,
    crops,
    results,
    providers,
    /** The kinds of jobs that upscaling starts, for the engine. */
    definitions: [...models.definitions, ...upscales.definitions],

    /** Call it when the engine has begun. */
    begin(): void {
      unfollow = upscales.begin();
    },

    /** Removes what earlier Kilns left half done, and what nobody looks at any more. */
    async tidy(): Promise<void> {
      await models.tidy();
      await upscales.tidy();
      await crops.tidy();
    },

    async close(): Promise<void> {
      unfollow();
      await Promise.all([
        upscaler[Symbol.asyncDispose](),
        tryout[Symbol.asyncDispose](),
        converter[Symbol.asyncDispose](),
        providers.close(),
      ]);
      await crops.clear();
    },
  };
}

/**
 * What a model's output megapixel takes with the provider in force, by how much more there is to compute than in the
 * test; null where nobody counted that, where the model is not at hand, and while providers are being tested.
 */
async function secondsPerMegapixel(
  models: Catalogue,
  providers: Providers,
  id: string,
): Promise<number | null> {
  const measured = providers.currentIfKnown()?.secondsPerMegapixel ?? null;
  const isAtHand = (await models.list()).some((model) => model.id === id && model.isAtHand);
  if (measured === null || !isAtHand) return null;
  const cost = ({ flops, scale }: NetworkFile): number => flops / scale ** 2;
  const share = cost(await models.open(id)) / cost(await models.open(testedWith));
  return share > 0 ? measured * share : null;
}
