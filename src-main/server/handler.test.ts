import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import {
  mediaOf,
  noMedia,
  page,
  pagePaths,
  rendererFolder,
  script,
  scriptPath,
  secret,
  temporaryFolder,
  testLog,
  testProblem,
} from "./fixture.ts";
import { createRequestHandler, type RequestHandler } from "./handler.ts";
import type { MediaSource, Uploads } from "./ports.ts";

interface Answers {
  readonly ask: (path: string, init?: RequestInit) => Promise<Response>;
  readonly handler: RequestHandler;
  readonly logged: () => Promise<string>;
}

async function serve(media: MediaSource = noMedia, uploads?: Uploads): Promise<Answers> {
  const log = await testLog();
  const handler = createRequestHandler({
    rendererDirectory: await rendererFolder(),
    media,
    ...(uploads === undefined ? {} : { uploads }),
    log,
  });
  return {
    handler,
    ask: (path, init) => handler(new Request(`app://kiln${path}`, init)),
    logged: () => log.tail(100_000),
  };
}

describe("the page's files", () => {
  test("have types, and caching by what they are", async () => {
    const { ask } = await serve();
    const index = await ask("/");
    expect(index.status).toBe(200);
    expect(index.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(index.headers.get("cache-control")).toBe("no-store");
    expect(await index.text()).toBe(page);

    const asset = await ask(scriptPath);
    expect(asset.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    expect(asset.headers.get("cache-control")).toBe("private, max-age=31536000, immutable");
    expect(asset.headers.get("content-length")).toBe(String(script.length));
    expect(await asset.text()).toBe(script);

    expect((await ask("/icon.png")).headers.get("cache-control")).toBe("private, no-cache");
    expect(await (await ask("/name%20with%20space.txt")).text()).toBe("plain");
  });

  test("are not sent again to who has them", async () => {
    const { ask } = await serve();
    const etag = (await ask(scriptPath)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    const again = await ask(scriptPath, { headers: { "if-none-match": etag } });
    expect(again.status).toBe(304);
    expect(again.headers.get("etag")).toBe(etag);
    expect(await again.text()).toBe("");
    const other = await ask(scriptPath, { headers: { "if-none-match": '"other"' } });
    expect(other.status).toBe(200);
  });

  test("answer HEAD without a body", async () => {
    const { ask } = await serve();
    const head = await ask(scriptPath, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe(String(script.length));
    expect(head.body).toBeNull();
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("refuse %s", async (method) => {
    const { ask } = await serve();
    const response = await ask("/", { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  });

  test.each([
    "/nothing",
    "/assets",
    "/assets/",
    "/index.html/",
    "/link.txt",
    "/linked/secret.txt",
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%2fsecret.txt",
    "/..%5csecret.txt",
    "/..\\secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets%2fapp-Ab3_x-9Z.js",
    "/%252e%252e/secret.txt",
    "/%c0%ae%c0%ae/secret.txt",
    "//etc/passwd",
    "/%2fetc%2fpasswd",
    "/C:%5cWindows%5cwin.ini",
    "/file:%2f%2f%2fetc%2fpasswd",
    "/index.html%00.png",
    "/constructor",
    "/__proto__",
  ])("%s is nowhere, and never the page", async (path) => {
    const { ask } = await serve();
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toMatchObject({ code: "not-found" });
  });

  test("another host of the scheme is nowhere", async () => {
    const { handler } = await serve();
    for (const url of ["app://evil/", "app://kiln.evil/", "app:///index.html"]) {
      expect((await handler(new Request(url))).status).toBe(404);
    }
  });

  test("no path that anybody can think of leads out of the folder", async () => {
    const { handler } = await serve();
    const piece = fc.oneof(
      fc.constantFrom(
        ..."/ .. . %2e %2E%2e %2f %5c \\ %00 ~ secret.txt private linked link.txt assets".split(
          " ",
        ),
        ..."index.html renderer etc passwd media upload %252e%252e %c0%af ; ? # : @".split(" "),
      ),
      fc.string({ unit: "binary", maxLength: 4 }),
    );
    const paths = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join("")}`);
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(
        paths,
        fc.constantFrom("app://kiln", "http://127.0.0.1:1"),
        async (path, origin) => {
          if (!URL.canParse(origin + path)) return;
          asked += 1;
          const response = await handler(new Request(origin + path));
          const { pathname } = new URL(origin + path);
          const isPage = pagePaths.includes(decoded(pathname));
          expect(response.status === 200).toBe(isPage);
          expect(await response.text()).not.toContain(secret);
        },
      ),
      { seed: 20261, numRuns: 3000 },
    );
    expect(asked).toBeGreaterThan(2500);
  });
});

/** `pathname` with everything decoded but reserved characters, '%2F' among them; empty when it can't be. */
function decoded(pathname: string): string {
  try {
    return decodeURI(pathname);
  } catch {
    return "";
  }
}

test("every answer carries the headers that bind the page", async () => {
  const { ask } = await serve(mediaOf({}), refusingUploads);
  const answers = [
    await ask("/"),
    await ask("/nothing"),
    await ask("/media/photo/1"),
    await ask("/", { method: "POST" }),
    await ask("/upload/token/a.jpg", { method: "PUT", body: "x" }),
  ];
  for (const { headers } of answers) {
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|http|data:/);
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.get("set-cookie")).toBeNull();
  }
});

const refusingUploads: Uploads = {
  write: async () => {
    throw new KilnError(testProblem.code, testProblem.happened, testProblem.todo);
  },
};

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
    const { ask } = await serve(media);
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
    const response = await (await serve(media)).ask(path);
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
    const { ask, logged } = await serve(media);
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
    const { ask } = await serve(media);
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
    const { ask } = await serve(media);
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
    const { ask } = await serve({
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
    const response = await (await serve(media)).ask("/media/photo/1");
    await writeFile(file?.path ?? "", "short");
    await expect(response.arrayBuffer()).rejects.toThrow("became shorter");
  });
});

describe("uploads", () => {
  test("hand on the token, the decoded names and the bytes", async () => {
    const seen: unknown[] = [];
    const { ask } = await serve(noMedia, {
      async write(token, segments, body) {
        seen.push(token, segments, await new Response(body).text());
      },
    });
    const path = `/upload/token/${encodeURIComponent("여름 휴가")}/${encodeURIComponent("a#1.jpg")}`;
    const response = await ask(path, { method: "PUT", body: "bytes" });
    expect(response.status).toBe(204);
    expect(seen).toEqual(["token", ["여름 휴가", "a#1.jpg"], "bytes"]);
  });

  test("refuse other methods, other places, and what is too long", async () => {
    const { ask } = await serve(noMedia, refusingUploads);
    expect((await ask("/upload/token/a.jpg")).status).toBe(405);
    expect((await ask("/upload/token", { method: "PUT", body: "x" })).status).toBe(404);
    expect((await ask("/upload/token/..%2fa", { method: "PUT", body: "x" })).status).toBe(404);
    const problem = await ask("/upload/token/a.jpg", { method: "PUT", body: "x" });
    expect(problem.status).toBe(422);
    expect(await problem.json()).toEqual(testProblem);
    const long = await ask("/upload/token/a.jpg", {
      method: "PUT",
      body: "x",
      headers: { "content-length": String(9 * 1024 ** 3) },
    });
    expect(long.status).toBe(413);
    expect(await long.json()).toMatchObject({ code: "upload-too-large" });
  });

  test("are not there in a host that has paths", async () => {
    const { ask } = await serve();
    expect((await ask("/upload/token/a.jpg", { method: "PUT", body: "x" })).status).toBe(405);
    expect((await ask("/upload/token/a.jpg")).status).toBe(404);
  });
});
