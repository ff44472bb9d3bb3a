import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import { mediaOf, serveRequests, temporaryFolder, testProblem } from "./fixture.ts";
import type { MediaSource } from "./ports.ts";

/** Bytes that name their own place. */
function pattern(size: number): Buffer {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at += 1) bytes[at] = (at * 31 + (at >> 8)) & 0xff;
  return bytes;
}

async function photos(...sizes: number[]): Promise<{ media: MediaSource; bytes: Buffer[] }> {
  const folder = await temporaryFolder();
  const bytes = sizes.map(pattern);
  const files = await Promise.all(
    bytes.map(async (content, index) => {
      const path = join(folder, `photo-${index + 1}.jpg`);
      await writeFile(path, content);
      return [index + 1, { path, contentType: "image/jpeg", etag: "abc-512" }] as const;
    }),
  );
  return { media: mediaOf(Object.fromEntries(files)), bytes };
}

describe("media", () => {
  test("an address that names its version is kept for ever, another is asked for again", async () => {
    const { media, bytes } = await photos(1000);
    const { ask } = await serveRequests(media);
    const kept = await ask("/media/thumbnail/1/512?v=abc");
    expect(kept.status).toBe(200);
    expect(kept.headers.get("content-type")).toBe("image/jpeg");
    expect(kept.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    expect(kept.headers.get("etag")).toBe('"abc-512"');
    expect(Buffer.from(await kept.arrayBuffer()).equals(bytes[0] ?? Buffer.alloc(0))).toBe(true);
    for (const query of ["", "?v=ab", "?v=def", "?v="]) {
      const stale = await ask(`/media/thumbnail/1/512${query}`);
      expect(stale.headers.get("cache-control")).toBe("private, no-cache");
    }
    const again = await ask("/media/photo/1", { headers: { "if-none-match": '"abc-512"' } });
    expect(again.status).toBe(304);
  });

  test.each([
    "/media",
    "/media/thumbnail/1",
    "/media/thumbnail/1/257",
    "/media/thumbnail/1/256/x",
    "/media/preview/1/512",
    "/media/photo/0",
    "/media/photo/01",
    "/media/photo/-1",
    "/media/photo/1.5",
    "/media/photo/1e3",
    "/media/photo/99999999999999999999",
    "/media/photo/..%2f1",
    "/media/toString/1",
  ])("%s is nowhere", async (path) => {
    const { media } = await photos(10);
    const response = await (await serveRequests(media)).ask(path);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: "not-found" });
  });

  test("says what is wrong in the words of a problem", async () => {
    const folder = await temporaryFolder();
    const media: MediaSource = {
      async open(_kind, photoId) {
        if (photoId === 1) return null;
        if (photoId === 2) {
          throw new KilnError(testProblem.code, testProblem.happened, testProblem.todo);
        }
        if (photoId === 3) return { path: join(folder, "gone"), contentType: "x", etag: "e" };
        if (photoId === 4) return { path: folder, contentType: "x", etag: "e" };
        throw new TypeError(`${folder} was undefined`);
      },
    };
    const { ask, logged } = await serveRequests(media);
    const answers = await Promise.all([1, 2, 3, 4, 5].map((id) => ask(`/media/photo/${id}`)));
    expect(answers.map(({ status }) => status)).toEqual([404, 422, 404, 500, 500]);
    const problems = await Promise.all(answers.map((answer) => answer.text()));
    expect(problems.map((text) => JSON.parse(text).code)).toEqual([
      "photo-unknown",
      testProblem.code,
      "photo-unknown",
      "bug",
      "bug",
    ]);
    expect(problems.join()).not.toContain(folder);
    expect(await logged()).toContain("was undefined");
  });

  test("the range that was asked for is what a slice of the bytes is", async () => {
    // Empty, read at once, just around a chunk, streamed in several chunks.
    const sizes = [0, 1, 1000, 256 * 1024, 256 * 1024 + 1, 900_001];
    const { media, bytes } = await photos(...sizes);
    const { ask } = await serveRequests(media);
    const limit = fc.oneof(fc.nat(1100), fc.nat(1_000_000));
    const range = fc.oneof(
      fc.record({ from: limit, length: limit }).map(({ from, length }) => [from, from + length]),
      limit.map((from) => [from, undefined]),
      limit.map((length) => [undefined, length]),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(sizes.length - 1), range, async (index, [from, to]) => {
        const whole = bytes[index] ?? Buffer.alloc(0);
        const expected =
          from === undefined
            ? to === 0
              ? Buffer.alloc(0)
              : whole.subarray(-(to ?? 0))
            : whole.subarray(from, to === undefined ? undefined : to + 1);
        const response = await ask(`/media/photo/${index + 1}`, {
          headers: { range: `bytes=${from ?? ""}-${to ?? ""}` },
        });
        const body = Buffer.from(await response.arrayBuffer());
        if (expected.length === 0) {
          expect(response.status).toBe(416);
          expect(response.headers.get("content-range")).toBe(`bytes */${whole.length}`);
          expect(body.length).toBe(0);
          return;
        }
        expect(response.status).toBe(206);
        expect(response.headers.get("content-length")).toBe(String(expected.length));
        const start = from ?? whole.length - expected.length;
        expect(response.headers.get("content-range")).toBe(
          `bytes ${start}-${start + expected.length - 1}/${whole.length}`,
        );
        expect(body.equals(expected)).toBe(true);
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  test("several ranges, a range of other bytes, and none get the whole", async () => {
    const { media, bytes } = await photos(1000);
    const { ask } = await serveRequests(media);
    const whole: Record<string, string>[] = [
      {},
      { range: "bytes=0-1, 5-6" },
      { range: "bytes=0-1", "if-range": '"old"' },
      { range: "bytes=0-1", "if-range": "Sat, 21 Nov 2026 08:00:00 GMT" },
      { range: "bytes=0-1", "if-range": 'W/"abc-512"' },
      { range: "items=0-1" },
    ];
    for (const headers of whole) {
      const response = await ask("/media/photo/1", { headers });
      expect(response.status).toBe(200);
      expect(response.headers.get("accept-ranges")).toBe("bytes");
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes[0] ?? Buffer.alloc(0))).toBe(
        true,
      );
    }
    const same = { range: "bytes=0-1", "if-range": '"abc-512"' };
    expect((await ask("/media/photo/1", { headers: same })).status).toBe(206);
    const head = await ask("/media/photo/1", { method: "HEAD", headers: { range: "bytes=0-1" } });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe("1000");
    expect(head.body).toBeNull();
  });

  test("whoever stops asking stops the rendering", async () => {
    const opened = Promise.withResolvers<AbortSignal>();
    const { ask } = await serveRequests({
      async open(_kind, _photoId, _edge, signal) {
        opened.resolve(signal);
        await once(signal, "abort");
        throw signal.reason;
      },
    });
    const leave = new AbortController();
    const answer = ask("/media/preview/1", { signal: leave.signal });
    const signal = await opened.promise;
    expect(signal.aborted).toBe(false);
    leave.abort();
    expect(signal.aborted).toBe(true);
    expect((await answer).status).toBe(499);
  });

  test("a file that shrinks while it is sent breaks the answer off", async () => {
    const { media } = await photos(900_000);
    const file = await media.open("photo", 1, 256, new AbortController().signal);
    const response = await (await serveRequests(media)).ask("/media/photo/1");
    await writeFile(file?.path ?? "", "short");
    await expect(response.arrayBuffer()).rejects.toThrow("became shorter");
  });
});
