import { type AnyContractRouter, isContractProcedure } from "@orpc/contract";
import { type AnyRouter, implement } from "@orpc/server";
import { contract } from "../src-preload/contract/contract.ts";
import { KilnError } from "./errors.ts";
import { inTurns } from "./in-turns.ts";
import { groupRoot, rankRoot } from "./photos/index.ts";
import type { Services } from "./services.ts";

const platforms = { win32: "windows", darwin: "macos" } as const;
const diagnosticsTailBytes = 64 * 1024;

/** Binds every procedure of the contract to the services. Rooms decide; this file only translates. */
export function createRouter(services: Services) {
  const { options, roots, photos, bursts, measures, faces, decisions, engine, imports, sources } =
    services;
  const { host, log } = options;
  const { models, upscales, crops, providers } = services.upscaling;
  const kiln = implement(contract);

  /** The photo's file, or a problem that says where it went. */
  const fileOf = (photoId: number) => {
    const file = photos.primaryFile(photoId);
    if (file === null) throw unknownPhoto();
    return file;
  };

  /** A request with the folder that its token stands for. */
  const asked = <Input extends { destination: string | null }>({
    destination,
    ...input
  }: Input) => ({
    ...input,
    folder: destination === null ? null : sources.folder(destination),
  });

  return kiln.router({
    app: {
      info: kiln.app.info.handler(() => ({
        version: options.version,
        host: host.kind,
        platform:
          process.platform === "win32" || process.platform === "darwin"
            ? platforms[process.platform]
            : "linux",
        folderPicker: host.folderPicker,
        trash: services.apply.trashCapability,
        locale: host.locale,
        libraryPath: options.libraryDirectory,
      })),
      diagnostics: kiln.app.diagnostics.handler(async () => ({
        text: [
          `Kiln ${options.version} (${host.kind}, ${process.platform} ${process.arch}, Node ${process.version})`,
          ...engine
            .list()
            .map((job) => `${job.kind} #${job.id}: ${job.state} ${job.problem?.code ?? ""}`.trim()),
          await log.tail(diagnosticsTailBytes),
        ].join("\n"),
      })),
    },

    preferences: {
      get: kiln.preferences.get.handler(() => services.preferences.get()),
      set: kiln.preferences.set.handler(({ input }) => services.preferences.set(input)),
    },

    sources: {
      pick: kiln.sources.pick.handler(async ({ input }) => {
        const path = await host.pickFolder(input.purpose);
        return path === null ? null : { token: sources.issue([path]), path };
      }),
      list: kiln.sources.list.handler(({ input }) => {
        if (host.folderPicker !== "list") throw notListedHere();
        return sources.list(input.token);
      }),
      upload: kiln.sources.upload.handler(async ({ input }) => ({
        token: sources.issue([await imports.receivingFolder(input?.name)]),
      })),
      makeFolder: kiln.sources.makeFolder.handler(({ input }) =>
        sources.makeFolder(input.parent, input.name),
      ),
    },

    library: {
      roots: kiln.library.roots.handler(() => roots.list()),
      import: kiln.library.import.handler(({ input }) => {
        const paths = sources.paths(input.token);
        return input.mode === "copy"
          ? imports.asCopies(paths)
          : imports.inPlace(paths, input.headersOnly);
      }),
      importSample: kiln.library.importSample.handler(() => imports.sample()),
      refresh: kiln.library.refresh.handler(({ input }) => ({
        jobId: imports.refresh(services.root(input.rootId)),
      })),
      writeSidecars: kiln.library.writeSidecars.handler(({ input }) => {
        services.sidecars.writeRoot(services.root(input.rootId).id);
        return {};
      }),
      unwrittenSidecars: kiln.library.unwrittenSidecars.handler(() => {
        const { count, decisions: photos } = services.sidecars.unwritten();
        return { count, photos };
      }),
      open: kiln.library.open.handler(async ({ input }) => {
        const { id, path, whole, kind } = services.root(input.rootId);
        roots.markOpened(id, Date.now());
        // What lies inside the library changes by Kiln's own hand alone.
        if (whole && kind === "referenced") {
          await services.watch.watch(id, path, !imports.isReading(id));
        } else await services.watch.close();
        const opened = roots.list().find((root) => root.id === id);
        if (opened === undefined) throw new Error("A root vanished while it was opened.");
        return opened;
      }),
      forget: kiln.library.forget.handler(async ({ input }) => ({
        editId: await decisions.forgetRoot(services.root(input.rootId).id),
      })),
    },

    photos: {
      changes: kiln.photos.changes.handler(({ input }) =>
        services.database.transaction(() => {
          const { rootId, since, page } = input;
          const rows =
            page === null
              ? photos.changes(rootId, since)
              : photos.changesAfter(rootId, since, page);
          return {
            revision: services.database.currentRevision(),
            photos: rows,
            bursts: page === null || page.after === 0 ? bursts.changes(rootId, since) : [],
            next: rows.length === page?.limit ? (rows.at(-1)?.id ?? null) : null,
          };
        }),
      ),
      detail: kiln.photos.detail.handler(({ input }) => {
        const found = photos.detail(input.photoId);
        if (found === null) throw unknownPhoto();
        const { identity, ...detail } = found;
        const stored = measures.get(identity);
        const seen = faces.get(identity);
        if (stored === null) return { ...detail, faces: seen, measures: null };
        const { look: _look, detail: _detail, ...shown } = stored;
        return { ...detail, faces: seen, measures: shown };
      }),
      unwrittenSidecar: kiln.photos.unwrittenSidecar.handler(({ input }) => ({
        reason: services.sidecars.whyUnwritten(input.photoId),
      })),
      rankAsOne: kiln.photos.rankAsOne.handler(async ({ input, signal }) => {
        const ranks = await inTurns(rankRoot(services, services.root(input.rootId).id), signal);
        return {
          pickId: ranks?.proposedId ?? null,
          verdict: ranks?.verdict ?? null,
          frames: (ranks?.frames ?? []).toSorted((a, b) => a.rank - b.rank),
        };
      }),
      previewGap: kiln.photos.previewGap.handler(({ input }) =>
        services.gapPreviews.preview(services.root(input.rootId).id, input.gapMs),
      ),
      similar: kiln.photos.similar.handler(async ({ input: { photoId } }) => {
        const rootId = roots.holding(photoId);
        return { photos: rootId === null ? [] : await services.similar.find(rootId, photoId) };
      }),
      histogram: kiln.photos.histogram.handler(({ input, signal }) =>
        services.images.run(
          "histogram",
          { path: fileOf(input.photoId).path },
          { priority: 50, ...(signal === undefined ? {} : { signal }) },
        ),
      ),
      reveal: kiln.photos.reveal.handler(async ({ input }) => {
        await host.reveal(fileOf(input.photoId).path);
        return {};
      }),
      showOnMap: kiln.photos.showOnMap.handler(async ({ input }) => {
        const detail = photos.detail(input.photoId);
        if (detail === null) throw unknownPhoto();
        if (detail.latitude === null || detail.longitude === null) throw noPlace();
        const place = `mlat=${detail.latitude}&mlon=${detail.longitude}#map=16`;
        await host.openExternal(
          `https://www.openstreetmap.org/?${place}/${detail.latitude}/${detail.longitude}`,
        );
        return {};
      }),
    },

    edits: {
      decide: kiln.edits.decide.handler(async ({ input: { photoIds, ...decision } }) => ({
        editId: await decisions.decide(photoIds, decision),
      })),
      acceptProposals: kiln.edits.acceptProposals.handler(({ input }) =>
        decisions.acceptProposals(input.burstIds, input.others, input.decided),
      ),
      setBurstPick: kiln.edits.setBurstPick.handler(async ({ input }) => ({
        editId: await decisions.setBurstPick(input.burstId, input.photoId),
      })),
      splitBurst: kiln.edits.splitBurst.handler(async ({ input }) => ({
        editId: await decisions.splitBurst(input.photoIds),
      })),
      mergeBursts: kiln.edits.mergeBursts.handler(async ({ input }) => ({
        editId: await decisions.mergeBursts(input.burstIds),
      })),
      dissolveBursts: kiln.edits.dissolveBursts.handler(async ({ input }) => ({
        editId: await decisions.dissolveBursts(input.burstIds),
      })),
      regroup: kiln.edits.regroup.handler(async ({ input: { rootId, gapMs, asStep } }) => {
        const { id } = services.root(rootId);
        if (asStep) return { editId: await decisions.regroup(id, gapMs) };
        await services.ranking.rank(await inTurns(groupRoot(services, id, gapMs)));
        return { editId: null };
      }),
      resetBursts: kiln.edits.resetBursts.handler(async ({ input }) => ({
        editId: await decisions.resetBursts(
          services.root(input.rootId).id,
          services.preferences.get().burstGapMs,
        ),
      })),
      undo: kiln.edits.undo.handler(({ input }) => services.undo(input?.shownRootId)),
      redo: kiln.edits.redo.handler(() => services.redo()),
    },

    apply: {
      previewName: kiln.apply.previewName.handler(({ input }) =>
        services.apply.previewName(services.root(input.rootId).id, input.pattern, input.subfolders),
      ),
      plan: kiln.apply.plan.handler(({ input: { destination, secondCopy, ...rest } }) =>
        services.apply.plan({
          ...rest,
          rootId: services.root(rest.rootId).id,
          destination: destination === null ? null : sources.folder(destination),
          secondCopy: secondCopy === null ? null : sources.folder(secondCopy),
        }),
      ),
      start: kiln.apply.start.handler(async ({ input }) => ({
        jobId: await services.apply.start(input.planId),
      })),
      undo: kiln.apply.undo.handler(({ input }) => ({ jobId: services.apply.undo(input.planId) })),
    },

    models: {
      list: kiln.models.list.handler(() => models.list()),
      fetch: kiln.models.fetch.handler(({ input }) => models.fetch(input.id)),
      add: kiln.models.add.handler(({ input }) => models.add(sources.paths(input.token))),
      remove: kiln.models.remove.handler(async ({ input }) => {
        await models.remove(input.id);
        return {};
      }),
      rename: kiln.models.rename.handler(async ({ input }) => {
        await models.rename(input.id, input.name);
        return {};
      }),
    },

    upscales: {
      changes: kiln.upscales.changes.handler(({ input }) =>
        services.database.transaction(() => ({
          revision: services.database.currentRevision(),
          upscales: upscales.changes(input.since),
        })),
      ),
      forecast: kiln.upscales.forecast.handler(({ input }) => upscales.forecast(asked(input))),
      start: kiln.upscales.start.handler(({ input }) => upscales.start(asked(input))),
      crop: kiln.upscales.crop.handler(({ input, signal }) => crops.make(input, signal)),
      retry: kiln.upscales.retry.handler(({ input }) => ({
        jobId: upscales.retry(input.upscaleIds),
      })),
      remove: kiln.upscales.remove.handler(async ({ input }) => {
        await upscales.remove(input.upscaleId);
        return {};
      }),
      reveal: kiln.upscales.reveal.handler(async ({ input }) => {
        await host.reveal(await upscales.fileOf(input.upscaleId));
        return {};
      }),
      providers: kiln.upscales.providers.handler(async () => ({
        providers: await providers.list(),
        current: await providers.current(),
        choice: services.preferences.get().upscale.provider,
      })),
      chooseProvider: kiln.upscales.chooseProvider.handler(({ input }) => {
        const { upscale } = services.preferences.get();
        services.preferences.set({ upscale: { ...upscale, provider: input.choice } });
        return {};
      }),
      testProviders: kiln.upscales.testProviders.handler(async () => {
        await providers.probeAgain();
        return {};
      }),
    },

    jobs: {
      list: kiln.jobs.list.handler(() => engine.list()),
      pause: kiln.jobs.pause.handler(({ input }) => engine.pause(input.jobId)),
      resume: kiln.jobs.resume.handler(({ input }) => engine.resume(input.jobId)),
      cancel: kiln.jobs.cancel.handler(({ input }) => engine.cancel(input.jobId)),
      retry: kiln.jobs.retry.handler(({ input }) => engine.retry(input.jobId)),
      clear: kiln.jobs.clear.handler(() => {
        engine.clear();
        return {};
      }),
      reveal: kiln.jobs.reveal.handler(async ({ input }) => {
        const path = engine.revealPath(input.jobId);
        if (path === null) throw nothingToReveal();
        await host.reveal(path);
        return {};
      }),
    },

    events: {
      next: kiln.events.next.handler(({ input, signal }) =>
        services.events.next(input.cursor, signal),
      ),
    },
  });
}

/** A router whose every procedure fails with the reason why Kiln could not start: the page shows it. */
export function createProblemRouter(problem: KilnError): AnyRouter {
  const failing = (part: AnyContractRouter): AnyRouter =>
    isContractProcedure(part)
      ? implement(part).handler(() => {
          throw problem;
        })
      : Object.fromEntries(Object.entries(part).map(([name, inner]) => [name, failing(inner)]));
  return failing(contract);
}

export type Router = ReturnType<typeof createRouter>;

function unknownPhoto(): KilnError {
  return new KilnError(
    "photo-unknown",
    { en: "This photo is not where it was.", ko: "사진이 원래 자리에 없습니다." },
    {
      en: "Connect its drive or read the folder again.",
      ko: "드라이브를 연결하거나 폴더를 다시 읽으세요.",
    },
  );
}

function notListedHere(): KilnError {
  return new KilnError(
    "use-dialog",
    { en: "Folders are not listed here.", ko: "여기에서는 폴더 목록을 보여 주지 않습니다." },
    { en: "Use the system's dialog.", ko: "시스템 대화 상자를 사용하세요." },
  );
}

function noPlace(): KilnError {
  return new KilnError(
    "no-place",
    { en: "This photo doesn't say where it was taken.", ko: "사진에 촬영 위치가 없습니다." },
    { en: "Choose a photo with a location.", ko: "위치가 있는 사진을 고르세요." },
  );
}

function nothingToReveal(): KilnError {
  return new KilnError(
    "nothing-to-reveal",
    { en: "This work left nothing on the disk.", ko: "이 작업은 디스크에 남긴 것이 없습니다." },
    { en: "Look at its message instead.", ko: "작업의 메시지를 확인하세요." },
  );
}
