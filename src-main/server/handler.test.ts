import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import {
  mediaOf,
  noMedia,
  page,
  pagePaths,
  script,
  scriptPath,
  secret,
  serveRequests,
  testProblem,
} from "./fixture.ts";
import type { Uploads } from "./ports.ts";

describe("the page's files", () => {
  test("have types, and caching by what they are", async () => {
    const { ask } = await serveRequests();
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
    const { ask } = await serveRequests();
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
    const { ask } = await serveRequests();
    const head = await ask(scriptPath, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe(String(script.length));
    expect(head.body).toBeNull();
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("refuse %s", async (method) => {
    const { ask } = await serveRequests();
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
    const { ask } = await serveRequests();
    const response = await ask(path);
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.json()).toMatchObject({ code: "not-found" });
  });

  test("another host of the scheme is nowhere", async () => {
    const { handler } = await serveRequests();
    for (const url of ["app://evil/", "app://kiln.evil/", "app:///index.html"]) {
      expect((await handler(new Request(url))).status).toBe(404);
    }
  });

  test("no path that anybody can think of leads out of the folder", async () => {
    const { handler } = await serveRequests();
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
  const { ask } = await serveRequests(mediaOf({}), refusingUploads);
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

describe("uploads", () => {
  test("hand on the token, the decoded names and the bytes", async () => {
    const seen: unknown[] = [];
    const { ask } = await serveRequests(noMedia, {
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
    const { ask } = await serveRequests(noMedia, refusingUploads);
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
    const { ask } = await serveRequests();
    expect((await ask("/upload/token/a.jpg", { method: "PUT", body: "x" })).status).toBe(405);
    expect((await ask("/upload/token/a.jpg")).status).toBe(404);
  });
});
