import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, type Page } from "@playwright/test";
import { type RunningHost, startHost } from "../e2e/start-host.ts";
import { quantile, rounded, tell } from "./figures.ts";
import { shoot } from "./photos.ts";
import { readingDone } from "./reading.ts";

declare global {
  interface Window {
    bench: { asked: number; first: number; screen: number; frames: number[] };
  }
}

export interface GridOptions {
  readonly photos: number;
  readonly runs: number;
  /** Photos and libraries are made below it once, and kept. */
  readonly cache: string;
}

/**
 * The grid of a day's photos in headless Chromium, 1440 × 900: first thumbnails, the grid scrolled end to end while the
 * photos are still being read and when all is read, the next photo at 1:1.
 */
export async function benchGrid({ photos, runs, cache }: GridOptions) {
  const home = join(cache, `home-${photos}`);
  const folder = join(home, "day");
  tell(`${photos} photos in ${folder}`);
  await shoot(folder, photos);

  const fresh = await begin(join(cache, "library-fresh"), home, []);
  const opened = await opening(fresh, async ({ page }) => {
    const shown = await openDay(page);
    return { ...shown, scrolled: await scrollRuns(page, runs) };
  });
  rmSync(join(cache, "library-fresh"), { recursive: true, force: true });

  const kept = await begin(join(cache, `library-${photos}`), home, ["--open", folder]);
  const settled = await opening(kept, async ({ page }) => {
    tell("waiting until all is read");
    await page.keyboard.press("Control+j");
    await readingDone(page, photos);
    await page.keyboard.press("Control+j");
    const scrolled = await scrollRuns(page, runs);
    return { scrolled, next: await nextPhotos(page, 60) };
  });

  return {
    photos,
    firstThumbnailMs: rounded(opened.first, 0),
    firstScreenMs: rounded(opened.screen, 0),
    scrolledWhileReading: opened.scrolled,
    scrolledWhenRead: settled.scrolled,
    nextPhotoAt100Percent: {
      p50Ms: rounded(quantile(settled.next, 0.5), 1),
      p95Ms: rounded(quantile(settled.next, 0.95), 1),
    },
  };
}

async function begin(libraryDirectory: string, home: string, args: readonly string[]) {
  if (args.length === 0) rmSync(libraryDirectory, { recursive: true, force: true });
  if (!existsSync(libraryDirectory)) mkdirSync(libraryDirectory, { recursive: true });
  const viewport = { width: 1440, height: 900 };
  return startHost("chromium", {
    libraryDirectory,
    home,
    viewport,
    args: ["--lang", "en", ...args],
  });
}

async function opening<T>(host: RunningHost, work: (host: RunningHost) => Promise<T>): Promise<T> {
  try {
    return await work(host);
  } finally {
    await host.close();
  }
}

/** Opens the folder by keyboard; milliseconds from the key to the first thumbnail, and to all of the first screen. */
async function openDay(page: Page): Promise<{ first: number; screen: number }> {
  await page.evaluate(() => {
    window.bench = { asked: 0, first: 0, screen: 0, frames: [] };
    const { bench } = window;
    const inView = (element: Element): boolean => {
      const { top, bottom } = element.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    };
    const look = (): void => {
      const tiles = [...document.querySelectorAll("[role=option]")].filter(inView);
      const painted = tiles.filter((tile) => {
        const image = tile.querySelector("img");
        return image?.complete === true && image.naturalWidth > 0;
      });
      if (painted.length > 0 && bench.first === 0) bench.first = performance.now();
      if (painted.length > 0 && painted.length === tiles.length) bench.screen = performance.now();
      else requestAnimationFrame(look);
    };
    const onKey = (event: KeyboardEvent): void => {
      if (!event.ctrlKey || event.key !== "Enter" || bench.asked > 0) return;
      bench.asked = performance.now();
      requestAnimationFrame(look);
    };
    addEventListener("keydown", onKey, true);
  });
  await page.getByRole("button", { name: "Open folder…" }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: /^day/ }).press("Enter");
  await expect(page.getByRole("textbox", { name: "Path of the folder" })).toHaveValue(/day$/);
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => window.bench.screen > 0, undefined, { timeout: 120_000 });
  return page.evaluate(() => {
    const { asked, first, screen } = window.bench;
    return { first: first - asked, screen: screen - asked };
  });
}

async function scrollRuns(page: Page, runs: number) {
  const scrolls: Scroll[] = [];
  for (let run = 0; run < runs; run += 1) {
    const scroll = await scrollThrough(page);
    tell(`scrolled: ${JSON.stringify(scroll)}`);
    scrolls.push(scroll);
  }
  const worst = scrolls.map((scroll) => scroll.worstMs);
  return {
    worstFrameMs: { median: quantile(worst, 0.5), runs: worst },
    p99FrameMs: quantile(
      scrolls.map((scroll) => scroll.p99Ms),
      0.5,
    ),
    mostTilesInPage: Math.max(...scrolls.map((scroll) => scroll.mostTiles)),
  };
}

interface Scroll {
  readonly seconds: number;
  readonly frames: number;
  readonly worstMs: number;
  readonly p99Ms: number;
  readonly mostTiles: number;
}

/** CSS pixels a turn, 60 turns a second: as fast as 30 notches of a usual wheel. */
const wheelStep = 60;

/** Turns the wheel 60 times a second from the first row to the last. */
async function scrollThrough(page: Page): Promise<Scroll> {
  const grid = page.getByRole("listbox", { name: "Photos" });
  await grid.hover();
  await grid.evaluate((scroller) => scroller.scrollTo({ top: 0 }));
  await page.waitForTimeout(1_500);
  await page.evaluate(() => {
    window.bench = { asked: 0, first: 0, screen: 0, frames: [] };
    const { bench } = window;
    const step = (now: number): void => {
      bench.frames.push(now);
      if (window.bench === bench) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  const devtools = await page.context().newCDPSession(page);
  const wheel = setInterval(() => {
    devtools
      .send("Input.dispatchMouseEvent", {
        type: "mouseWheel",
        x: 700,
        y: 450,
        deltaX: 0,
        deltaY: wheelStep,
      })
      // A turn that is still on its way when the page is closed.
      .catch(() => undefined);
  }, 1000 / 60);
  let mostTiles = 0;
  try {
    for (let isAtEnd = false; !isAtEnd; ) {
      await page.waitForTimeout(200);
      const seen = await grid.evaluate((scroller) => ({
        isAtEnd: scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 4,
        tiles: scroller.querySelectorAll("[role=option]").length,
      }));
      isAtEnd = seen.isAtEnd;
      mostTiles = Math.max(mostTiles, seen.tiles);
    }
  } finally {
    clearInterval(wheel);
  }
  await devtools.detach();
  const times = await page.evaluate(() => {
    const { frames } = window.bench;
    window.bench = { asked: 0, first: 0, screen: 0, frames: [] };
    return frames;
  });
  const intervals = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const [first = 0, last = 0] = [times[0], times.at(-1)];
  return {
    seconds: rounded((last - first) / 1000, 1),
    frames: intervals.length,
    worstMs: rounded(Math.max(...intervals), 1),
    p99Ms: rounded(quantile(intervals, 0.99), 1),
    mostTiles,
  };
}

/** Milliseconds from the arrow key to the next photo drawn at 1:1, with its neighbours prefetched. */
async function nextPhotos(page: Page, steps: number): Promise<number[]> {
  await page.keyboard.press("Home");
  await page.keyboard.press("e");
  await page.locator("canvas[data-drawn]").first().waitFor();
  await page.keyboard.press("z");
  await page.locator('canvas[data-drawn$="@1"]').first().waitFor();
  const times: number[] = [];
  for (let step = 0; step < steps; step += 1) {
    // Long enough for the neighbours to be decoded: a person looks at a photo, too.
    await page.waitForTimeout(900);
    const time = await page.evaluate(async () => {
      const canvas = document.querySelector("canvas[data-drawn]");
      if (canvas === null) return Number.NaN;
      const before = canvas.getAttribute("data-drawn")?.split("@")[0];
      const drawn = new Promise<number>((resolve) => {
        const observer = new MutationObserver(() => {
          const now = canvas.getAttribute("data-drawn");
          if (now === null || now.split("@")[0] === before || !/@1(\.0+)?$/.test(now)) return;
          observer.disconnect();
          requestAnimationFrame(() => resolve(performance.now()));
        });
        observer.observe(canvas, { attributes: true, attributeFilter: ["data-drawn"] });
      });
      const asked = performance.now();
      window.dispatchEvent(
        new KeyboardEvent("keydown", { code: "ArrowRight", key: "ArrowRight", bubbles: true }),
      );
      return (await drawn) - asked;
    });
    times.push(time);
  }
  return times;
}
