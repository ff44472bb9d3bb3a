/** `kiln bench loop`: how long main's event loop answers nobody, in a library of many photos. */
import { once } from "node:events";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { MessageChannel, Worker } from "node:worker_threads";
import { pieces } from "../../src-main/in-turns.ts";
import { ReadingStore } from "../../src-main/library/index.ts";
import type { LogFile } from "../../src-main/log/index.ts";
import { drawing, soften } from "../../src-main/photos/best-cut/frames.fixture.ts";
import { analyseFrame, describeLook } from "../../src-main/photos/best-cut/index.ts";
import { createRouter } from "../../src-main/router.ts";
import { serveMessagePort } from "../../src-main/server/door.ts";
import { openServices } from "../../src-main/services.fixture.ts";
import type { Services } from "../../src-main/services.ts";
import { rounded, tell } from "./figures.ts";
import type { FromWindow, ToWindow } from "./loop-window.ts";
import { shoot } from "./photos.ts";

/** What bursts show, in turns, and the size at which it is measured. */
const SCENES = 20;
const FRAME = [720, 480] as const;

/** How often the watch looks at the clocks. */
const TICK_MS = 1;

interface Gap {
  /** The longest time without an answer, by the clock… */
  readonly wallMs: number;
  /** …and the most that the thread worked in one go: what other programs do is not in it. */
  readonly cpuMs: number;
  readonly seconds: number;
}

/**
 * Everything that main does to all photos of a library at once, with a window that follows: for each the longest time in
 * which nobody else was answered. Timers' own millisecond is in it.
 */
export async function benchLoop({ photos, cache }: { photos: number; cache: string }) {
  const gaps: Record<string, Gap> = {};
  const measure = async <T>(name: string, work: () => Promise<T> | T): Promise<T> => {
    const watch = watchLoop();
    const result = await work();
    // What the work left to be told: commits are announced, the window asks for rows.
    await wait(400);
    gaps[name] = watch.stop();
    tell(`${name}: ${JSON.stringify(gaps[name])}`);
    return result;
  };
  const folder = join(cache, `tiny-${photos}`);
  const few = join(cache, "tiny-500");
  tell(`${photos} photos in ${folder}`);
  await shoot(folder, photos, { width: 96, height: 64 });
  await shoot(few, 500, { width: 600, height: 400 });
  const libraryDirectory = join(cache, `loop-${photos}`);
  rmSync(libraryDirectory, { recursive: true, force: true });
  mkdirSync(libraryDirectory, { recursive: true });

  let services = openServices(libraryDirectory);
  const { rootId, jobId } = await services.imports.inPlace([folder], true);
  let window = new BenchWindow(services, rootId);
  await measure("scan and headers", () => services.engine.whenEnded(jobId));
  fill(services, rootId);
  // That was the bench's own work: timers and the window have to catch up.
  await wait(2_000);
  const refresh = async (): Promise<void> => {
    const again = await window.ask<{ jobId: number }>("library.refresh", { rootId });
    const job = await services.engine.whenEnded(again.jobId);
    if (job.state !== "completed") throw new Error(`The reading ended as ${job.state}.`);
  };
  await measure("grouped and ranked by a reading", refresh);
  await measure("read again, nothing new", refresh);

  await window.close();
  await services.close();
  await measure("start", async () => {
    services = openServices(libraryDirectory);
    window = new BenchWindow(services, rootId);
    await window.hasRows(photos);
  });

  let fewId = 0;
  await measure("500 other photos read", async () => {
    const started = await services.imports.inPlace([few]);
    fewId = started.rootId;
    await services.engine.whenEnded(started.jobId);
  });
  await measure("gap preview, first", () => window.ask("photos.previewGap", { rootId, gapMs: 1 }));
  await measure("gap preview, again", () => window.ask("photos.previewGap", { rootId, gapMs: 2 }));
  await measure("grouped by another gap", () => window.ask("edits.regroup", { rootId, gapMs: 0 }));
  await measure("… undone", () => window.ask("edits.undo"));
  const photoIds = services.photos.changes(rootId, 0).map(({ id }) => id);
  await measure("all rated", () => window.ask("edits.decide", { photoIds, stars: 3 }));
  await measure("… undone ", () => window.ask("edits.undo"));
  await measure("… done again", () => window.ask("edits.redo"));
  const burstIds = services.bursts.changes(rootId, 0).flatMap(({ id, gone }) => (gone ? [] : [id]));
  await measure("all proposals accepted", () =>
    window.ask("edits.acceptProposals", { burstIds, others: "reject" }),
  );
  await measure("all bursts dissolved", () => window.ask("edits.dissolveBursts", { burstIds }));
  await measure("… undone  ", () => window.ask("edits.undo"));
  await measure("a burst of 400 made", () =>
    window.ask("edits.mergeBursts", { burstIds: burstIds.slice(0, 100) }),
  );
  await measure("500 ranked as one", () => window.ask("photos.rankAsOne", { rootId: fewId }));
  await measure("similar photos", () => window.ask("photos.similar", { photoId: photoIds[0] }));
  const destination = join(cache, `loop-${photos}-out`);
  rmSync(destination, { recursive: true, force: true });
  mkdirSync(destination);
  const planned = await measure("plan of all", () =>
    window.ask<{ plan: { planId: number } }>("apply.plan", {
      rootId,
      action: "copy",
      destination: services.sources.issue([destination]),
      pattern: "{name}",
      subfolders: "",
      secondCopy: null,
      rejects: "leave",
      undecided: "proposed",
      exportQuality: 90,
      exportEdge: null,
    }),
  );
  const { planId } = planned.plan;
  const applied = async (what: "start" | "undo"): Promise<void> => {
    const started = await window.ask<{ jobId: number }>(`apply.${what}`, { planId });
    const job = await services.engine.whenEnded(started.jobId);
    if (job.state !== "completed") throw new Error(`The plan's job ended as ${job.state}.`);
  };
  await measure("plan carried out", () => applied("start"));
  await measure("… undone   ", () => applied("undo"));
  await window.close();
  await services.close();
  return { photos, longest: gaps };
}

/** A window on a thread of its own: what it does with an answer is not in main's time. */
class BenchWindow {
  readonly #worker = new Worker(new URL("./loop-window.ts", import.meta.url));
  readonly #asked = new Map<number, PromiseWithResolvers<unknown>>();
  readonly #log: LogFile;
  #rows = 0;
  #lastId = 0;

  constructor(services: Services, rootId: number) {
    this.#log = services.options.log;
    const { port1, port2 } = new MessageChannel();
    serveMessagePort(createRouter(services), port1, this.#log);
    this.#worker.on("message", (message: FromWindow) => {
      if ("rows" in message) this.#rows = message.rows;
      else if ("error" in message) this.#asked.get(message.id)?.reject(new Error(message.error));
      else this.#asked.get(message.id)?.resolve(message.answer);
    });
    const hello: ToWindow = { port: port2, rootId };
    this.#worker.postMessage(hello, [port2]);
  }

  ask<Answer = unknown>(procedure: string, input?: unknown): Promise<Answer> {
    this.#lastId += 1;
    const answer = Promise.withResolvers<unknown>();
    this.#asked.set(this.#lastId, answer);
    const question: ToWindow = { id: this.#lastId, path: procedure.split("."), input };
    this.#worker.postMessage(question);
    return answer.promise as Promise<Answer>;
  }

  async hasRows(count: number): Promise<void> {
    while (this.#rows < count) await once(this.#worker, "message");
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** As if the photos had been measured: each burst shows a scene, its frames are more or less soft. */
function fill(services: Services, rootId: number): void {
  const { database, measures, faces } = services;
  const readings = new ReadingStore(database);
  const scenes = Array.from({ length: SCENES }, (_, scene) => {
    const sharp = drawing(...FRAME, scene + 1);
    return Array.from({ length: 4 }, (_unused, step) => {
      const frame = soften(sharp, step);
      return { ...analyseFrame(frame), look: describeLook(frame) };
    });
  });
  for (const [at, piece] of pieces(readings.inState(rootId, ["probed"]), 500).entries()) {
    database.transaction(() => {
      for (const [i, { id, identity }] of piece.entries()) {
        const place = 500 * at + i;
        const found = scenes[Math.floor(place / 4) % SCENES]?.[place % 4];
        if (found === undefined) throw new Error("A photo without a scene.");
        const { measures: measured, look, detail } = found;
        measures.save(identity, { ...measured, look, detail });
        faces.save(identity, place % 8 < 4 ? [] : [[0.4, 0.3, 0.1, 0.15]]);
        readings.markMeasured(id);
      }
    });
  }
}

/** Watches this thread's event loop: its clock, and the thread's own time of work between two turns. */
function watchLoop(): { stop(): Gap } {
  const began = performance.now();
  const used = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let last = { wall: began, cpu: used() };
  const most = { wall: 0, cpu: 0 };
  const look = (): void => {
    const now = { wall: performance.now(), cpu: used() };
    most.wall = Math.max(most.wall, now.wall - last.wall);
    most.cpu = Math.max(most.cpu, now.cpu - last.cpu);
    last = now;
  };
  const timer = setInterval(look, TICK_MS);
  return {
    stop() {
      look();
      clearInterval(timer);
      return {
        wallMs: rounded(most.wall, 0),
        cpuMs: rounded(most.cpu, 0),
        seconds: rounded((performance.now() - began) / 1000, 1),
      };
    },
  };
}
