import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { chromium, type Page } from "@playwright/test";
import { electronFlags, packedPath } from "../e2e/hosts.ts";
import { startHost } from "../e2e/start-host.ts";
import { quantile, rounded, tell } from "./figures.ts";
import { shoot } from "./photos.ts";
import { readingDone } from "./reading.ts";

/** Long enough for any start: nobody listens while it goes on, so that nothing but Kiln is measured. */
const settledMs = 6_000;

/** From the start of the packed app's process to the first tiles painted, in a library that has read its photos. */
export async function benchStart(options: { photos: number; runs: number; cache: string }) {
  const libraryDirectory = await readLibrary(options.cache, options.photos);
  const starts: Start[] = [];
  // The first start fills the caches of system and page; people start Kiln more than once.
  for (let run = 0; run <= options.runs; run += 1) {
    const start = await startOnce(libraryDirectory);
    tell(`started: ${JSON.stringify(start)}`);
    starts.push(start);
  }
  const [first, ...rest] = starts;
  const median = (of: (start: Start) => number): number => rounded(quantile(rest.map(of), 0.5), 0);
  return {
    photos: options.photos,
    firstStart: first,
    median: {
      pageMs: median((start) => start.pageMs),
      firstPaintMs: median((start) => start.firstPaintMs),
      firstTilesMs: median((start) => start.firstTilesMs),
    },
    runs: rest.map((start) => start.firstTilesMs),
  };
}

/** A library of small photos, read once in the packed app and kept. */
async function readLibrary(cache: string, photos: number): Promise<string> {
  const kept = join(cache, `start-${photos}`);
  if (existsSync(kept)) return kept;
  const folder = join(cache, `small-${photos}`);
  tell(`${photos} photos in ${folder}`);
  await shoot(folder, photos, { width: 600, height: 400 });
  const fresh = `${kept}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const host = await startHost("packed", {
    libraryDirectory: fresh,
    home: cache,
    viewport: { width: 1440, height: 900 },
    args: ["--lang", "en", folder],
  });
  try {
    tell("waiting until all is read");
    await host.page.keyboard.press("Control+j");
    await readingDone(host.page, photos);
  } finally {
    await host.close();
  }
  renameSync(fresh, kept);
  return kept;
}

interface Start {
  /** From the start of the process to the page's own, milliseconds; so are the others. */
  readonly pageMs: number;
  readonly firstPaintMs: number;
  readonly firstTilesMs: number;
}

async function startOnce(kept: string): Promise<Start> {
  const libraryDirectory = `${kept}.run`;
  if (!existsSync(libraryDirectory)) cpSync(kept, libraryDirectory, { recursive: true });
  const began = Date.now();
  const app = spawn(
    packedPath(),
    [...electronFlags, "--remote-debugging-port=0", "--library", libraryDirectory, "--lang", "en"],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  try {
    const address = await debuggerOf(app);
    await new Promise((resolve) => setTimeout(resolve, settledMs));
    const browser = await chromium.connectOverCDP(address);
    const page = browser.contexts()[0]?.pages()[0];
    if (page === undefined) throw new Error("The app has no window.");
    const seen = await paintsOf(page);
    return {
      pageMs: rounded(seen.origin - began, 0),
      firstPaintMs: rounded(seen.origin + seen.firstPaint - began, 0),
      firstTilesMs: rounded(seen.origin + seen.firstTile - began, 0),
    };
  } finally {
    const gone = new Promise((resolve) => app.once("exit", resolve));
    app.kill("SIGTERM");
    await gone;
  }
}

function debuggerOf(app: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    app.once("exit", (code) => reject(new Error(`The app ended with ${code}.`)));
    if (app.stderr === null) return;
    createInterface({ input: app.stderr }).on("line", (line) => {
      const address = /^DevTools listening on (ws:\/\/\S+)/.exec(line)?.[1];
      if (address !== undefined) resolve(address);
    });
  });
}

/** What the browser kept of its first frames; in milliseconds after the page's origin. */
function paintsOf(page: Page): Promise<{ origin: number; firstPaint: number; firstTile: number }> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        const observer = new PerformanceObserver((list) => {
          // Every one of these was the largest when it was painted; the first that is a thumbnail is the first tile.
          const tile = list
            .getEntries()
            .find((entry) => "url" in entry && String(entry.url).includes("thumbnail"));
          if (tile === undefined) return;
          const [paint] = performance.getEntriesByType("paint");
          resolve({
            origin: performance.timeOrigin,
            firstPaint: paint?.startTime ?? Number.NaN,
            firstTile: tile.startTime,
          });
        });
        observer.observe({ type: "largest-contentful-paint", buffered: true });
      }),
  );
}
