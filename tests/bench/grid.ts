import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { startHost } from "../e2e/start-host.ts";
import { quantile, rounded } from "./figures.ts";
import { shoot } from "./photos.ts";

declare global {
  interface Window {
    bench: { asked: number; shown: number; frames: number[]; drawn: number[] };
  }
}

/** Shows 3: first thumbnails, the scrolled grid, the next photo at 1:1; headless Chromium, 1440 × 900. */
export async function benchGrid(options: { photos: number; runs: number; cache: string }) {
  const home = join(options.cache, `home-${options.photos}`);
  const folder = join(home, "day");
  await shoot(folder, options.photos);
  const libraryDirectory = join(options.cache, "library");
  rmSync(libraryDirectory, { recursive: true, force: true });
  mkdirSync(libraryDirectory, { recursive: true });
  const host = await startHost("chromium", {
    libraryDirectory,
    home,
    viewport: { width: 1440, height: 900 },
    args: ["--lang", "en"],
  });
  try {
    const { page } = host;
    const firstThumbnailMs = await openDay(page);
    await page
      .getByText(new RegExp(`^${options.photos.toLocaleString("en")} photos in`))
      .first()
      .waitFor({ timeout: 3_600_000 });
    await page.keyboard.press("Control+j");
    const runs: number[] = [];
    let tiles = 0;
    for (let run = 0; run < options.runs; run += 1) {
      const { worst, most } = await scrollThrough(page);
      runs.push(worst);
      tiles = Math.max(tiles, most);
    }
    const next = await nextPhotos(page, 60);
    return {
      photos: options.photos,
      firstThumbnailMs: rounded(firstThumbnailMs, 0),
      worstFrameMs: {
        median: rounded(quantile(runs, 0.5), 1),
        runs: runs.map((ms) => rounded(ms, 1)),
      },
      mostTilesInPage: tiles,
      nextPhotoAt100Percent: {
        p50: rounded(quantile(next, 0.5), 1),
        p95: rounded(quantile(next, 0.95), 1),
      },
    };
  } finally {
    await host.close();
  }
}

/** Opens the folder by keyboard; milliseconds from the key to the first thumbnail on the screen. */
async function openDay(page: Page): Promise<number> {
  await page.evaluate(() => {
    window.bench = { asked: 0, shown: 0, frames: [], drawn: [] };
    window.addEventListener(
      "keydown",
      (event) => {
        if (event.ctrlKey && event.key === "Enter" && window.bench.asked === 0) {
          window.bench.asked = performance.now();
        }
      },
      true,
    );
    // Load events of pictures pass by the document, not by the window.
    document.addEventListener(
      "load",
      (event) => {
        if (event.target instanceof HTMLImageElement && window.bench.shown === 0) {
          requestAnimationFrame(() => {
            window.bench.shown = performance.now();
          });
        }
      },
      true,
    );
  });
  await page.getByRole("button", { name: "Open folder…" }).press("Enter");
  await page.getByRole("dialog").getByRole("button", { name: /^day/ }).press("Enter");
  await page.getByRole("dialog").getByText(/day$/).first().waitFor();
  await page.keyboard.press("Control+Enter");
  await page.waitForFunction(() => window.bench.shown > 0, undefined, { timeout: 60_000 });
  const ms = await page.evaluate(() => window.bench.shown - window.bench.asked);
  await page.keyboard.press("Control+j");
  return ms;
}

/** Turns the wheel from the first row to the last: the worst frame interval, and the most tiles in the page. */
async function scrollThrough(page: Page): Promise<{ worst: number; most: number }> {
  await page.keyboard.press("Home");
  const grid = page.getByRole("listbox", { name: "Photos" });
  await grid.hover();
  await page.evaluate(() => {
    const scroller = document.querySelector("[role=listbox]");
    scroller?.scrollTo({ top: 0 });
    window.bench.frames = [];
    let last = performance.now();
    const step = (now: number): void => {
      window.bench.frames.push(now - last);
      last = now;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  let most = 0;
  for (let turn = 0; ; turn += 1) {
    await page.mouse.wheel(0, 240);
    if (turn % 20 !== 0) continue;
    const { atEnd, tiles } = await page.evaluate(() => {
      const scroller = document.querySelector("[role=listbox]");
      if (scroller === null) return { atEnd: true, tiles: 0 };
      return {
        atEnd: scroller.scrollTop + scroller.clientHeight >= scroller.scrollHeight - 4,
        tiles: scroller.querySelectorAll("[role=option]").length,
      };
    });
    most = Math.max(most, tiles);
    if (atEnd) break;
  }
  // The first interval began before the wheel.
  const frames = await page.evaluate(() => window.bench.frames.slice(1));
  return { worst: Math.max(...frames), most };
}

/** Milliseconds from the arrow key to the next photo drawn at 1:1, with its neighbours prefetched. */
async function nextPhotos(page: Page, steps: number): Promise<number[]> {
  await page.keyboard.press("Home");
  await page.keyboard.press("e");
  await page.locator("canvas[data-drawn]").first().waitFor();
  await page.keyboard.press("z");
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
