import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { serveRequests, temporaryFolder } from "./fixture.ts";
import type { ResultSource } from "./ports.ts";

async function results(): Promise<{ source: ResultSource; asked: unknown[] }> {
  const path = join(await temporaryFolder(), "tile.jpg");
  await writeFile(path, "pixels");
  const asked: unknown[] = [];
  const file = (etag: string) => Promise.resolve({ path, contentType: "image/jpeg", etag });
  return {
    asked,
    source: {
      tile: (...place) => {
        asked.push(place);
        return place[1] > 3 ? Promise.resolve(null) : file("0af3");
      },
      crop: (...piece) => {
        asked.push(piece);
        return file(piece.join("-"));
      },
    },
  };
}

const key = "0123456789abcdef0123456789abcdef";

test("tiles of results and pieces of photos are answered by their addresses", async () => {
  const { source, asked } = await results();
  const { ask } = await serveRequests(undefined, undefined, source);
  const tile = await ask("/media/upscale/12/3/0/45?v=0af3");
  expect(await tile.text()).toBe("pixels");
  expect(tile.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
  expect((await ask("/media/upscale/12/3/0/45?v=other")).headers.get("cache-control")).toBe(
    "private, no-cache",
  );
  expect((await ask(`/media/upscale-crop/${key}/after`)).status).toBe(200);
  expect((await ask("/media/upscale/12/4/0/0")).status).toBe(404);
  expect(asked).toEqual([
    [12, 3, 0, 45],
    [12, 3, 0, 45],
    [key, "after"],
    [12, 4, 0, 0],
  ]);
});

test.each([
  "/media/upscale",
  "/media/upscale/1",
  "/media/upscale/1/0/0",
  "/media/upscale/1/0/0/0/0",
  "/media/upscale/1/0/-1/0",
  "/media/upscale/1/0/0/01",
  "/media/upscale/1/0/0/1.5",
  "/media/upscale/1/0/0/99999999999999999999",
  "/media/upscale/1/0/..%2f0/0",
  `/media/upscale-crop/${key}`,
  `/media/upscale-crop/${key}/middle`,
  `/media/upscale-crop/${key}/after/x`,
  `/media/upscale-crop/${key.toUpperCase()}/after`,
  "/media/upscale-crop/..%2f..%2flibrary/after",
])("%s is no address", async (path) => {
  const { source, asked } = await results();
  const { ask } = await serveRequests(undefined, undefined, source);
  expect((await ask(path)).status).toBe(404);
  expect(asked).toEqual([]);
});
